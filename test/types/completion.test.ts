import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { COMPILER_OPTIONS } from './compiler.js';

/** A file that an editor has open; `¦` is where the cursor stands. */
const file = join(import.meta.dirname, 'open-in-editor.ts');
let [text, version] = ['', 0];

const service = ts.createLanguageService({
  ...ts.sys,
  useCaseSensitiveFileNames: () => true,
  getCompilationSettings: () => COMPILER_OPTIONS,
  getScriptFileNames: () => [file],
  getScriptVersion: (name) => (name === file ? String(version) : '1'),
  getScriptSnapshot(name) {
    const found = name === file ? text : ts.sys.readFile(name);
    return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
  },
  getCurrentDirectory: () => import.meta.dirname,
  getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  fileExists: (name) => name === file || ts.sys.fileExists(name),
});

/** What the editor offers at the cursor, in the order of the alphabet. */
function offered(line: string): string[] {
  const head =
    "import { assign, createActor, createMachine, emit, initialTransition, raise, setup, transition, type } from 'detent';\n";
  const source = head + line;
  const cursor = source.indexOf('¦');
  text = source.replace('¦', '');
  version++;
  const completions = service.getCompletionsAtPosition(file, cursor, {});
  return (completions?.entries ?? []).map(({ name }) => name).sort();
}

const events = 'events: { GO: type<{ by: number }>(), STOP: {} }';
const context = "context: { qty: 1, name: 'x' }";
const given =
  '{ guards: { ready: () => true, steady: () => false }, actions: { tell: () => {}, call: () => {} } }';
const machine = `const machine = createMachine({ ${events}, types: {} as { tags: 'busy' | 'idle' }, initial: 'a', states: { a: { initial: 'x', states: { x: {} } }, b: {} } });
const [start] = initialTransition(machine); const actor = createActor(machine);\n`;
const declared = `const declared = setup({ types: {} as { context: { n: number }; events: { type: 'GO'; by: number } | { type: 'STOP' } }, guards: { ready: () => true }, actions: { tell: () => {} } });\n`;

