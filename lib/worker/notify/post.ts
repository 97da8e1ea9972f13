import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Attempt } from '#lib/store/webhooks.ts';

const ANSWER_MS = 10_000;
const MOST_OF_ANSWER = 200;

/** Addresses that are nobody's on the internet: this machine, private networks, link-local (where clouds keep credentials), and what carries one of those inside. */
const PRIVATE = new BlockList();
for (const [net, prefix] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4]] as const) PRIVATE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [['::', 96], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['100::', 64], ['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['fc00::', 7], ['fe80::', 10], ['fec0::', 10], ['ff00::', 8]] as const) PRIVATE.addSubnet(net, prefix, 'ipv6');

/** True for an address that a webhook must not reach unless the configuration allows it; IPv4 inside IPv6 counts as what it is. */
export function isPrivateAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return PRIVATE.check(mapped, 'ipv4');
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

class PrivateTarget extends Error {}

/** The address that is connected to is the one that was looked at: a name that says something else the second time gains nothing. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  lookUp(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error) return done(error, '', 0);
    const open = found.filter(({ address }) => !isPrivateAddress(address));
    const [first] = open;
    // All of them: a name with one address outside and one inside is asked about, not guessed.
    if (!first || open.length < found.length) return done(new PrivateTarget(`${hostname} leads into a private network`), '', 0);
    return options.all ? done(null, open) : done(null, first.address, first.family);
  });
};

export interface Post {
  url: string;
  body: string;
  headers: Readonly<Record<string, string>>;
  /** May it go into the private network, and without TLS? */
  privateTargets: boolean;
}

/** How a webhook took it. `final`: trying again would come to the same. */
export interface Posted extends Attempt {
  ok: boolean;
  final: boolean;
}

/** Posts JSON once and says how it was taken; follows no redirection. Never throws. */
export async function post({ url, body, headers, privateTargets }: Post): Promise<Posted> {
  const began = performance.now();
  const ended = (status: number | null, answer: string, final = false): Posted => ({ ok: status !== null && status >= 200 && status < 300, final, status, ms: Math.round(performance.now() - began), answer });
  const target = new URL(url);
  const host = target.hostname.replaceAll(/^\[|\]$/g, '');
  if (!privateTargets && target.protocol !== 'https:') return ended(null, 'Refused: only https:// is allowed (COUNTERSIGN_WEBHOOK_PRIVATE).', true);
  if (!privateTargets && isIP(host) !== 0 && isPrivateAddress(host)) return ended(null, 'Refused: the address is in a private network (COUNTERSIGN_WEBHOOK_PRIVATE).', true);
  try {
    const answer = await sent(target, body, headers, privateTargets);
    return ended(answer.status, answer.text);
  } catch (error) {
    if (error instanceof PrivateTarget) return ended(null, 'Refused: the name leads into a private network (COUNTERSIGN_WEBHOOK_PRIVATE).', true);
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return ended(null, code === 'ABORT_ERR' || (error instanceof Error && error.name === 'TimeoutError') ? `No answer within ${ANSWER_MS / 1_000} seconds.` : `No answer${code === '' ? '' : ` (${code})`}.`);
  }
}

function sent(target: URL, body: string, headers: Readonly<Record<string, string>>, privateTargets: boolean): Promise<{ status: number; text: string }> {
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const asking = request(target, {
      method: 'POST', agent: false, signal: AbortSignal.timeout(ANSWER_MS),
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), 'User-Agent': 'Countersign', ...headers },
      ...(privateTargets ? {} : { lookup: publicLookup }),
    }, (answer) => beginningOf(answer).then((text) => resolve({ status: answer.statusCode ?? 0, text }), reject));
    asking.on('error', reject);
    asking.end(body);
  });
}

/** No more of the answer than is kept: it may have no end. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  answer.setEncoding('utf8');
  for await (const part of answer) {
    text += String(part);
    if (text.length >= MOST_OF_ANSWER) break;
  }
  answer.destroy();
  return [...text].slice(0, MOST_OF_ANSWER).join('');
}
