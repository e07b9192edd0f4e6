import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { DriverName } from '../../src/store/sqlite/driver.js';
import { openNodeSqlite } from '../../src/store/sqlite/node-sqlite-driver.js';

const folders: string[] = [];

/** The path of a file in a folder of its own, which is gone after the test. */
export function freshPath(name = 'test.db'): string {
  const folder = mkdtempSync(join(tmpdir(), 'detent-'));
  folders.push(folder);
  return join(folder, name);
}

/** The drivers that this Node can run. */
export function availableDrivers(): readonly DriverName[] {
  const own = openNodeSqlite(':memory:');
  own?.close();
  return own === undefined ? ['libsql'] : ['libsql', 'node:sqlite'];
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
