import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { ringAcrossRestart } from './timers.js';

/** A thousand in the suite, as many as are promised in `npm run test:faults`. */
const TIMERS = Number(process.env['DETENT_TIMERS'] ?? 1_000);

const folder = mkdtempSync(join(tmpdir(), 'detent-timers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('timers that are all due in the second in which every worker is started again', () => {
  it('fire once each, and none early, on SQLite', async () => {
    const report = await ringAcrossRestart(`sqlite:${join(folder, 'timers.db')}`, TIMERS);
    console.log(`timers on sqlite: ${JSON.stringify(report)}`);
  }, 600_000);
});
