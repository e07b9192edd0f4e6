import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stopPastLease } from './stopped-worker.js';

/** 10 in the suite, 100 in `npm run test:faults`. */
const STOPS = Number(process.env['DETENT_STOPS'] ?? 10);

const canTell = existsSync('/proc/self/stat');
if (!canTell) console.log('skipped: this system has no /proc, which tells whether a process was stopped');

const dir = mkdtempSync(join(tmpdir(), 'detent-stopped-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(!canTell)('a worker that was stopped past its leases, and continued', () => {
  it(`is refused whatever it writes, ${STOPS} of ${STOPS} times, on SQLite`, async () => {
    const refusals = await stopPastLease(`sqlite:${join(dir, 'stopped.db')}`, STOPS);
    expect(refusals).toEqual({ commits: STOPS, extensions: STOPS, ends: STOPS, jobExtensions: STOPS });
  }, 600_000);
});
