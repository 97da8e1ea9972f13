import { SMTPServer } from 'smtp-server';
import { closeAtEnd } from './database.ts';

export interface Mailed {
  to: readonly string[];
  text: string;
}

/** A real mail server on a free port, closed at the end of the test. It refuses for good what goes to an address that begins with `refuse`. */
export async function openMailbox(): Promise<{ url: string; mails: Mailed[] }> {
  const mails: Mailed[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (address, _session, done) => done(address.address.startsWith('refuse') ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null),
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(parts).toString('utf8') });
        done();
      });
    },
  });
  // A client that goes in the middle of a mail, as a worker does that is stopped, is an error of the server, and one that nobody hears ends the process.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closeAtEnd(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return { url: `smtp://127.0.0.1:${address.port}`, mails };
}
