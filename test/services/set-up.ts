import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES_FOLDER, startedServer } from './postgres.js';
import { RUN_PID, removeServer } from './postgres-server.js';

/** Runs once before all tests: starts nothing, but stops afterwards what they started. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'detent-services-'));
  process.env[SERVICES_FOLDER] = folder;
  process.env[RUN_PID] = String(process.pid);
  return async () => {
    const server = await startedServer(folder);
    if (server !== undefined) await removeServer(server);
    await rm(folder, { recursive: true, force: true });
  };
}