describe('an editor offers', () => {
  it.each([
    ['events', `createMachine({ ${events}, on: { ¦ } });`, ['"*"', '"error.execution"', 'GO', 'STOP']],
    [
      'events beside functions',
      `createMachine({ ${events}, on: { GO: { guard: ({ event }) => event.by > 0 }, ¦ } });`,
      ['"*"', '"error.execution"', 'STOP'],
    ],
    ['guards', `createMachine({ ${events}, on: { GO: { guard: '¦' } } }, ${given});`, ['ready', 'steady']],
    [
      'guards beside functions',
      `createMachine({ ${events}, entry: ({ context }) => context, on: { GO: { guard: '¦' } } }, ${given});`,
      ['ready', 'steady'],
    ],
    ['actions', `createMachine({ ${events}, entry: '¦' }, ${given});`, ['call', 'tell']],
    [
      'actions in a list with functions',
      `createMachine({ ${events}, entry: ['¦', ({ context }) => context] }, ${given});`,
      ['call', 'tell'],
    ],
    [
      'fields to assign',
      `createMachine({ ${events}, ${context}, entry: { assign: { ¦ } } });`,
      ['name', 'qty'],
    ],
    [
      'fields to assign with a builder',
      `createMachine({ ${events}, ${context}, entry: assign({ ¦ }) });`,
      ['name', 'qty'],
    ],
    [
      'fields to assign in a transition',
      `createMachine({ ${events}, ${context}, on: { GO: { assign: { ¦ } } } });`,
      ['name', 'qty'],
    ],
    [
      'fields of an event',
      `createMachine({ ${events}, ${context}, on: { GO: { actions: assign({ qty: ({ event }) => event.¦ }) } } });`,
      ['by', 'type'],
    ],
    ['events to raise', `createMachine({ ${events}, entry: raise({ type: '¦' }) });`, ['GO', 'STOP']],
    [
      'events to raise, as files write it',
      `createMachine({ ${events}, entry: { raise: '¦' } });`,
      ['GO', 'STOP'],
    ],
    [
      'events to emit',
      `createMachine({ types: {} as { emitted: { type: 'seen' } | { type: 'done' } }, entry: emit({ type: '¦' }) });`,
      ['done', 'seen'],
    ],
    ['paths to match', `${machine}start.matches('¦');`, ['a', 'a.x', 'b']],
    ['values to match', `${machine}start.matches({ ¦ });`, ['a', 'b']],
    ['tags', `${machine}start.hasTag('¦');`, ['busy', 'idle']],
    ['events for a transition', `${machine}transition(machine, start, { type: '¦' });`, ['GO', 'STOP']],
    ['events to send', `${machine}actor.send({ type: '¦' });`, ['GO', 'STOP']],
    [
      'guards that were declared',
      `${declared}declared.createMachine({ context: { n: 1 }, on: { GO: { guard: '¦' } } });`,
      ['ready'],
    ],
    [
      'events that were declared',
      `${declared}declared.createMachine({ context: { n: 1 }, on: { ¦ } });`,
      ['"*"', '"error.execution"', 'GO', 'STOP'],
    ],
    ['initial states', `createMachine({ initial: '¦', states: { a: {}, b: {} } });`, ['a', 'b']],
    [
      'targets',
      `createMachine({ initial: 'a', states: { a: { on: { GO: '¦', STOP: 'b' } }, b: {} } });`,
      ['a', 'b'],
    ],
    [
      'targets, while one is being written',
      `createMachine({ initial: 'a', states: { a: { always: { target: 'b¦' } }, bed: {} } });`,
      ['a', 'bed'],
    ],
    [
      'targets among the siblings of a state within',
      `createMachine({ initial: 'a', states: { a: { initial: 'x', states: { x: { after: { '1s': '¦' } }, y: {} } } } });`,
      ['x', 'y'],
    ],
    [
      'targets beside functions',
      `createMachine({ ${events}, initial: 'a', states: { a: { on: { GO: { guard: ({ event }) => event.by > 0, target: '¦' } } }, b: { entry: ({ context }) => context } } });`,
      ['a', 'b'],
    ],
    ...['', ', entry: ({ context }) => context'].flatMap((beside): [string, string, string[]][] => {
      const written = beside === '' ? '' : ' beside functions';
      const state = (target: string) =>
        `createMachine({ id: 'm', initial: 'a', states: { a: { initial: 'x', states: { x: {}, y: {} }, on: { GO: '${target}' }${beside} }, b: { id: 'other' } } });`;
      return [
        [`children behind a dot${written}`, state('.¦'), ['.x', '.y']],
        [`ids behind a #${written}`, state('#¦'), ['#m', '#other']],
      ];
    }),
    [
      'what is below a state behind a dot',
      `createMachine({ initial: 'a', states: { a: { on: { GO: 'b.¦' } }, b: { initial: 'x', states: { x: {}, y: {} } } } });`,
      ['b.x', 'b.y'],
    ],
    [
      'initial states beside functions',
      `createMachine({ initial: '¦', states: { a: { entry: ({ context }) => context }, b: {} } });`,
      ['a', 'b'],
    ],
    [
      'targets of machines with a setup',
      `${declared}declared.createMachine({ context: { n: 1 }, initial: 'a', states: { a: { on: { GO: { target: '¦', actions: assign({ n: ({ event }) => event.by }) } } }, b: {} } });`,
      ['a', 'b'],
    ],
    [
      'targets in a list beside functions',
      `createMachine({ ${events}, initial: 'a', states: { a: { on: { GO: [{ guard: ({ event }) => event.by > 0, target: '¦' }, { target: 'a' }] } }, b: { entry: ({ context }) => context } } });`,
      ['a', 'b'],
    ],
    [
      'targets that are entered at once',
      `createMachine({ initial: 'a', states: { a: { on: { GO: { target: ['¦'] } } }, b: {} } });`,
      ['a', 'b'],
    ],
    [
      'targets of what is invoked',
      `createMachine({ initial: 'a', states: { a: { invoke: [{ src: 'load', onDone: { target: '¦' } }] }, b: {} } });`,
      ['a', 'b'],
    ],
    [
      'targets of history states, and of initial transitions',
      `createMachine({ initial: { target: 'a' }, states: { a: { type: 'history', target: '¦' }, b: {} } });`,
      ['a', 'b'],
    ],
  ])('%s', (_, line, names) => {
    // The compiler counts the text at the cursor itself among those that there are.
    expect(offered(line).filter((name) => name !== '')).toEqual(names);
  });

  it('nothing empty where any text will do', () => {
    expect(offered(`createMachine({ invoke: { src: '¦' } });`)).toEqual([]);
  });
});
