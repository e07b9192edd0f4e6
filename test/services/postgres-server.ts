import { execFile, spawn } from 'node:child_process';
import { chown, cp, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { postgresBinaries } from './postgres-binaries.js';

const run = promisify(execFile);
/** PostgreSQL refuses to run as root; `nobody` is there on every system. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const START_LIMIT_MS = 60_000;

/** Names the process of the whole run, with which its servers end. */
export const RUN_PID = 'DETENT_TEST_RUN';

/** What a server is found again by, in another process too. */
export interface ServerPlace {
  readonly url: string;
  readonly folder: string;
}

/** A new server in a folder of its own, reached by a socket in it: nobody else on the machine can connect. */
export async function createServer(): Promise<ServerPlace> {
  const native = await postgresBinaries();
  const folder = await mkdtemp(join(tmpdir(), 'detent-pg-'));
  try {
    if (isRoot()) {
      await chown(folder, NOBODY.uid, NOBODY.gid);
      // Where root has its files nobody else may be able to read them.
      await cp(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
    }
    const initdb = join(binaries(folder, native), 'initdb');
    const options = ['--no-sync', '--no-locale', '--encoding=UTF8', '--auth=trust', '--username=postgres'];
    await run(initdb, ['-D', join(folder, 'data'), ...options], { cwd: folder, ...owner() });
    const place = {
      folder,
      url: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`,
    };
    watch(folder);
    await startServer(place);
    return place;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Lets the server end with the run, even with one that is killed. */
function watch(folder: string): void {
  const run = process.env[RUN_PID] ?? String(process.pid);
  const watchdog = join(import.meta.dirname, 'watchdog.mjs');
  spawn(process.execPath, [watchdog, run, folder], { detached: true, stdio: 'ignore' }).unref();
}

/** Starts a server again that was stopped; resolves once it answers. Some settings may differ. */
export async function startServer(
  { folder, url }: ServerPlace,
  others: Readonly<Record<string, string>> = {},
): Promise<void> {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    unix_socket_permissions: '0700',
    max_connections: '200',
    // What is written outlives the server's processes all the same; no test takes the machine's power away.
    fsync: 'off',
    ...others,
  };
  const log = await open(join(folder, 'log'), 'a');
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const postgres = join(binaries(folder, await postgresBinaries()), 'postgres');
  const child = spawn(postgres, ['-D', join(folder, 'data'), ...flags], {
    ...{ cwd: folder, detached: true, stdio: ['ignore', log.fd, log.fd] },
    ...owner(),
  });
  child.unref();
  await log.close();
  const giveUpAt = performance.now() + START_LIMIT_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      throw new Error(`PostgreSQL did not start: ${await readFile(join(folder, 'log'), 'utf8')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Ends a server at once, as `pg_ctl stop -m immediate` does: nothing is written back. */
export async function killServer({ folder }: ServerPlace): Promise<void> {
  const file = join(folder, 'data', 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  try {
    process.kill(pid, 'SIGQUIT');
    while (true) {
      process.kill(pid, 0);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } catch {
    // It is gone.
  }
}

export async function removeServer(place: ServerPlace): Promise<void> {
  await killServer(place);
  await rm(place.folder, { recursive: true, force: true });
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function binaries(folder: string, native: string): string {
  return join(isRoot() ? join(folder, 'native') : native, 'bin');
}

function owner(): { uid?: number; gid?: number } {
  return isRoot() ? NOBODY : {};
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
