// What a machine of 200 states costs the compiler, ours beside XState's setup: the same machine, the same run.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, spread } from './statistics.mjs';

const STATES = 200;
const ROUNDS = 5;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

export function measure() {
  // Within the project, so that both packages are found as a user's program finds them.
  const dir = join(root, '.bench-types');
  mkdirSync(dir, { recursive: true });
  try {
    const programs = Object.entries(PROGRAMS).map(([name, text]) => {
      const file = join(dir, `${name.replaceAll(/\W+/g, '-')}.ts`);
      writeFileSync(file, text);
      return { name, file, seconds: [], instantiations: 0 };
    });
    // In turn, so that a slow minute is shared; the first round warms the disk.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const program of programs) {
        const { seconds, instantiations } = check(program.file);
        if (round > 0) program.seconds.push(seconds);
        program.instantiations = instantiations;
      }
    }
    const [, theirs] = programs;
    return programs.map(({ name, seconds, instantiations }) => ({
      name,
      value: median(seconds) * 1000,
      unit: 'ms',
      ratio: median(seconds) / median(theirs.seconds),
      note: `${instantiations.toLocaleString('en-US')} instantiations, ${spread(seconds.map((s) => s * 1000))} ms`,
    }));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Check time and instantiations, as the compiler itself counts them. */
function check(file) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = '--ignoreConfig --noEmit --strict --exactOptionalPropertyTypes --skipLibCheck';
  const target = '--target es2023 --module nodenext --moduleResolution nodenext --extendedDiagnostics';
  const args = [tsc, ...options.split(' '), ...target.split(' '), file];
  const said = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const number = (label) => Number(new RegExp(`${label}:\\s+([\\d.]+)`).exec(said)?.[1]);
  return { seconds: number('Check time'), instantiations: number('Instantiations') };
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
