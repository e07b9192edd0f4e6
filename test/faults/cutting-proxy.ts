import { connect, createServer, type Server, type Socket } from 'node:net';

/** PostgreSQL's protocol: a message begins with its type, and this one says that the server is idle again. */
const READY_FOR_QUERY = 'Z'.charCodeAt(0);
/** Its status when no transaction is open: whatever was asked for is committed. */
const IDLE = 'I'.charCodeAt(0);

/** Answers on a connection before it can be cut: those of its opening must pass, or nothing ever works. */
const SPARED = 3;

/**
 * Stands between a store and PostgreSQL. While it cuts, it lets a request through, waits until the server has
 * committed and answered, and then drops the answer and the connection: the worst instant to lose it.
 */
export class CuttingProxy {
  /** Answers that were dropped after their commit. */
  cuts = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #chance: () => boolean;

  private constructor(server: Server, chance: () => boolean) {
    this.#server = server;
    this.#chance = chance;
  }

  /** `chance` says, of each answer, whether it is to be dropped. */
  static async open(target: { host: string; port: number }, chance: () => boolean): Promise<CuttingProxy> {
    const server = createServer((client) => proxy.#join(client, dial(target)));
    const proxy = new CuttingProxy(server, chance);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, server: Socket): void {
    let answers = 0;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk: Buffer) => {
      if (endsIdle(chunk)) answers += 1;
      if (answers > SPARED && endsIdle(chunk) && this.#chance()) {
        this.cuts += 1;
        end();
      } else client.write(chunk);
    });
  }
}

function dial({ host, port }: { host: string; port: number }): Socket {
  return host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
}

/** Whether a piece of the server's answer ends with "ready for query, no transaction open". */
function endsIdle(chunk: Buffer): boolean {
  return chunk.length >= 6 && chunk[chunk.length - 6] === READY_FOR_QUERY && chunk[chunk.length - 1] === IDLE;
}
