import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testPostgres } from '../services/postgres.js';
import { freshSchema } from '../store/postgres-schema.js';
import { stopPastLease } from './stopped-worker.js';

/** 10 in the suite, 100 in `npm run test:faults`. */
const STOPS = Number(process.env['DETENT_STOPS'] ?? 10);

const ALL_REFUSED = { commits: STOPS, extensions: STOPS, ends: STOPS, jobExtensions: STOPS };

const canTell = existsSync('/proc/self/stat');
if (!canTell) console.log('skipped: this system has no /proc, which tells whether a process was stopped');

const postgres = await testPostgres();
if (postgres.url === undefined) console.log(`skipped on PostgreSQL: ${postgres.reason}`);

const dir = mkdtempSync(join(tmpdir(), 'detent-stopped-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(!canTell)('a worker that was stopped past its leases, and continued', () => {
  it(`is refused whatever it writes, ${STOPS} of ${STOPS} times, on SQLite`, async () => {
    expect(await stopPastLease(`sqlite:${join(dir, 'stopped.db')}`, STOPS)).toEqual(ALL_REFUSED);
  }, 600_000);

  it.skipIf(postgres.url === undefined)(
    `is refused whatever it writes, ${STOPS} of ${STOPS} times, on PostgreSQL`,
    async () => {
      const { schema, drop } = freshSchema(postgres.url ?? '');
      const url = new URL(postgres.url ?? '');
      url.searchParams.set('schema', schema);
      try {
        expect(await stopPastLease(url.href, STOPS)).toEqual(ALL_REFUSED);
      } finally {
        await drop();
      }
    },
    600_000,
  );
});
