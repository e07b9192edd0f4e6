import { describe, expect, it } from 'vitest';
import { explore, readInvariant, readSamples } from '../../src/analysis/analysis.js';
import type { Json } from '../../src/core/json.js';
import { Refused } from '../../src/core/problem.js';

const chart = (source: Json) => ({ language: 'statechart', source });

const words = (found: ReturnType<typeof explore>) => found.counterexample?.steps.map((step) => step.words);

const COUNTER = chart({
  initial: 'a',
  context: { n: 0 },
  states: {
    a: {
      on: {
        ADD: { assign: { n: '{% context.n + 1 %}' } },
        NOISE: { actions: 'beep' },
        TAKE: { guard: '{% context.n > 0 %}', assign: { n: '{% context.n - 1 %}' } },
      },
    },
  },
});

describe('an exploration', () => {
  it('finds the fewest events that break an invariant', () => {
    const found = explore(COUNTER, { invariant: readInvariant('context.n < 3') });
    expect(words(found)).toEqual(['start', 'ADD', 'ADD', 'ADD']);
    expect(found.counterexample).toMatchObject({ code: 'invariant', message: 'the invariant does not hold' });
  });

  it('looks at everything there is, where that is not too much', () => {
    const lamp = chart({
      initial: 'off',
      states: { off: { on: { PRESS: 'lit' } }, lit: { on: { PRESS: 'off' } } },
    });
    expect(explore(lamp, { invariant: readInvariant('value in ["off", "lit"]') })).toEqual({
      places: 2,
      isComplete: true,
      walks: 0,
    });
  });

  it('makes up what schemas allow', () => {
    const shop = chart({
      id: 'shop',
      schemas: {
        input: { type: 'object', required: ['max'], properties: { max: { type: 'integer', minimum: 1 } } },
      },
      events: {
        ADD: {
          type: 'object',
          required: ['qty', 'by'],
          properties: { qty: { type: 'number', minimum: 1 }, by: { enum: ['ann'] } },
        },
        NOTE: { type: 'string', minLength: 2 },
        TAGS: { type: ['array'], minItems: 1, items: { type: 'boolean' } },
        NOT: { type: 'number', exclusiveMinimum: 3 },
        NONE: null,
      },
      context: { n: 0, max: '{% input.max %}' },
      initial: 'a',
      states: {
        a: {
          on: {
            ADD: { target: 'b', guard: '{% event.data.qty > 5 %}' },
            NOTE: 'c',
            TAGS: 'd',
            NOT: 'e',
            NONE: 'f',
          },
        },
        ...{ b: {}, c: {}, d: {}, e: {}, f: {} },
      },
    });
    expect(explore(shop, {}).counterexample).toBeUndefined();
    const led = ['b', 'c', 'd', 'e', 'f'].map((state) =>
      words(explore(shop, { invariant: readInvariant(`value != "${state}"`) })),
    );
    expect(led).toEqual(
      ['ADD', 'NOTE', 'TAGS', 'NOT', 'NONE'].map((event) => [
        'start {"max":1}',
        expect.stringContaining(event),
      ]),
    );
  });

  it('sees the event, the active states and the status', () => {
    const source = chart({
      initial: 'a',
      states: {
        a: { on: { GO: 'b' } },
        b: { initial: 'x', states: { x: { on: { END: '#end' } } } },
        c: { id: 'end', type: 'final' },
      },
    });
    expect(
      words(explore(source, { invariant: readInvariant('"b.x" in states ? event.type != "GO" : true') })),
    ).toEqual(['start', 'GO']);
    expect(words(explore(source, { invariant: readInvariant('status = "running"') }))).toEqual([
      'start',
      'GO',
      'END',
    ]);
  });

  it('walks at random past its bounds, and makes what it finds there short', () => {
    const options = {
      invariant: readInvariant('context.n < 12'),
      positions: 5,
      walks: 200,
      steps: 200,
      seed: 'x',
    };
    const found = explore(COUNTER, options);
    expect(words(found)).toEqual(['start', ...Array.from({ length: 12 }, () => 'ADD')]);
    expect(found.walks).toBeGreaterThan(0);
    expect(explore(COUNTER, options)).toEqual(found);
  });

  it('says that there is more where it finds nothing within its bounds', () => {
    const found = explore(COUNTER, {
      depth: 3,
      walks: 2,
      steps: 5,
      invariant: readInvariant('context.n < 100'),
    });
    expect(found).toMatchObject({ isComplete: false, walks: 2 });
    expect(found.counterexample).toBeUndefined();
  });

  it('finds a guard or an assign that fails, by itself', () => {
    const source = chart({
      initial: 'a',
      context: { n: 0 },
      states: { a: { on: { GO: 'b' } }, b: { on: { SET: { assign: { n: '{% "x" + context.n %}' } } } } },
    });
    const found = explore(source);
    expect(words(found)).toEqual(['start', 'GO', 'SET']);
    expect(found.counterexample?.message).toContain('must be a number');
  });

  it('finds a run-away', () => {
    const source = chart({
      initial: 'a',
      context: { n: 0 },
      states: { a: { on: { GO: 'b' } }, b: { always: 'c' }, c: { always: 'b' } },
    });
    expect(explore(source).counterexample).toMatchObject({ code: 'too-many-microsteps' });
  });

  it('finds where nothing can come any more, if it is asked to', () => {
    const source = chart({
      initial: 'a',
      states: { a: { on: { GO: 'b' } }, b: { after: { '1s': 'c' } }, c: {} },
    });
    expect(explore(source).counterexample).toBeUndefined();
    const found = explore(source, { deadlocks: true });
    expect([words(found), found.counterexample?.code]).toEqual([['start', 'GO', 'after 1s'], 'deadlock']);
  });

  it('lets delays be over in any order, tasks fail, and children end', () => {
    const states: Json = {
      one: { initial: 'x', states: { x: { after: { '1h': 'late' } }, late: {} } },
      two: { initial: 'x', states: { x: { after: { '1s': 'soon' } }, soon: {} } },
      three: {
        initial: 'x',
        states: {
          x: { invoke: { id: 'kid', machine: 'kid', onDone: 'well', onError: 'ill' } },
          well: {},
          ill: {},
        },
      },
    };
    const source = chart({ type: 'parallel', states });
    expect(
      words(explore(source, { invariant: readInvariant('value.one = "x" or value.two = "soon"') })),
    ).toEqual(['start', 'after 1h']);
    expect(words(explore(source, { invariant: readInvariant('value.three != "ill"') }))).toEqual([
      'start',
      'error kid "Failure"',
    ]);
    expect(words(explore(source, { invariant: readInvariant('value.three != "well"') }))).toEqual([
      'start',
      'done kid',
    ]);
  });

  it('lets what a machine sends to itself arrive before or after other events', () => {
    const source = chart({
      initial: 'a',
      states: {
        a: { on: { GO: { target: 'b', actions: { send: { type: 'OWN' } } } } },
        b: { on: { OWN: 'first', GO: 'second' } },
        first: {},
        second: {},
      },
    });
    expect(words(explore(source, { invariant: readInvariant('value != "first"') }))).toEqual([
      'start',
      'GO',
      'OWN',
    ]);
    expect(words(explore(source, { invariant: readInvariant('value != "second"') }))).toEqual([
      'start',
      'GO',
      'GO',
    ]);
  });

  it('uses the samples that it is given', () => {
    const source = chart({
      initial: 'a',
      context: { n: '{% input.n %}' },
      states: { a: { on: { SET: { assign: { n: '{% event.data %}' } } } } },
    });
    const samples = readSamples({ inputs: [{ n: 7 }], events: { SET: [8, 9] } });
    expect(words(explore(source, { samples, invariant: readInvariant('context.n < 9') }))).toEqual([
      'start {"n":7}',
      'SET 9',
    ]);
  });

  it('says of an invariant that gives no truth value where it does not', () => {
    expect(explore(COUNTER, { invariant: readInvariant('context.m > 3') }).counterexample?.message).toBe(
      'the invariant gives nothing, not true or false',
    );
    expect(
      explore(COUNTER, { invariant: readInvariant('context.n > "a"') }).counterexample?.message,
    ).toContain('the invariant fails: ');
    expect(() => readInvariant('context.n <')).toThrow(Refused);
  });

  it('breaks workflows with tasks that fail, by their input and variables', () => {
    const source: Json = {
      QueryLanguage: 'JSONata',
      StartAt: 'Try',
      States: {
        Try: {
          Type: 'Task',
          Resource: 'try',
          Assign: { tried: true },
          Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['Lost'], Next: 'Sorry' }],
          Next: 'Rest',
        },
        Rest: { Type: 'Wait', Seconds: 5, End: true },
        Sorry: { Type: 'Pass', Output: 'sorry', End: true },
      },
    };
    const workflow = { language: 'asl', source };
    expect(
      words(explore(workflow, { invariant: readInvariant('$exists(output) ? output != "sorry" : true') })),
    ).toEqual(['start {}', 'error try "Lost"']);
    expect(
      words(explore(workflow, { invariant: readInvariant('$exists(variables.tried) = false') })),
    ).toEqual(['start {}', 'done try {}']);
    expect(words(explore(workflow, { invariant: readInvariant('status != "failed"') }))).toEqual([
      'start {}',
      'error try "Failure"',
    ]);
    expect(explore(workflow)).toMatchObject({ isComplete: true });
  });
});
