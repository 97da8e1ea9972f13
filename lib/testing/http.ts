import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeAtEnd } from './database.ts';

/** A real HTTP server on a free port, closed at the end of the test: answers as `answer` does, as Next's own server would have it do. Returns its address. */
export async function serveHttp(answer: (request: Request) => Promise<Response>): Promise<string> {
  const server = createServer((message, reply) => {
    void (async () => {
      const gone = new AbortController();
      reply.on('close', () => gone.abort());
      const answered = await answer(new Request(`http://127.0.0.1${message.url ?? '/'}`, { method: message.method ?? 'GET', headers: headersOf(message), signal: gone.signal, ...(message.method === 'GET' ? {} : { body: await bodyOf(message) }) }));
      reply.writeHead(answered.status, Object.fromEntries(answered.headers));
      reply.end(Buffer.from(await answered.arrayBuffer()));
    })().catch(() => reply.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAtEnd(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function headersOf(message: IncomingMessage): [string, string][] {
  return Object.entries(message.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
}

async function bodyOf(message: IncomingMessage): Promise<ArrayBuffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return new Uint8Array(Buffer.concat(parts)).buffer;
}
