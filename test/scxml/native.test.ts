import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { readScxml } from '../../src/scxml/scxml.js';
import { writeScxml } from '../../src/scxml/write/write.js';
import { randomChart } from '../statechart/random-chart.js';
import { nativeSource, type Stimulus, traceOf } from './trace.js';

/** States that are in the document alone: the machine itself, and the regions of parallel states that stay. */
const ADDED = /^m$|-regions$/;

const stimuli: fc.Arbitrary<readonly Stimulus[]> = fc.array(
  fc.oneof(
    fc.record({
      event: fc.constantFrom('A', 'B', 'a', 'a.b', 'a.b.c', 'C'),
      data: fc.record({ v: fc.nat({ max: 3 }) }),
    }),
    fc.constantFrom<Stimulus>('delay', 'success', 'failure'),
  ),
  { maxLength: 10 },
);

/** Names of events that a machine listens for, or raises. */
function namesIn(value: Json, key = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = key === 'on' ? Object.keys(value) : [];
  const inner = Object.entries(value).flatMap(([name, member]: [string, Json]) =>
    key === 'raise' && name === 'type' ? [String(member)] : namesIn(member, name),
  );
  return [...own, ...inner];
}

/** Whether the machine knows more than the beginning of an event's name: SCXML takes `a.b` for an `a` that has no names below it. */
function isKnown(names: readonly string[], event: string): boolean {
  const beginnings = names.filter((known) => event.startsWith(`${known}.`));
  return beginnings.every((known) => names.some((other) => other.startsWith(`${known}.`)));
}

function textOf(source: Json): string {
  const written = writeScxml(source);
  return 'text' in written ? written.text : JSON.stringify(written.problems);
}

function rereadSource(text: string): Json {
  const read = readScxml(text);
  if ('problems' in read) throw new Error(`${JSON.stringify(read.problems)}\n${text}`);
  return read.source;
}

