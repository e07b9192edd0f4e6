import { chown, readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createListener } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Refused } from '../../src/core/problem.js';
import type { PostgresStoreOptions } from '../../src/store/postgres/options.js';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.js';
import type { Store } from '../../src/store/store.js';
import { born } from '../../src/testing/store-suite/fixture.js';
import { createAuthority } from '../services/certificate.js';
import {
  createServer,
  killServer,
  removeServer,
  type ServerPlace,
  startServer,
} from '../services/postgres-server.js';
import { runSql } from './postgres-schema.js';

const PASSWORD = 'not-for-anyone-to-see';

const found = await createServer().catch((error: unknown) => `none starts: ${error}`.slice(0, 200));
const why = typeof found === 'string' ? ` (${found})` : '';

describe.skipIf(typeof found === 'string')(`a PostgreSQL server with a certificate${why}`, () => {
  const initial = found as ServerPlace;
  const ca = join(initial.folder, 'ca.crt');
  const stranger = join(initial.folder, 'stranger.crt');
  const opened: Store[] = [];
  let server: ServerPlace;
  let place: string;

  beforeAll(async () => {
    const authority = createAuthority('Test Authority');
    const { certificate, key } = authority.certify('localhost');
    await writeFile(ca, authority.certificate);
    await writeFile(stranger, createAuthority('Somebody').certificate);
    await writeFile(join(initial.folder, 'server.crt'), certificate);
    const keyFile = join(initial.folder, 'server.key');
    await writeFile(keyFile, key, { mode: 0o600 });
    // The server refuses a key that is not its own.
    const { uid, gid } = await stat(initial.folder);
    await chown(keyFile, uid, gid);
    const port = await freePort();
    place = `localhost:${port}/postgres`;
    const url = new URL(initial.url);
    url.port = String(port);
    server = { ...initial, url: url.href };
    await restart({ ssl: 'on' });
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  afterAll(() => removeServer(initial));

  /** The server again, which listens to TCP too: its socket knows no TLS. */
  async function restart(settings: Readonly<Record<string, string>>): Promise<void> {
    await killServer(server);
    await startServer(server, {
      ...{ listen_addresses: '127.0.0.1', port: new URL(server.url).port },
      ...{
        ssl_cert_file: join(server.folder, 'server.crt'),
        ssl_key_file: join(server.folder, 'server.key'),
      },
      ...settings,
    });
  }

  async function open(query: string, host = 'localhost', options: Partial<PostgresStoreOptions> = {}) {
    const port = new URL(server.url).port;
    const url = `postgres://postgres:${PASSWORD}@${host}:${port}/postgres?${query}`;
    const store = await openPostgresStore({ url, maxConnections: 2, overflow: 0, ...options });
    opened.push(store);
    return store;
  }

  /** What a store says that cannot be opened: code and sentence. */
  async function refusal(work: Promise<unknown>): Promise<readonly [code: string, message: string]> {
    const error = await work.then(
      () => new Error('it opened'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof Refused)) throw error;
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(PASSWORD);
    return [error.code, error.message];
  }

  it('is connected to under verify-full by its name and its authority, every connection encrypted', async () => {
    const query = `sslmode=verify-full&sslrootcert=${ca}&application_name=full`;
    const store = await open(query, 'localhost', { maxConnections: 1 });
    store.onChange(() => undefined);
    await born(store, 'a');
    expect((await store.read('a'))?.instance.id).toBe('a');
    // One for statements, and one to hear of changes on.
    const connections = () =>
      runSql(
        server.url,
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'full'",
      );
    await expect.poll(connections, { timeout: 10_000 }).toEqual([{ ssl: true }, { ssl: true }]);
  });

  it('is trusted, or not, by what a program hands in, too', async () => {
    await open('', 'localhost', { tls: { ca: await readFile(ca, 'utf8') } });
    const tls = { ca: await readFile(stranger, 'utf8') };
    expect(await refusal(open('', 'localhost', { tls }))).toEqual(untrusted(place));
  });

  it('is refused under another name than its own, unless only its authority is asked for', async () => {
    const elsewhere = place.replace('localhost', '127.0.0.1');
    expect(await refusal(open(`sslmode=verify-full&sslrootcert=${ca}`, '127.0.0.1'))).toEqual(
      untrusted(elsewhere),
    );
    await open(`sslmode=verify-ca&sslrootcert=${ca}`, '127.0.0.1');
  });

  it.each([
    'verify-full',
    'verify-ca',
    'require',
  ])('is refused under %s where another authority is trusted', async (mode) => {
    const query = `sslmode=${mode}&sslrootcert=${stranger}`;
    expect(await refusal(open(query))).toEqual(untrusted(place));
  });

  it('is refused where only the authorities are trusted that everybody trusts', async () => {
    for (const mode of ['verify-full', 'verify-ca'])
      expect(await refusal(open(`sslmode=${mode}`))).toEqual(untrusted(place));
  });

  it('is taken for what it says it is under require without a file, as with libpq', async () => {
    await open('sslmode=require', '127.0.0.1');
  });

  it('is refused once it speaks no TLS any more, and TLS is asked for', async () => {
    await restart({ ssl: 'off' });
    for (const mode of ['require', 'verify-ca', 'verify-full'])
      expect(await refusal(open(`sslmode=${mode}&sslrootcert=${ca}`))).toEqual([
        'store-tls',
        `postgres://${place} does not speak TLS, and sslmode asks for it`,
      ]);
    await open('sslmode=disable');
  });
});

function untrusted(place: string) {
  return ['store-tls', `postgres://${place} shows a certificate that is not to be trusted`];
}

async function freePort(): Promise<number> {
  const listener = createListener();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
