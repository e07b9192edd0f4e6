import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../src/server/listen.js';
import { openApp } from './open-app.js';

const open: Listening[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(options: { port?: number; host?: string } = {}) {
  const { app } = await openApp({ localOnly: true });
  const server = await listen({ app, port: 0, ...options });
  open.push(server);
  return server;
}

describe('a listening server', () => {
  it('says which port it got, and answers there', async () => {
    const { url, port } = await serve();
    expect(port).toBeGreaterThan(0);
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const response = await fetch(`${url}/livez`);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('takes a request with a body', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/api/v1/instances`, { method: 'POST', body: '{"machine": "probe"}' });
    expect(response.status).toBe(201);
  });

  it('refuses a port that is taken, in one sentence', async () => {
    const { port } = await serve();
    await expect(serve({ port })).rejects.toMatchObject({
      code: 'port-taken',
      message: `port ${port} on 127.0.0.1 is taken by another program`,
    });
  });

  it('refuses an address that is not of this machine', async () => {
    await expect(serve({ host: '192.0.2.1' })).rejects.toMatchObject({ code: 'address-refused' });
  });

  it('gives its port back when it closes, open connections or not', async () => {
    const server = await serve();
    await fetch(`${server.url}/livez`, { keepalive: true });
    await server.close();
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
    const again = createServer();
    await new Promise<void>((resolve, reject) =>
      again.once('error', reject).listen(server.port, '127.0.0.1', resolve),
    );
    await new Promise((resolve) => again.close(resolve));
  });
});
