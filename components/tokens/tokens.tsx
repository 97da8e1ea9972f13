import { EmptyState } from '#components/ui/notes.tsx';
import { Mono, PageHead, Section } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Time } from '#components/ui/time.tsx';
import type { TokenDto, TokensDto } from '#lib/dal/dto/tokens.ts';
import { NewToken, RevokeToken } from './token-forms.tsx';

/** What programs come in with. */
export function Tokens({ tokens: { mine, others, address, perMinute } }: { tokens: TokensDto }) {
  return (
    <>
      <PageHead title="Tokens" sentence={<p>A token lets a program act as you, with the roles that you have at that moment. It never approves, runs or rolls back, and changes no people and no tokens.</p>} action={<NewToken />} />
      <Section title="Yours">
        {mine.length > 0 ? <TokenList label="Your tokens" tokens={mine} /> : <EmptyState title="You have no token yet.">Make one for each program, so that you can take each away by itself.</EmptyState>}
      </Section>
      {others === null ? null : (
        <Section title="Of other people">{others.length > 0 ? <TokenList label="Tokens of other people" tokens={others} owners /> : <p className="text-ink-muted">Nobody else has a token.</p>}</Section>
      )}
      <Section title="How to use one">
        <p className="max-w-prose">
          Send it as <Mono>Authorization: Bearer cs_…</Mono> to <Mono>{address}</Mono>, at most {perMinute} times a minute; what there is stands in <a className="underline decoration-line-strong underline-offset-2 hover:text-ink" href={`${address}/openapi.json`}>openapi.json</a>. The command{' '}
          <Mono>countersign plan</Mono> takes it from <Mono>COUNTERSIGN_TOKEN</Mono>. Every request is in the log under the name of its token.
        </p>
      </Section>
    </>
  );
}

function TokenList({ label, tokens, owners = false }: { label: string; tokens: readonly TokenDto[]; owners?: boolean }) {
  return (
    <ul className="border-t border-line" aria-label={label}>
      {tokens.map((token) => (
        <li key={token.id} className="grid gap-x-6 gap-y-1 border-b border-line py-2 md:grid-cols-[16rem_1fr_auto] md:items-center">
          <div className="min-w-0">
            <p className={token.state === 'valid' ? 'font-medium break-words' : 'font-medium break-words text-ink-muted'}>{token.name}</p>
            <p className="text-sm text-ink-muted">
              <Mono>{token.prefix}…</Mono>
              {owners ? ` · ${token.owner}` : null}
            </p>
          </div>
          <p className="text-sm text-ink-muted">
            {token.scopes.includes('plan:write') ? 'reads and makes plans' : 'reads'} · {token.lastUsedAt ? <>last used <Time at={token.lastUsedAt} /></> : 'never used'} · <Until token={token} />
          </p>
          {token.state === 'valid' ? <RevokeToken tokenId={token.id} name={token.name} prefix={token.prefix} /> : null}
        </li>
      ))}
    </ul>
  );
}

function Until({ token }: { token: TokenDto }) {
  if (token.state === 'valid') return <>ends <Time at={token.expiresAt} /></>;
  return (
    <StateMark tone={token.state === 'revoked' ? 'red' : 'grey'} plain>
      {token.state} <Time at={token.revokedAt ?? token.expiresAt} />
    </StateMark>
  );
}
