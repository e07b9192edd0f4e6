import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openEngine } from '../../src/embed/engine.js';
import * as detent from '../../src/index.js';
import { complaints } from './compiler.js';

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'typescript.md'), 'utf8');
const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

// In the project, where a module finds this package under its name.
const folder = join(root, '.documented');
mkdirSync(folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The examples of the page as one module, from `engine` to what they come to. */
function pageModule(): string {
  const lines = blocks.join('\n').split('\n');
  const imports = lines.filter((line) => line.startsWith('import '));
  const rest = lines.filter((line) => !line.startsWith('import '));
  return `${imports.join('\n')}
import type { Engine } from 'detent/engine';
export async function run(connect: (definitions: object[]) => Promise<Engine>) {
${rest.join('\n').replace('const session =', 'const engine = await connect([order]);\nconst session =')}
return { actor: actor.getSnapshot().value, kept: kept.context, session: session.is.open, qty: session.context.qty, close: () => engine.close() };
}
`;
}

describe('the page about TypeScript', () => {
  it('has examples that compile', () => {
    writeFileSync(join(folder, 'page.ts'), pageModule());
    expect(complaints(folder, ['page.ts'])).toEqual([]);
  });

  it('has examples that run', async () => {
    const told = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { run } = await import(join(folder, 'page.ts'));
    const { close, ...came } = await run((definitions: object[]) => openEngine({ definitions }));
    await close();
    expect(came).toEqual({ actor: 'open', kept: { qty: 3 }, session: true, qty: 3 });
    expect(told).toHaveBeenCalledWith('open');
    told.mockRestore();
  });
});

const { createActor, createMachine, initialTransition, setup, transition } = detent;

/** Each row of the table of what moves over, by what its first column begins with. */
const ROWS: readonly (readonly [string, () => void | Promise<void>])[] = [
  [
    '`createMachine`, `setup`, `createActor`, `transition`, `initialTransition`',
    () => {
      const machine = setup({}).createMachine({ initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } });
      expect(transition(machine, initialTransition(machine)[0], { type: 'GO' })[0].value).toBe('b');
      expect(
        createActor(createMachine({ initial: 'a', states: { a: {} } }))
          .start()
          .getSnapshot().value,
      ).toBe('a');
    },
  ],
  [
    '`assign`, `raise`, `sendTo`',
    () => {
      const { and, assign, cancel, emit, log, not, or, raise, sendParent, sendTo, stateIn } = detent;
      const machine = createMachine({
        context: { n: 0 },
        on: {
          GO: {
            guard: and([stateIn('#(machine)'), not(or([() => false]))]),
            actions: [assign({ n: 1 }), raise({ type: 'ON' }), emit({ type: 'E' }), cancel('x'), log('l')],
          },
          ON: { actions: [sendTo('child', { type: 'HI' }), sendParent({ type: 'HO' })] },
        },
      });
      const [next, effects] = transition(machine, initialTransition(machine)[0], { type: 'GO' });
      expect([next.context.n, effects.map(({ type }) => type)]).toEqual([
        1,
        ['emit', 'cancel', 'log', 'send', 'send'],
      ]);
    },
  ],
  [
    '`fromPromise`',
    async () => {
      const load = detent.fromPromise(({ input }: { input: number }) => Promise.resolve(input + 1));
      const machine = setup({ actors: { load } }).createMachine({
        initial: 'a',
        states: { a: { invoke: { src: 'load', input: 1, onDone: 'b' } }, b: { type: 'final' } },
      });
      const actor = createActor(machine).start();
      await vi.waitFor(() => expect(actor.getSnapshot().status).toBe('done'));
    },
  ],
  [
    'machines as actors',
    () => {
      const child = createMachine({ id: 'child', initial: 'x', states: { x: { type: 'final', output: 3 } } });
      const machine = setup({ types: {} as { context: { n: unknown } }, actors: { child } }).createMachine({
        context: { n: 0 },
        initial: 'a',
        states: {
          a: {
            invoke: { src: 'child', onDone: { target: 'b', assign: { n: ({ event }) => event.output } } },
          },
          b: {},
        },
      });
      expect(createActor(machine).start().getSnapshot()).toMatchObject({ value: 'b', context: { n: 3 } });
    },
  ],
  [
    '`machine.provide`',
    () => {
      const machine = createMachine(
        { on: { GO: { guard: 'may', actions: 'tell' } } },
        { guards: { may: () => true } },
      );
      const other = machine.provide({ guards: { may: () => false } });
      const effects = [machine, other].map(
        (one) => transition(one, initialTransition(one)[0], { type: 'GO' })[1].length,
      );
      expect(effects).toEqual([1, 0]);
      const later = createMachine({ on: { GO: { guard: 'may', actions: 'tell' } } });
      const given = later.provide({ guards: { may: () => true } });
      expect(transition(given, initialTransition(given)[0], { type: 'GO' })[1]).toHaveLength(1);
    },
  ],
  [
    'constants and functions under `delays`',
    () => {
      const machine = setup({ delays: { SOON: 100, LATER: () => 200 } }).createMachine({
        initial: 'a',
        states: { a: { after: { SOON: 'b', LATER: 'b' } }, b: {} },
      });
      expect(initialTransition(machine)[1]).toMatchObject([
        { type: 'timer', delayMs: 100 },
        { type: 'timer', delayMs: 200 },
      ]);
    },
  ],
  [
    '`self`, `system`, `spawn`',
    () => {
      let seen: unknown;
      const machine = createMachine({
        context: { n: 0 },
        entry: [
          // @ts-expect-error: functions see context and event
          detent.assign({ n: ({ self }) => Number(self === undefined) }),
          // @ts-expect-error: functions see context and event
          ({ system }) => system,
        ],
        always: {
          // @ts-expect-error: functions see context and event
          guard: ({ spawn }) => {
            seen = spawn;
            return false;
          },
        },
      });
      expect([initialTransition(machine)[0].context.n, seen]).toEqual([1, undefined]);
    },
  ],
  [
    '`enqueueActions`, `spawnChild`, `stopChild`, `forwardTo`',
    () => lacks('enqueueActions', 'spawnChild', 'stopChild', 'forwardTo'),
  ],
  [
    '`fromCallback`, `fromObservable`, `fromTransition`',
    () => {
      lacks('fromCallback', 'fromObservable', 'fromTransition');
      expect(() => setup({ actors: { watch: { transition: () => {} } } })).toThrow(
        'the actor "watch" is neither a machine nor a task\'s handler',
      );
    },
  ],
  [
    '`setup().extend`, `createStateConfig`',
    () => {
      const base = setup({
        types: {} as { context: { n: number }; events: { type: 'GO'; by: number } },
        guards: { may: () => false },
      });
      const more = base.extend({
        guards: { may: () => true, enough: ({ context }, params: { n: number }) => context.n >= params.n },
        actions: { add: detent.assign({ n: ({ context, event }) => context.n + event.by }) },
        delays: { SOON: 100 },
      });
      const a = more.createStateConfig({
        on: {
          GO: {
            target: 'b',
            guard: detent.and(['may', { type: 'enough', params: { n: 1 } }]),
            actions: 'add',
          },
        },
        after: { SOON: 'b' },
      });
      const machine = more.createMachine({ context: { n: 1 }, initial: 'a', states: { a, b: {} } });
      const [start, effects] = initialTransition(machine);
      const [next] = transition(machine, start, { type: 'GO', by: 2 });
      expect([effects[0]?.type, next.value, next.context.n]).toEqual(['timer', 'b', 3]);
      const wrong = () => {
        more.createMachine({
          context: { n: 1 },
          initial: 'a',
          states: {
            // @ts-expect-error: no such state in this machine
            a,
          },
        });
      };
      expect(wrong).toThrow('unknown-target');
      // @ts-expect-error: not there before
      base.createMachine({ context: { n: 1 }, entry: 'add' });
    },
  ],
];

function lacks(...names: readonly string[]): void {
  expect(names.filter((name) => name in detent)).toEqual([]);
}

describe('what it says of XState', () => {
  it.each(ROWS)('about %s is so', async (_, holds) => {
    await holds();
  });

  it('is all held by these tests', () => {
    const [, table = ''] = text.split('| XState | here |');
    const rows = table.split('\n').filter((line) => line.startsWith('| '));
    expect(rows.map((row) => ROWS.some(([start]) => row.startsWith(`| ${start}`)))).toEqual(
      ROWS.map(() => true),
    );
  });
});
