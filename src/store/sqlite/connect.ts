import type { Connection, DriverName } from './driver.js';
import { openLibsql } from './libsql-driver.js';
import { openNodeSqlite } from './node-sqlite-driver.js';

/** Opens a file with Node's own SQLite where it has one, else with the npm package. */
export function connect(path: string, driver?: DriverName): Connection {
  if (driver === 'libsql') return openLibsql(path);
  const connection = openNodeSqlite(path);
  if (connection !== undefined) return connection;
  if (driver === 'node:sqlite') throw new Error(`Node ${process.version} has no node:sqlite`);
  return openLibsql(path);
}
