import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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
    const report = await killFleet({
      url: `sqlite:${join(folder, 'fleet.db')}`,
      instances: Math.min(INSTANCES, 1_000),
      kills,
    });
    expect(report.killed.working + report.killed.both).toBeGreaterThan(kills / 2);
    console.log(`fleet on sqlite: ${JSON.stringify(report)}`);
  }, 600_000);
});
