import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LINGER_MS, MAX_LINGER_BYTES } from '../../src/server/linger.js';
import { type Listening, listen } from '../../src/server/listen.js';
import { MAX_BODY_BYTES } from '../../src/server/request.js';
import { openApp } from './open-app.js';

const ROUNDS = 20;
const CHUNK = Buffer.alloc(65_536, 0x20);

const open: Listening[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of open.splice(0)) await server.close();
});

async function serve(): Promise<Listening> {
  const { app } = await openApp({ localOnly: true });
  const server = await listen({ app, port: 0 });
  open.push(server);
  return server;
}

/** Sends the head of a request whose body is to come. */
async function begin({ port }: Listening, ...headers: string[]): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const head = ['POST /api/v1/instances HTTP/1.1', 'host: localhost', ...headers];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  return socket;
}

/** Resolves once the kernel took it; false if the connection is gone. */
function write(socket: Socket, bytes: string | Buffer): Promise<boolean> {
  return new Promise((resolve) => socket.write(bytes, (error) => resolve(!error)));
}

/** Everything that comes until the other side is done. */
async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  return Buffer.concat(chunks).toString();
}

const DECLARED = {
  header: (bytes: number) => `content-length: ${bytes}`,
  body: (bytes: number) => Array.from({ length: bytes / CHUNK.length }, () => CHUNK),
};
const CHUNKED = {
  header: () => 'transfer-encoding: chunked',
  body: (bytes: number) => {
    const chunk = Buffer.concat([
      Buffer.from(`${CHUNK.length.toString(16)}\r\n`),
      CHUNK,
      Buffer.from('\r\n'),
    ]);
    return [...Array.from({ length: bytes / CHUNK.length }, () => chunk), Buffer.from('0\r\n\r\n')];
  },
};

describe('the answer to an upload that is refused while it is on its way', () => {
  it.each([
    ['close, of a declared length', 'close', DECLARED],
    ['close, in chunks', 'close', CHUNKED],
    ['keep-alive, of a declared length', 'keep-alive', DECLARED],
    ['keep-alive, in chunks', 'keep-alive', CHUNKED],
  ] as const)('arrives whole at a client that sends to the end before it reads (%s)', async (_, connection, {
    header,
    body,
  }) => {
    const server = await serve();
    const bytes = 4 * MAX_BODY_BYTES;
    for (let round = 0; round < ROUNDS; round++) {
      const socket = await begin(server, `connection: ${connection}`, header(bytes));
      for (const chunk of body(bytes)) expect(await write(socket, chunk)).toBe(true);
      // Who keeps connections would wait for another request.
      if (connection === 'keep-alive') socket.end();
      const answer = await readToEnd(socket);
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer).toMatch(/"code":"payload-too-large".*\}$/);
    }
  });

  it(`is waited with until a client has sent ${MAX_LINGER_BYTES} bytes too many`, async () => {
    const server = await serve();
    const socket = await begin(server, 'connection: close', `content-length: ${4 * MAX_LINGER_BYTES}`);
    let sent = 0;
    while (sent < 4 * MAX_LINGER_BYTES && (await write(socket, CHUNK))) sent += CHUNK.length;
    expect(sent).toBeGreaterThanOrEqual(MAX_LINGER_BYTES);
    // What was on its way between the two has left the client, too.
    expect(sent).toBeLessThan(2 * MAX_LINGER_BYTES);
  });

  it('is waited with for so long and no longer', async () => {
    const server = await serve();
    const socket = await begin(server, 'connection: close', `content-length: ${4 * MAX_BODY_BYTES}`);
    const began = performance.now();
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 413 /);
    while (await write(socket, ' ')) await new Promise((resolve) => setTimeout(resolve, 50));
    // Timers may be early by a part of a millisecond.
    expect(performance.now() - began).toBeGreaterThan(LINGER_MS - 10);
  });

  it('does not keep a server from closing', async () => {
    const server = await serve();
    const socket = await begin(server, 'connection: close', `content-length: ${4 * MAX_BODY_BYTES}`);
    await readToEnd(socket);
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(LINGER_MS / 2);
  });

  it('leaves a connection fit for the next request, where it is not too long on its way', async () => {
    const server = await serve();
    const answers: string[] = [];
    // A machine that is busy may let it take too long once.
    while (answers.length < ROUNDS && !answers.at(-1)?.endsWith('{"status":"ok"}')) {
      const socket = await begin(server, CHUNKED.header());
      for (const chunk of CHUNKED.body(2 * MAX_BODY_BYTES)) expect(await write(socket, chunk)).toBe(true);
      await write(socket, 'GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
      answers.push(await readToEnd(socket));
    }
    expect(answers.at(-1)).toMatch(/^HTTP\/1\.1 413 .*\}HTTP\/1\.1 200 .*\{"status":"ok"\}$/s);
  });
});
