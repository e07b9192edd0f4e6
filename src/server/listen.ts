import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Refused } from '../core/problem.js';
import { DEFAULT_HOST, DEFAULT_PORT } from './address.js';
import { linger } from './linger.js';

/** How long open requests may take to end when a server closes, in milliseconds. */
const DRAIN_MS = 1_000;

export interface ListenOptions {
  readonly app: { fetch(request: Request): Response | Promise<Response> };
  readonly host?: string;
  /** 0 for any that is free. */
  readonly port?: number;
}

export interface Listening {
  /** The port that it really listens on. */
  readonly port: number;
  readonly host: string;
  readonly url: string;
  /** Takes no more requests, and resolves when the open ones have ended or DRAIN_MS is over. */
  close(): Promise<void>;
}

/** Serves an app over HTTP. Refused with `port-taken` or `address-refused` if the address cannot be had. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { app, host = DEFAULT_HOST, port = DEFAULT_PORT } = options;
  const answer = getRequestListener((request) => app.fetch(request), { overrideGlobalObjects: false });
  const server = createServer((incoming, outgoing) => {
    linger(incoming, outgoing);
    void answer(incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    port: address.port,
    host,
    url: `http://${name}:${address.port}`,
    close: () => close(server),
  };
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE': {
      const message = `port ${port} on ${host} is taken by another program`;
      const hint = 'choose another with --port, or --port 0 for any that is free';
      return new Refused({ code: 'port-taken', message, path: '', hint });
    }
    case 'EACCES':
      return new Refused({
        code: 'address-refused',
        message: `this user may not use port ${port}`,
        path: '',
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Refused({
        code: 'address-refused',
        message: `${host} is no address of this machine`,
        path: '',
      });
    default:
      return error;
  }
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(force);
}