describe('a native machine', () => {
  it('does the same when it was written as SCXML and read again', () => {
    let compared = 0;
    fc.assert(
      fc.property(randomChart, stimuli, (chart, all) => {
        const source = nativeSource(chart);
        const names = namesIn(source);
        const given = all.filter((one) => typeof one === 'string' || isKnown(names, one.event));
        const written = writeScxml(source);
        if ('problems' in written) return;
        compared += 1;
        const again = rereadSource(written.text);
        expect(traceOf(again, given, ADDED)).toEqual(traceOf(source, given, ADDED));
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(RUNS / 3);
  });

  it('without data needs no datamodel: states, events, delays and places are SCXML’s own', () => {
    const source = {
      id: 'door',
      initial: 'closed',
      states: {
        closed: { on: { OPEN: { guard: { in: 'closed' }, target: 'open' } } },
        open: { after: { '1h': 'closed' }, entry: { log: 'it is open' }, on: { CLOSE: {} } },
      },
    };
    expect(textOf(source).split('\n').slice(1, -2)).toEqual([
      '  <state id="closed">',
      '    <transition event="OPEN" cond="In(\'closed\')" target="open"/>',
      '  </state>',
      '  <state id="open">',
      '    <onentry>',
      '      <log expr="it is open"/>',
      '    </onentry>',
      '    <onentry>',
      '      <send event="detent.after.open.1h" delay="3600000ms" id="open-after-1h"/>',
      '    </onentry>',
      '    <onexit>',
      '      <cancel sendid="open-after-1h"/>',
      '    </onexit>',
      '    <transition event="CLOSE"/>',
      '    <transition event="detent.after.open.1h" target="closed"/>',
      '  </state>',
    ]);
  });

  it('keeps what people and tools are told, tasks, names of functions, and data', () => {
    const source = {
      id: 'order',
      version: '2',
      context: { n: '{% input.n %}' },
      initial: 'a',
      states: {
        a: {
          tags: ['x', 'y'],
          description: 'where it begins',
          meta: { at: [1, 2] },
          entry: [
            'note',
            { type: 'tell', params: { n: '{% context.n %}' } },
            { emit: { type: 'E', data: 1 } },
          ],
          invoke: {
            src: 'pay',
            id: 'pay',
            timeout: '5s',
            retry: 2,
            input: { n: '{% context.n %}' },
            onDone: 'b',
          },
          on: {
            GO: {
              guard: { not: 'ready' },
              assign: { n: 1, m: '{% context.n %}' },
              actions: { log: { value: { n: 1 } } },
            },
          },
        },
        b: { type: 'final', output: { n: '{% context.n %}' } },
      },
    };
    const again = rereadSource(textOf(source));
    expect(again).toMatchObject({
      id: 'order',
      version: '2',
      context: { n: '{% input.n %}' },
      states: {
        a: {
          tags: ['x', 'y'],
          description: 'where it begins',
          meta: { at: [1, 2] },
          entry: [
            {
              choose: [
                {
                  actions: [
                    { type: 'note' },
                    { type: 'tell', params: { n: '{% context.n %}' } },
                    { emit: { type: 'E', data: 1 } },
                  ],
                },
              ],
            },
          ],
          invoke: [{ src: 'pay', id: 'pay', timeout: '5s', retry: 2, input: { n: '{% context.n %}' } }],
          on: [
            {
              event: 'GO',
              guard: { not: { type: 'ready' } },
              actions: [{ assign: { n: 1, m: '{% context.n %}' } }, { log: { value: { n: 1 } } }],
            },
            { event: 'done.invoke.pay', target: ['#b'] },
          ],
        },
        b: { type: 'final', output: { n: '{% context.n %}' } },
      },
    });
    expect(textOf(again)).toBe(textOf(source));
  });

  it('keeps the keys of its states where they are no ids', () => {
    const source = { initial: 'a b', states: { 'a b': { initial: '1', states: { '1': {}, x: {} } }, x: {} } };
    const again = rereadSource(textOf(source));
    expect(again).toMatchObject({
      initial: ['#a_b'],
      states: {
        'a b': { initial: ['#_1'], states: { '1': { id: '_1' }, x: { id: 'a_b_x' } } },
        x: { id: 'x' },
      },
    });
  });
});

/** Machines, and their seed: others by the environment. */
const RUNS = Number(process.env['DETENT_CHART_RUNS'] ?? 40);
const SEED = Number(process.env['DETENT_CHART_SEED'] ?? 1);

describe('what SCXML cannot say of a native machine', () => {
  const inStates = (states: Json, more: object = {}): Json => ({ initial: 'a', states, ...more });

  it.each<[string, Json, string]>([
    ['a function', inStates({ a: { entry: { log: '{@ f @}' } } }), '/states/a/entry/log'],
    [
      'an eventless transition to where the machine may stand already',
      inStates({
        a: { always: { guard: '{% context.n %}', target: '.b' }, initial: 'b', states: { b: {} } },
      }),
      '/states/a/always',
    ],
    [
      'whether a state is active while it is left',
      inStates({ a: { exit: { choose: { guard: { in: 'a' }, actions: 'x' } } } }),
      '/states/a/exit/choose/guard',
    ],
    [
      'the name of an event that only XState has',
      inStates({ a: { on: { 'xstate.snapshot.x': 'a' } } }),
      '/states/a/on/xstate.snapshot.x',
    ],
    [
      'the same in an expression',
      inStates({ a: { on: { '*': { guard: "{% event.type = 'xstate.x' %}", target: 'a' } } } }),
      '/states/a/on/*/guard',
    ],
    [
      'an output made of another',
      inStates({ a: { type: 'final' } }, { output: '{% event.output %}' }),
      '/output',
    ],
    ['a migration', inStates({ a: {} }, { migrate: true }), '/migrate'],
    ['native transitions with JavaScript', inStates({ a: {} }, { datamodel: 'ecmascript' }), '/datamodel'],
    [
      'a name that SCXML gives to events of its own',
      inStates({ a: { invoke: { src: 'x' }, on: { 'done.*': 'a' } } }),
      '/states/a/on/done.*',
    ],
  ])('is a problem with its place: %s', (_, source, path) => {
    const written = writeScxml(source);
    expect('problems' in written ? written.problems : []).toContainEqual(
      expect.objectContaining({ code: 'not-in-scxml', path }),
    );
  });

  it('is said in the language’s own words where the machine itself is wrong', () => {
    expect(writeScxml({ initial: 'b', states: { a: {} } })).toMatchObject({
      problems: [{ code: 'unknown-initial', path: '/initial' }],
    });
  });

  it('is nothing where the guard of an eventless transition names its target', () => {
    const guard = { and: ['{% context.n = 1 %}', { not: { in: 'a.c' } }] };
    const source = inStates({
      a: { initial: 'b', states: { b: {}, c: {} }, always: { guard, target: '.c' } },
    });
    expect('text' in writeScxml(source)).toBe(true);
  });
});
