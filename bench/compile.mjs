// What it takes to make a machine of a thousand states: the config is built anew each time.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { MAKERS } from './compile/makers.mjs';
import { installPeers, isInstalled } from './installed-peers.mjs';
import { median } from './statistics.mjs';

const ROUNDS = 3;

/** Rows of { name, value, unit, ratio, note }; `seconds` for each maker. */
export async function measure({ seconds }) {
  const missing = await installPeers();
  const made = new Map(Object.keys(MAKERS).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, list] of made) {
      const needed = MAKERS[name].package;
      if (needed === undefined || isInstalled(needed)) list.push(await makeIn(name, seconds / ROUNDS));
    }
  }
  const ours = median(made.get('detent').map(({ warm }) => warm));
  return [...made].map(([name, list]) => {
    const row = { name: MAKERS[name].title, unit: 'ms' };
    if (list.length === 0) return { ...row, note: missing ?? `${MAKERS[name].package} is not installed` };
    const warm = median(list.map((one) => one.warm));
    const first = `the first ${median(list.map((one) => one.first)).toFixed(1)} ms`;
    return { ...row, value: warm, ratio: warm / ours, note: first };
  });
}

async function makeIn(name, seconds) {
  const child = fork(join(import.meta.dirname, 'compile', 'cell.mjs'), [name, String(seconds)]);
  const [answer] = await once(child, 'message');
  return answer;
}
