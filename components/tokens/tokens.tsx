import { EmptyState } from '#components/ui/notes.tsx';
import { Mono, PageHead, Section } from '#components/ui/page.tsx';
import { StateMark } from '#components/ui/state-mark.tsx';
import { Table, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { TokenDto, TokensDto } from '#lib/dal/dto.ts';
import { NewToken, RevokeToken } from './token-forms.tsx';

/** What programs come in with. */
export function Tokens({ tokens: { mine, others, address, perMinute } }: { tokens: TokensDto }) {
  return (
    <>
      <PageHead title="Tokens" sentence={<p>A token lets a program act as you, with the roles that you have at that moment. It never approves, runs or rolls back, and changes no people and no tokens.</p>} action={<NewToken />} />
      <Section title="Yours">
        {mine.length > 0 ? <TokenTable label="Your tokens" tokens={mine} /> : <EmptyState title="You have no token yet.">Make one for each program, so that you can take each away by itself.</EmptyState>}
      </Section>
      {others === null ? null : (
        <Section title="Of other people">{others.length > 0 ? <TokenTable label="Tokens of other people" tokens={others} owners /> : <p className="text-ink-muted">Nobody else has a token.</p>}</Section>
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

function TokenTable({ label, tokens, owners = false }: { label: string; tokens: readonly TokenDto[]; owners?: boolean }) {
  return (
    <Table label={label}>
      <thead>
        <tr>
          <Th>Name</Th>
          {owners ? <Th>Owner</Th> : null}
          <Th>May</Th>
          <Th>Last used</Th>
          <Th>Counts until</Th>
          <Th>
            <span className="sr-only">Revoke</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <Td>
              <span className={token.state === 'valid' ? 'font-medium' : 'font-medium text-ink-muted'}>{token.name}</span>
              <span className="block text-sm text-ink-muted">
                <Mono>{token.prefix}…</Mono>
              </span>
            </Td>
            {owners ? <Td>{token.owner}</Td> : null}
            <Td className="whitespace-nowrap">{token.scopes.includes('plan:write') ? 'read, make plans' : 'read'}</Td>
            <Td className="whitespace-nowrap">{token.lastUsedAt ? <Time at={token.lastUsedAt} /> : <span className="text-ink-muted">never</span>}</Td>
            <Td className="whitespace-nowrap">
              <Until token={token} />
            </Td>
            <Td className="text-right">{token.state === 'valid' ? <RevokeToken tokenId={token.id} name={token.name} prefix={token.prefix} /> : null}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Until({ token }: { token: TokenDto }) {
  if (token.state === 'valid') return <Time at={token.expiresAt} />;
  return (
    <StateMark tone={token.state === 'revoked' ? 'red' : 'grey'} plain>
      {token.state} <Time at={token.revokedAt ?? token.expiresAt} />
    </StateMark>
  );
}
