import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createServer, type ServerPlace } from './postgres-server.js';

/** How long one test file waits for another to have started the server. */
const PATIENCE_MS = 400_000;

/** Set by the run's set-up: the folder in which its processes find what one of them started. */
export const SERVICES_FOLDER = 'DETENT_TEST_SERVICES';

/** Where the tests' PostgreSQL is, or why there is none. */
export type TestPostgres =
  | { readonly url: string; readonly reason?: undefined }
  | { readonly url?: undefined; readonly reason: string };

/**
 * The server of `POSTGRES_TEST_URL` if that is set, else one for this run of the tests, started by whoever asks
 * first. Everything that a test puts there is in a schema of its own.
 */
export async function testPostgres(): Promise<TestPostgres> {
  const given = process.env['POSTGRES_TEST_URL'];
  if (given !== undefined && given !== '') return { url: given };
  const folder = process.env[SERVICES_FOLDER];
  if (folder === undefined) return { reason: 'the tests run without their set-up' };
  const file = join(folder, 'postgres.json');
  const isFirst = await mkdir(join(folder, 'postgres')).then(
    () => true,
    () => false,
  );
  if (!isFirst) return waitFor(file);
  const found = await createServer().catch((error: unknown) => ({ reason: firstLine(error) }));
  await writeFile(`${file}.new`, JSON.stringify(found));
  await rename(`${file}.new`, file);
  return found;
}

/** The server that this run started, if it did. */
export async function startedServer(folder: string): Promise<ServerPlace | undefined> {
  const text = await readFile(join(folder, 'postgres.json'), 'utf8').catch(() => '{}');
  const found = JSON.parse(text) as Partial<ServerPlace>;
  return found.folder === undefined ? undefined : (found as ServerPlace);
}

async function waitFor(file: string): Promise<TestPostgres> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (performance.now() < giveUpAt) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return JSON.parse(text) as TestPostgres;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { reason: 'another test file did not get it started' };
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
}
