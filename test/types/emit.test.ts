import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { COMPILER_OPTIONS, complaints, writeFiles } from './compiler.js';

const folder = mkdtempSync(join(tmpdir(), 'detent-emit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MACHINES = `
import { and, assign, createActor, createMachine, emit, fromPromise, initialTransition, log, raise, setup, stateIn, transition, type } from 'detent';
import { actorSession } from 'detent/session';

export const order = createMachine({
  id: 'order',
  context: { qty: 0, lines: [] as string[] },
  events: { fill: type<{ qty: number }>(), ship: {} },
  initial: 'open',
  states: {
    open: {
      initial: 'empty',
      states: { empty: { on: { fill: { target: 'full', assign: { qty: ({ event }) => event.qty } } } }, full: {} },
      on: { ship: 'shipped' },
    },
    shipped: { type: 'final', entry: assign({ qty: ({ context }) => context.qty + 1 }) },
  },
});

export const declared = setup({
  types: {} as {
    context: { n: number };
    events: { type: 'INC'; by: number } | { type: 'STOP' };
    input: { start: number };
    output: { total: number };
    tags: 'busy';
  },
  guards: { enough: ({ context }) => context.n > 3 },
  actions: { tell: (_, params: { text: string }) => params.text },
  actors: { load: fromPromise(({ input }: { input: { id: number } }) => Promise.resolve(input.id)), order },
  delays: { patience: '30s' },
});

export const counter = declared.createMachine({
  context: ({ input }) => ({ n: input.start }),
  initial: 'a',
  states: { a: { tags: 'busy', on: { INC: { target: 'b', guard: 'enough' } } }, b: {} },
});

export const actor = createActor(order);
export const session = actorSession(actor);
export const [bump, told, again, line] = [assign({ n: 1 }), emit({ type: 'SEEN' }), raise({ type: 'GO' }), log('x')];
export const both = and([stateIn('#a'), 'enough']);
export const load = fromPromise(() => Promise.resolve(1));
export const next = transition(order, initialTransition(order)[0], { type: 'ship' });
export const watch = actor.subscribe(() => {});
export const kept = actor.getPersistedSnapshot();
export const start = initialTransition(counter, { start: 1 });
export function machineFor(id: string) {
  return createMachine({ id, initial: 'on', states: { on: { on: { PRESS: 'off' } }, off: {} } });
}
export class Shop {
  readonly order = order;
  readonly machine = machineFor('shop');
}
`;

const USES = `
import { createActor, transition } from 'detent';
import { actor, counter, declared, order, session, Shop, start } from './machines.js';

session.send.fill({ qty: 3 });
export const open: boolean = session.is['open.empty'];
transition(counter, start[0], { type: 'INC', by: 1 });
start[0].hasTag('busy');
export const total: number | undefined = start[0].output?.total;
new Shop().machine.provide({});
createActor(new Shop().machine).matches('off');
createActor(order).send({ type: 'fill', qty: 1 });
declared.createMachine({ context: { n: 1 }, initial: 'x', states: { x: { after: { patience: 'x' } } } });

// @ts-expect-error: no such state
actor.matches('open.zzz');
// @ts-expect-error: without its payload
session.send.fill();
// @ts-expect-error: no such event
transition(counter, start[0], { type: 'DEC' });
// @ts-expect-error: no such tag
start[0].hasTag('idle');
// @ts-expect-error: no such state
createActor(new Shop().machine).matches('broken');
// @ts-expect-error: no such field
order.types?.context.price;
// @ts-expect-error: no such delay
declared.createMachine({ context: { n: 1 }, initial: 'x', states: { x: { after: { impatience: 'x' } } } });
`;

describe('the declarations of a module that exports machines', () => {
  it('are emitted without a complaint', () => {
    writeFiles(folder, { 'machines.ts': MACHINES });
    expect(complaints(folder, ['machines.ts'], { declaration: true })).toEqual([]);
  });

  it('keep every type, without looking into the files of this package', () => {
    const out = join(folder, 'out');
    const options = { ...COMPILER_OPTIONS, declaration: true, emitDeclarationOnly: true, outDir: out };
    const program = ts.createProgram([join(folder, 'machines.ts')], options);
    const written: Record<string, string> = {};
    program.emit(program.getSourceFile(join(folder, 'machines.ts')), (path, text) => {
      written[path.replace(/^.*\//, '')] = text;
    });
    writeFiles(out, { ...written, 'uses.ts': USES });
    const text = readFileSync(join(out, 'machines.d.ts'), 'utf8');
    const named = text.match(/import\("[^"]*"\)/g) ?? [];
    expect(named.filter((from) => !from.startsWith('import("detent'))).toEqual([]);
    expect(complaints(out, ['machines.d.ts', 'uses.ts'])).toEqual([]);
  });
});
