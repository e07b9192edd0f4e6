import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import {
  DEFAULT_BACKOFF,
  DEFAULT_JOB_ATTEMPTS,
  DEFAULT_PRIORITY,
  LAST_PRIORITY,
  MAX_DELIVERIES,
  MAX_JOB_ATTEMPTS,
  MAX_REMOTE_CLAIM,
  REMOTE_LEASE_MS,
  TASK_DEADLINE_MS,
} from '../../src/core/limits.js';
import { listen } from '../../src/server/listen.js';
import { openApp } from './open-app.js';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'jobs.md'), 'utf8');

function has(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`skipped: there is no ${command} here`);
    return false;
  }
}

it.skipIf(!has('curl') || !has('bash'))(
  'docs/jobs.md shows a worker in a shell that works',
  async () => {
    const [, script = ''] = /<!-- run -->\n```sh\n([\s\S]*?)```/.exec(page) ?? [];
    const { app, call } = await openApp({ localOnly: true });
    const server = await listen({ app, port: 0 });
    try {
      const here = script.replace('http://127.0.0.1:4400', server.url);
      expect(here).not.toBe(script);
      await promisify(execFile)('bash', ['-euc', here], { timeout: 30_000 });
      expect((await call('/api/v1/jobs/greet-1')).body).toMatchObject({
        status: 'completed',
        output: { hello: 'Ada' },
      });
    } finally {
      await server.close();
    }
  },
  60_000,
);

it('the limits and defaults are those that docs/jobs.md tells', () => {
  expect([DEFAULT_PRIORITY, LAST_PRIORITY, DEFAULT_JOB_ATTEMPTS, MAX_JOB_ATTEMPTS]).toEqual([5, 9, 3, 1_000]);
  expect(DEFAULT_BACKOFF).toEqual({ delayMs: 1_000, rate: 2, maxDelayMs: 3_600_000 });
  expect([TASK_DEADLINE_MS, MAX_DELIVERIES, MAX_REMOTE_CLAIM, REMOTE_LEASE_MS]).toEqual([
    ...[86_400_000, 5, 100, 30_000],
  ]);
});
