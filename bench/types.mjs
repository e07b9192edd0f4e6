// What a machine of 200 states costs the compiler, ours beside XState's setup: the same machine, the same run.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, medianRatio, spread } from './statistics.mjs';

const STATES = 200;
const ROUNDS = 7;
const here = dirname(fileURLToPath(import.meta.url));

/** Each check has a process of its own, and its time is that of the processor: a ratio is the median over the pairs. */
export async function measure() {
  // Within the project, so that both packages are found as a user's program finds them.
  const dir = join(here, '..', '.bench-types');
  mkdirSync(dir, { recursive: true });
  try {
    const programs = Object.entries(PROGRAMS).map(([name, text]) => {
      const file = join(dir, `${name.replaceAll(/\W+/g, '-')}.ts`);
      writeFileSync(file, text);
      return { name, file, times: [], instantiations: 0 };
    });
    // The first round warms the disk, and does not count; of each pair the other one goes first.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const program of round % 2 === 0 ? programs : programs.toReversed()) {
        const { ms, instantiations } = await check(program.file);
        if (round > 0) program.times.push(ms);
        program.instantiations = instantiations;
      }
    }
    const [, theirs] = programs;
    return programs.map(({ name, times, instantiations }) => ({
      name,
      value: median(times),
      unit: 'ms',
      ratio: medianRatio(times, theirs.times),
      note: `${instantiations.toLocaleString('en-US')} instantiations, ${spread(times)} ms`,
    }));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function check(file) {
  const child = fork(join(here, 'types', 'check.mjs'), [file]);
  const [answer] = await Promise.race([once(child, 'message'), failed(child)]);
  return answer;
}

async function failed(child) {
  const [code] = await once(child, 'exit');
  throw new Error(`the check ended with ${code}`);
}

/** A ring: named and inline guards and actions, params, events with a payload. */
function ring(assign) {
  return Array.from({ length: STATES }, (_, i) => {
    const entry = i % 5 === 0 ? "[{ type: 'tell', params: { text: 'x' } }]" : "'note'";
    const guard = i % 4 === 0 ? '({ context }) => context.count < 10' : "'allowed'";
    const actions = i % 3 === 0 ? `, actions: ${assign}` : '';
    const next = `{ target: 's${(i + 1) % STATES}', guard: ${guard}${actions} }`;
    return `    s${i}: { entry: ${entry}, on: { NEXT: ${next}, RESET: 's0' } },`;
  }).join('\n');
}

const ASSIGN = 'assign({ count: ({ context, event }) => context.count + event.by })';
const IMPLEMENTATIONS = `
  guards: { allowed: () => true },
  actions: { note: () => {}, tell: (_: unknown, params: { text: string }) => {} },
`;
const TYPES = `types: {} as {
    context: { count: number };
    events: { type: 'NEXT'; by: number } | { type: 'RESET' };
  },`;
const STATES_OF = `initial: 's0',
  states: {
${ring(ASSIGN)}
  },`;

const PROGRAMS = {
  'createMachine, one literal': `import { assign, createMachine, type } from 'detent';
export const big = createMachine({
  context: { count: 0 },
  events: { NEXT: type<{ by: number }>(), RESET: {} },
  ${STATES_OF}
}, {${IMPLEMENTATIONS}});
`,
  'XState v5, setup': `import { assign, setup } from 'xstate';
export const big = setup({ ${TYPES}${IMPLEMENTATIONS}}).createMachine({
  context: { count: 0 },
  ${STATES_OF}
});
`,
};
