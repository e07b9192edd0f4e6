import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { simulate } from '../../src/testing/simulation/simulation.js';

/** More with DETENT_SQLITE_SEEDS=1000. */
const SEEDS = Number(process.env['DETENT_SQLITE_SEEDS'] ?? 3);

const folder = mkdtempSync(join(tmpdir(), 'detent-simulation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (seed: number, name: string) =>
  simulate({
    seed,
    // A write waits for its group, and what it answers may write again.
    rounds: 4,
    openStore: (clock, random) =>
      openSqliteStore({ path: join(folder, `${name}.db`), clock, random, isDead: () => false }),
  });

describe('a simulated world on SQLite', () => {
  it(`keeps every promise over ${SEEDS} seeds`, async () => {
    let acknowledged = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const report = await run(seed, `seed-${seed}`);
      expect(report.violations, `seed ${seed}`).toEqual([]);
      acknowledged += report.acknowledged;
    }
    expect(acknowledged).toBeGreaterThan(SEEDS);
  }, 600_000);
});
