import { describe, expect, it } from 'vitest';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { own } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';
import {
  MAX_SCRIPT_ITEMS,
  MAX_SCRIPT_MEMORY_BYTES,
  MAX_SCRIPT_SEARCH,
  MAX_SCRIPT_STEPS,
  MAX_SCRIPT_WORK,
} from '../../src/scxml/limits.js';
import { statechart } from '../../src/statechart/language.js';
import { scripted } from './world.js';

/** One instance of a machine whose expressions are JavaScript; what it is given back goes through text. */
class Scripts {
  readonly #program;
  #standing: Standing = UNBORN;
  #revision = 0;
  last: Step | undefined;

  constructor(source: Json) {
    this.#program = scripted.compile(source);
    this.step({ type: 'start', machine: 'm', input: { given: 7 } });
  }

  step(body: EventBody, seed = 's'): Step {
    this.#revision += 1;
    const stamp = {
      id: `e${this.#revision}`,
      instance: 'one',
      revision: this.#revision,
      at: 1_600_000_000_000,
      seed,
    };
    const step = fold(scripted, this.#program, this.#standing, { ...body, ...stamp } as Event);
    this.#standing = { status: step.status, state: JSON.parse(JSON.stringify(step.state)) as Json };
    this.last = step;
    return step;
  }

  send(name: string, data: Json = null, seed = 's'): this {
    this.step({ type: 'signal', name, data }, seed);
    return this;
  }

  get context(): Json | undefined {
    return own(this.#standing.state as JsonObject, 'context');
  }
}

/** A machine that does these actions with each `go`, and keeps the name and message of an error. */
const doing = (actions: Json, context: Json = {}, more: JsonObject = {}): Json => ({
  datamodel: 'ecmascript',
  dialect: 'scxml',
  initial: 'a',
  entry: [{ data: { error: '{% undefined %}', ...(context as JsonObject) } }],
  states: {
    a: {
      on: [
        { event: 'go', actions: [{ choose: [{ actions }] }] },
        {
          event: 'error',
          actions: [{ assign: { error: '{% _event.data.reason ?? _event.data.message %}' } }],
        },
      ],
    },
  },
  ...more,
});

const contextAfter = (actions: Json, context: Json = {}) =>
  new Scripts(doing(actions, context)).send('go').context;

describe('a machine whose expressions are JavaScript', () => {
  it('has the fields of its context as variables, wherever an expression may stand', () => {
    const source = {
      datamodel: 'ecmascript',
      context: { n: '{% input.given + 1 %}', list: [1, '{% input.given %}'] },
      initial: 'a',
      states: {
        a: {
          on: {
            go: {
              guard: '{% n > 7 && In("a.b") === false %}',
              target: 'b',
              assign: { n: '{% n * _event.data %}' },
            },
          },
        },
        b: { entry: { log: { label: 'n', value: '{% ({ n, list }) %}' } } },
      },
    };
    const machine = new Scripts(source).send('go', 10);
    expect(machine.context).toEqual({ n: 80, list: [1, 7] });
    expect(machine.last?.history).toContainEqual({
      type: 'Logged',
      data: { label: 'n', value: { n: 80, list: [1, 7] } },
    });
  });

  it('is a problem where the engine is not there', () => {
    const problems = statechart.check(doing([]));
    expect(problems).toMatchObject([{ code: 'missing-engine', path: '/datamodel' }]);
    expect(problems[0]?.message).toContain('needs the package quickjs-emscripten');
    expect(() => statechart.compile(doing([]))).toThrow('quickjs-emscripten');
  });

  it('is told of bad syntax when it is checked, and again by error.execution', () => {
    const source = doing({ assign: { n: '{% n + %}' } }, { n: 1 });
    expect(scripted.check(source)).toMatchObject([{ code: 'javascript', severity: 'warning' }]);
    expect(new Scripts(source).send('go').context).toMatchObject({ n: 1, error: /SyntaxError/ });
    const native = {
      datamodel: 'ecmascript',
      initial: 'a',
      states: { a: { always: { guard: '{% ) %}', target: 'a' } } },
    };
    expect(scripted.check(native)).toMatchObject([{ code: 'javascript' }]);
  });

  it('keeps nothing but its context from one event to the next', () => {
    const script = {
      script: 'globalThis.seen ??= 0; seen += 1; Array.prototype.mine = 1; Object.seen = seen;',
    };
    const machine = new Scripts(
      doing([script, { assign: { left: '{% [].mine %}', was: '{% Object.seen %}' } }], { left: 0, was: 0 }),
    );
    machine.send('go');
    expect(machine.context).toMatchObject({ seen: 1, left: 1, was: 1 });
    machine.send('go');
    expect(machine.context).toMatchObject({ seen: 2, was: 2 });
    const peeking = doing({ assign: { n: '{% typeof [].mine + typeof Object.seen %}' } }, { n: 0 });
    expect(new Scripts(peeking).send('go').context).toMatchObject({ n: 'undefinedundefined' });
  });

  it('has the functions of its own scripts at every event, and no others', () => {
    const entry = [
      { data: { n: 1, twice: '{% (x) => 2 * x %}' } },
      { script: 'function add(x) { return x + n; } var tools = { more: (x) => add(x) + 1 };' },
    ];
    const source = doing({ assign: { n: '{% tools.more(twice(n)) %}' } }, {}, { entry });
    const machine = new Scripts(source).send('go').send('go');
    expect(machine.context).toEqual({ n: 13 });
  });

  it.each([
    ['a function', '() => 1', 'a function cannot be kept'],
    ['a symbol', 'Symbol()', 'a symbol cannot be kept'],
    ['no number', '0 / 0', 'NaN cannot be kept'],
    ['no finite number', '1 / 0', 'Infinity cannot be kept'],
    ['a date', 'new Date(0)', 'a Date cannot be kept'],
    ['a map', 'new Map()', 'a Map cannot be kept'],
    ['something that leads back to itself', '(() => { const o = {}; o.o = o; return o; })()', 'circular'],
  ])('refuses to keep %s, wherever it is, and stays as it was', (_, code, message) => {
    for (const value of [code, `[{ deep: ${code} }]`]) {
      expect(contextAfter({ assign: { n: `{% ${value} %}` } }, { n: 'before' })).toMatchObject({
        n: 'before',
        error: expect.stringContaining(message) as string,
      });
    }
  });

  it('undoes what a script had done before it failed', () => {
    const context = contextAfter({ script: 'n = 2; m.deep = 2; nowhere();' }, { n: 1, m: { deep: 1 } });
    expect(context).toMatchObject({ n: 1, m: { deep: 1 }, error: /nowhere/ });
  });

  it('has one time in a step, one time zone, and chance of the event’s seed', () => {
    const made = {
      assign: {
        n: '{% [Date.now(), +new Date(), new Date().getHours(), new Date(2020, 0, 1).toISOString(), new Date("2020-01-01T12:00").toISOString(), new Date().getTimezoneOffset(), Math.random(), Math.random()] %}',
      },
    };
    const run = (seed: string) =>
      (new Scripts(doing(made, { n: 0 })).send('go', null, seed).context as { n: Json[] }).n;
    const [now, also, hours, year, noon, zone, a, b] = run('x');
    expect([now, also, hours]).toEqual([1_600_000_000_000, 1_600_000_000_000, 12]);
    expect([year, noon, zone]).toEqual(['2020-01-01T00:00:00.000Z', '2020-01-01T12:00:00.000Z', 0]);
    expect(a).not.toBe(b);
    expect(run('x')).toEqual(run('x'));
    expect(run('y')).not.toEqual(run('x'));
  });

  it('cannot reach what is outside, make code of texts, or use what cannot be counted', () => {
    const names = [
      'process',
      'require',
      'fetch',
      'setTimeout',
      'eval',
      'Function',
      'BigInt',
      'WeakRef',
      'Promise',
      'console',
    ];
    const kinds = `[${names.map((name) => `typeof ${name}`).join(', ')}, typeof (() => 1).constructor]`;
    const { n } = contextAfter({ assign: { n: `{% ${kinds} %}` } }, { n: 0 }) as { n: Json[] };
    expect(new Set(n)).toEqual(new Set(['undefined']));
    expect(scripted.check(doing({ assign: { n: '{% 2n ** 9n %}' } }))).toMatchObject([{ code: 'bigint' }]);
    expect(() => scripted.compile(doing({ assign: { n: '{% 2n ** 9n %}' } }))).toThrow('BigInt');
  });

  it('may not change what it is told', () => {
    for (const location of [
      '_event',
      '_event.name',
      '_event.data.x',
      '_sessionid',
      '_name',
      '_ioprocessors',
      'In',
    ])
      expect(
        (new Scripts(doing({ assign: { [location]: 1 } })).send('go', { x: 2 }).context as JsonObject)[
          'error'
        ],
      ).toBeDefined();
  });

  it.each([
    ['a loop', 'for (;;);'],
    ['loops of several scripts together', 'for (let i = 0; i < 4e5; i++);'],
    ['a search in a text', '/(a+)+b/.test("a".repeat(40))'],
  ])('ends %s at its steps', (_, code) => {
    const scripts = Array.from({ length: 10 }, () => ({ choose: [{ actions: [{ script: code }] }] }));
    const machine = new Scripts(doing([{ assign: { n: 1 } }, ...scripts], { n: 0 })).send('go');
    expect(machine.context).toEqual({ n: 0 });
    const outcome = { kind: 'rejected', problem: { code: 'too-many-steps' } };
    expect(machine.last?.outcome).toMatchObject(outcome);
    expect(new Scripts(doing([], {}, { entry: scripts })).last).toMatchObject({ status: 'failed' });
  });

  it(`may take ${MAX_SCRIPT_STEPS} times ten thousand steps, as the engine counts, on every machine`, () => {
    const outcomeOf = (count: number) =>
      new Scripts(doing({ script: `for (let i = 0; i < ${count}; i++);` })).send('go').last?.outcome.kind;
    // A turn of a loop is two: there and back.
    const steps = MAX_SCRIPT_STEPS * 10_000;
    expect([outcomeOf(steps * 0.45), outcomeOf(steps * 0.55)]).toEqual(['applied', 'rejected']);
  });

  it('ends calls in calls, and memory', () => {
    expect(contextAfter({ script: '(function f() { f(); })()' })).toMatchObject({ error: /stack overflow/ });
    const hungry = (bytes: number) =>
      contextAfter([{ script: `"x".repeat(${bytes})` }, { assign: { n: 1 } }], { n: 0 });
    expect(hungry(MAX_SCRIPT_MEMORY_BYTES / 2)).toEqual({ n: 1 });
    expect(hungry(MAX_SCRIPT_MEMORY_BYTES)).toMatchObject({ error: /out of memory/ });
  });

  it('bounds calls that cannot be interrupted', () => {
    const found = (code: string) => contextAfter({ assign: { n: `{% ${code} %}` } }, { n: 0 });
    const items = (length: number) => found(`Array.prototype.indexOf.call({ length: ${length} }, 1)`);
    expect(items(MAX_SCRIPT_ITEMS)).toEqual({ n: -1 });
    expect(items(MAX_SCRIPT_ITEMS + 1)).toMatchObject({ error: /more than/ });
    const calls = MAX_SCRIPT_WORK / MAX_SCRIPT_ITEMS;
    const often = (count: number, more: number) =>
      found(
        `(() => { for (let n = 0; n < ${count}; n++) "a".repeat(${MAX_SCRIPT_ITEMS}); return "a".repeat(${more}).length; })()`,
      );
    expect(often(calls - 1, MAX_SCRIPT_ITEMS)).toEqual({ n: MAX_SCRIPT_ITEMS });
    expect(often(calls - 1, MAX_SCRIPT_ITEMS + 1)).toMatchObject({ error: /in the calls of one event/ });
    const text = (length: number) => found(`"a".repeat(${length}).indexOf("b".repeat(10_000))`);
    expect(text(MAX_SCRIPT_SEARCH / 10_000)).toEqual({ n: -1 });
    expect(text(MAX_SCRIPT_SEARCH / 10_000 + 1)).toMatchObject({ error: /too long/ });
  });

  it('ends a run-away of transitions without an event, and of raised events', () => {
    const states = {
      a: { on: [{ event: 'go', target: 'b' }] },
      b: { always: [{ target: 'c' }] },
      c: { always: [{ target: 'b' }] },
    };
    const outcome = new Scripts(doing([], {}, { states })).send('go').last?.outcome;
    expect(outcome).toMatchObject({ kind: 'rejected', problem: { code: 'too-many-microsteps' } });
    const raising = { a: { on: [{ event: 'go', actions: [{ raise: 'go' }] }] } };
    expect(new Scripts(doing([], {}, { states: raising })).send('go').last?.outcome).toMatchObject({
      problem: { code: 'too-many-microsteps' },
    });
  });

  it('goes through a copy of a list, and stops where an action fails', () => {
    const each = (actions: Json) => ({
      foreach: { array: '{% list %}', item: 'item', index: 'at', actions },
    });
    const pushing = each({ script: 'list.push(item * 10); sum += item + at;' });
    expect(contextAfter(pushing, { list: [1, 2], sum: 0 })).toEqual({
      list: [1, 2, 10, 20],
      sum: 4,
      item: 2,
      at: 1,
    });
    const failing = each([{ assign: { sum: '{% sum + item %}' } }, { script: 'if (item === 2) nowhere();' }]);
    expect(contextAfter(failing, { list: [1, 2, 3], sum: 0 })).toMatchObject({ sum: 3, error: /nowhere/ });
    expect(contextAfter({ foreach: { array: '{% 7 %}', item: 'x' } })).toMatchObject({ error: /list/ });
  });
});
