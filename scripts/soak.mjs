// Runs 100,000 seeds of the simulator, in portions, two at a time, and then the soak of ten minutes. In the
// environment another range (DETENT_SOAK_FROM, DETENT_SOAK_SEEDS) or length (DETENT_SOAK_SECONDS); 0 leaves it out.

import { spawn } from 'node:child_process';

const FROM = Number(process.env.DETENT_SOAK_FROM ?? 1);
const SEEDS = Number(process.env.DETENT_SOAK_SEEDS ?? 100_000);
const SOAK_SECONDS = Number(process.env.DETENT_SOAK_SECONDS ?? 600);

/** Seeds of one process: some minutes, so that it is seen how far it has got. */
const PORTION = 2_500;
const AT_ONCE = 2;

const began = performance.now();
const failed = [];

function vitest(env, ...words) {
  const child = spawn('npx', ['vitest', 'run', ...words], {
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: '--expose-gc', ...env },
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

function say(what) {
  console.log(`${what} (${Math.round((performance.now() - began) / 1_000)} s)`);
}

let next = FROM;
async function simulate() {
  while (next < FROM + SEEDS) {
    const first = next;
    const count = Math.min(PORTION, FROM + SEEDS - first);
    next += count;
    const env = { DETENT_FIRST_SEED: String(first), DETENT_SEEDS: String(count) };
    const code = await vitest(env, 'test/testing/simulation.test.ts', '-t', 'keeps every promise');
    if (code !== 0) failed.push(`seeds ${first} to ${first + count - 1}`);
    say(`seeds ${first} to ${first + count - 1}: ${code === 0 ? 'every promise kept' : 'FAILED'}`);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, simulate));
if (SEEDS > 0)
  say(`${SEEDS} seeds from ${FROM}: ${failed.length === 0 ? 'every promise kept' : failed.join(', ')}`);
if (SOAK_SECONDS > 0) {
  const code = await vitest({ DETENT_SOAK_SECONDS: String(SOAK_SECONDS) }, 'test/soak');
  if (code !== 0) failed.push('the soak');
  say(`soak of ${SOAK_SECONDS} s: ${code === 0 ? 'nothing grew' : 'FAILED'}`);
}
process.exit(failed.length === 0 ? 0 : 1);
