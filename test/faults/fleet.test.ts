import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/store/sqlite/connect.js';
import type { Connection } from '../../src/store/sqlite/driver.js';
import { killFleet } from './fleet.js';

/** Few in the suite; in `npm run test:faults` as many as are promised, on PostgreSQL. */
const KILLS = Number(process.env['DETENT_FLEET_KILLS'] ?? 4);
const INSTANCES = Number(process.env['DETENT_FLEET_INSTANCES'] ?? 200);

const folder = mkdtempSync(join(tmpdir(), 'detent-fleet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('four workers on one store, killed with SIGKILL under the load of eight clients', () => {
  it('lose nothing and repeat nothing on SQLite', async () => {
    // The figures that are promised are those of PostgreSQL, where workers are many.
    const kills = Math.min(KILLS, 16);
    const path = join(folder, 'fleet.db');
    let connection: Connection | undefined;
    const holding = async () => {
      connection ??= connect(path);
      const rows = connection.prepare('SELECT worker FROM lease WHERE token IS NOT NULL').all([]);
      return new Set(rows.map(([worker]) => Number(String(worker).split(':')[1])));
    };
    const instances = Math.min(INSTANCES, 1_000);
    const report = await killFleet({ url: `sqlite:${path}`, instances, kills, holding });
    connection?.close();
    expect(report.killed.working + report.killed.both).toBeGreaterThan(kills * 0.9);
    console.log(`fleet on sqlite: ${JSON.stringify({ ...report, takeovers: undefined })}`);
  }, 600_000);
});
