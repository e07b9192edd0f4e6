// Runs 100,000 seeds of the simulator, half of them in each of two processes, and then the soak of ten minutes.

import { spawn } from 'node:child_process';

const SEEDS = Number(process.env.DETENT_SEEDS ?? 100_000);
const SOAK_SECONDS = process.env.DETENT_SOAK_SECONDS ?? '600';

function vitest(file, env) {
  const child = spawn('npx', ['vitest', 'run', file], {
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: '--expose-gc', ...env },
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

const half = Math.ceil(SEEDS / 2);
const codes = await Promise.all(
  [1, half + 1].map((first) =>
    vitest('test/testing/simulation.test.ts', {
      DETENT_SEEDS: String(half),
      DETENT_FIRST_SEED: String(first),
    }),
  ),
);
codes.push(await vitest('test/soak', { DETENT_SOAK_SECONDS: SOAK_SECONDS }));
process.exit(Math.max(...codes));
