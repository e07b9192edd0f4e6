import { describe, expect, it } from 'vitest';
import { inspect, inspectTogether } from '../../src/analysis/inspect.js';
import { asl } from '../../src/asl/language.js';
import type { Json } from '../../src/core/json.js';
import { isError, type Problem } from '../../src/core/problem.js';
import { statechart } from '../../src/statechart/language.js';

const CODES = [
  'unhandled-event',
  'unhandled-forward',
  'unknown-machine',
  'unknown-receiver',
  'wrong-payload',
  'undeclared-event',
  'unknown-field',
];

/** What is said of the first of these machines, looked at together. */
function findings(machines: Readonly<Record<string, Json>>): readonly Problem[] {
  const all = inspectTogether(
    Object.entries(machines).map(([machine, source]) => ({
      machine,
      source,
      program: statechart.compile(source),
    })),
  );
  expect(all.flat().filter(isError)).toEqual([]);
  return (all[0] ?? []).filter(({ code }) => CODES.includes(code));
}

const told = (problems: readonly Problem[]) => problems.map(({ code, path }) => `${code} ${path}`);

/** Invokes `card` in its second state, where it does these actions. */
const order = (actions: Json, invoke: object = {}): Json => ({
  initial: 'open',
  states: {
    open: { on: { PAY: 'paying' } },
    paying: {
      invoke: { machine: 'card', id: 'card', onDone: 'open', ...invoke },
      entry: actions,
      on: { DECLINED: 'open' },
    },
  },
});

const card = (actions: Json = []): Json => ({
  initial: 'asking',
  events: { PIN: { type: 'object', required: ['pin'], properties: { pin: { type: 'string' } } } },
  schemas: { input: { type: 'object', required: ['total'] } },
  states: {
    asking: { on: { PIN: 'done', 'hint.*': {}, RETRY: 'asking' }, entry: actions },
    done: { type: 'final' },
  },
});
const OPEN_CARD: Json = { initial: 'asking', states: { asking: { on: { PIN: 'asking', 'hint.a.*': {} } } } };

describe('machines that are looked at together', () => {
  it('have nothing wrong with them where all fits', () => {
    const send = { send: { to: '#_card', type: 'PIN', data: { pin: '{% context.pin %}' } } };
    const invoke = { input: { total: '{% context.total %}' }, forward: ['hint.*', 'PIN'] };
    const child = card({ send: { to: '#_parent', type: 'DECLINED' } });
    expect(findings({ order: order([send], invoke), card: child })).toEqual([]);
    expect(findings({ card: child, order: order([send], invoke) })).toMatchObject([
      { code: 'undeclared-event', path: '/states/asking/on/hint.*' },
      { code: 'undeclared-event', path: '/states/asking/on/RETRY' },
    ]);
  });

  it('say which event the other never takes, and how one comes there', () => {
    const [problem] = findings({
      order: order({ send: { to: '#_card', type: 'PINN' } }),
      card: OPEN_CARD,
    });
    expect(problem).toEqual({
      code: 'unhandled-event',
      path: '/states/paying/entry',
      message: 'the event "PINN" is sent to "card", and no transition there takes it (reached by PAY)',
      hint: 'did you mean "PIN"?',
      severity: 'warning',
    });
  });

  it('say what no parent takes', () => {
    const child = (type: string): Json => ({
      initial: 'a',
      states: { a: { entry: { send: { to: '#_parent', type } }, on: { PIN: 'a' } } },
    });
    const machines = { order: order([]), second: order([]) };
    expect(told(findings({ card: child('REFUSED'), ...machines }))).toEqual([
      'unhandled-event /states/a/entry',
    ]);
    expect(findings({ card: child('DECLINED'), ...machines })).toEqual([]);
    expect(findings({ card: child('REFUSED') })).toEqual([]);
  });

  it('say which machine is not there, and which was meant', () => {
    expect(findings({ order: order([]), cart: OPEN_CARD })).toMatchObject([
      { code: 'unknown-machine', path: '/states/paying/invoke/machine', hint: 'did you mean "cart"?' },
    ]);
    expect(findings({ order: order([]) })).toMatchObject([
      { code: 'unknown-machine', hint: 'check its file too; what was published before is not seen here' },
    ]);
    const computed = order([], { machine: "{% 'card' %}" });
    expect(findings({ order: computed })).toEqual([]);
  });

  it('say to whom nothing can be sent', () => {
    expect(
      findings({ order: order({ send: { to: '#_crad', type: 'PIN' } }), card: OPEN_CARD }),
    ).toMatchObject([
      { code: 'unknown-receiver', path: '/states/paying/entry/send/to', hint: 'did you mean "card"?' },
    ]);
    const task = order({ send: { to: '#_card', type: 'PIN' } }) as { states: Record<string, object> };
    const states = {
      ...task.states,
      paying: { ...task.states['paying'], invoke: { src: 'charge', id: 'card' } },
    };
    expect(findings({ order: { ...task, states } })).toMatchObject([
      { code: 'unknown-receiver', message: '"card" is a task, and takes no events (reached by PAY)' },
    ]);
  });

  it('say what is sent on for nothing', () => {
    const invoke = { forward: ['hint.b.*', 'hint.*', 'hint.a.b', 'CARD'] };
    expect(findings({ order: order([], invoke), card: OPEN_CARD }).map(({ message }) => message)).toEqual([
      '"hint.b.*" is sent on to "card", which takes no such event (reached by PAY)',
      '"CARD" is sent on to "card", which takes no such event (reached by PAY)',
    ]);
    const deaf: Json = { initial: 'a', states: { a: { type: 'final' } } };
    expect(told(findings({ order: order([], { forward: true }), card: deaf }))).toEqual([
      'unhandled-forward /states/paying/invoke/forward',
    ]);
  });

  it.each([
    ['nothing', undefined, '/states/paying/entry/send', 'must be of type object'],
    ['what lacks a member', { p: 1 }, '/states/paying/entry/send/data', 'must have "pin"'],
    [
      'what lacks a member, beside an expression',
      { p: '{% 1 %}' },
      '/states/paying/entry/send/data',
      'must have "pin"',
    ],
    [
      'a member of another type',
      { pin: 1, n: '{% 2 %}' },
      '/states/paying/entry/send/data',
      'at /pin must be of type string',
    ],
  ])('hold what is sent to the schema of its receiver: %s', (_, data, path, words) => {
    const send = { to: '#_card', type: 'PIN', ...(data === undefined ? {} : { data }) };
    const input = { input: { total: 1 } };
    const [problem, ...others] = findings({ order: order({ send }, input), card: card() });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'wrong-payload', path });
    expect(problem?.message).toContain(words);
  });

  it('hold the input to the schema of what is invoked, as far as it is written', () => {
    const wrong = (input?: Json) =>
      told(findings({ order: order([], input === undefined ? {} : { input }), card: card() }));
    expect(wrong()).toEqual(['wrong-payload /states/paying/invoke/input']);
    expect(wrong({ totl: '{% 1 %}' })).toEqual(['wrong-payload /states/paying/invoke/input']);
    expect(wrong({ total: '{% 1 %}' })).toEqual([]);
    expect(wrong('{% context %}')).toEqual([]);
  });

  it('know that a workflow takes no events', () => {
    const source: Json = { StartAt: 'a', States: { a: { Type: 'Succeed' } } };
    const parent = order({ send: { to: '#_card', type: 'PIN' } });
    const all = inspectTogether([
      { machine: 'order', source: parent, program: statechart.compile(parent) },
      { machine: 'card', source, program: asl.compile(source) },
    ]);
    expect(told(all[0] ?? [])).toContain('unhandled-event /states/paying/entry');
  });

  it('may have any names', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    for (const name of names) {
      const source = order({ send: { to: `#_${name}`, type: name } }, { machine: name, id: name });
      expect(told(findings({ order: source }))).toEqual(['unknown-machine /states/paying/invoke/machine']);
    }
  });
});

describe('the events that a machine declares', () => {
  const EVENTS: Json = {
    ADD: { type: 'object', properties: { qty: { type: 'integer' }, item: { properties: { id: {} } } } },
    END: {},
  };
  const machine = (on: object, events: Json = EVENTS): Json => ({
    events,
    context: { n: 0 },
    initial: 'a',
    states: { a: { on: { GO: 'b' } }, b: { on: { ADD: {}, END: {}, ...on } } },
  });
  const alone = (source: Json) =>
    inspect(statechart.compile(source), source).filter(({ code }) => CODES.includes(code));

  it('are those that it listens for', () => {
    expect(alone(machine({ ENDE: {} }, { GO: {}, ...(EVENTS as object) }))).toEqual([
      {
        code: 'undeclared-event',
        path: '/states/b/on/ENDE',
        message: '"ENDE" is not among the "events" of the machine (reached by GO)',
        hint: 'did you mean "END"?',
        severity: 'warning',
      },
    ]);
  });

  it('are not asked of what it raises itself, of wildcards, and of its own events', () => {
    const on = { '*': { actions: { raise: 'INNER' } }, INNER: {}, 'EN.*': {} };
    expect(told(alone(machine(on, { GO: {}, ...(EVENTS as object) })))).toEqual([
      'undeclared-event /states/b/on/EN.*',
    ]);
  });

  it("are not asked of what W3C's platform makes, where that is the dialect", () => {
    const states = {
      a: {
        on: [
          { event: 'done.invoke.x', target: 'b' },
          { event: 'error', target: 'b' },
        ],
      },
      b: {},
    };
    const document = (dialect: object): Json =>
      ({ id: 'm', ...dialect, events: { GO: {} }, on: { GO: {} }, initial: 'a', states }) as Json;
    const w3c: Json = { ...(document({ dialect: 'scxml' }) as object), on: [{ event: 'GO' }] };
    expect(told(alone(w3c))).toEqual([]);
    const on = { 'done.invoke.x': 'b', error: 'b' };
    expect(told(alone({ ...(document({}) as object), states: { a: { on }, b: {} } }))).toEqual([
      'undeclared-event /states/a/on/done.invoke.x',
      'undeclared-event /states/a/on/error',
    ]);
  });

  it('are handled somewhere', () => {
    expect(alone(machine({}, { GO: {}, ENT: {}, ...(EVENTS as object) }))).toMatchObject([
      { code: 'unhandled-event', path: '/events/ENT', hint: 'did you mean "END"?' },
    ]);
  });

  it('have the fields that are read of them', () => {
    const reads = (text: string) =>
      alone(machine({ ADD: { guard: `{% ${text} %}` } }, { GO: {}, ...(EVENTS as object) }));
    expect(reads('event.data.qyt > 3')).toMatchObject([
      {
        code: 'unknown-field',
        path: '/states/b/on/ADD/guard',
        message: 'the schema of "ADD" has no "qyt" (reached by GO)',
        hint: 'did you mean "qty"?',
      },
    ]);
    expect(reads('event.data.item.name = "x"')).toMatchObject([
      { message: expect.stringContaining('item.name') },
    ]);
    for (const text of ['event.data.qty > 3', 'event.data.item.id.deeper = 1', '$exists(event.data)'])
      expect(reads(text)).toEqual([]);
  });

  it('may leave open what else there is', () => {
    const guard = { ADD: { guard: '{% event.data.other = 1 %}' } };
    const on = (schema: Json) => alone(machine(guard, { GO: {}, END: {}, ADD: schema }));
    expect(on({ properties: { qty: {} }, additionalProperties: true })).toEqual([]);
    expect(on({ anyOf: [{ properties: { qty: {} } }, { properties: { other: {} } }] })).toEqual([]);
    expect(on({ type: 'object' })).toEqual([]);
    expect(on({ properties: { qty: {} }, additionalProperties: false })).toHaveLength(1);
  });

  it('are raised as they are declared', () => {
    const raises = (action: Json) =>
      told(alone(machine({ GO: { actions: action } }, { GO: {}, ...(EVENTS as object) })));
    expect(raises({ raise: { type: 'ADD', data: { qty: 1.5 } } })).toEqual([
      'wrong-payload /states/b/on/GO/actions/raise/data',
    ]);
    expect(raises({ raise: { event: { type: 'ADD', qty: 'many' } } })).toEqual([
      'wrong-payload /states/b/on/GO/actions/raise/event',
    ]);
    expect(raises({ send: { to: '#_self', type: 'ADD' } })).toEqual([
      'wrong-payload /states/b/on/GO/actions/send',
    ]);
    expect(raises({ raise: { type: 'ADD', data: { qty: '{% 1.5 %}' } } })).toEqual([]);
    expect(raises({ raise: { type: 'ADD', data: '{% context %}' } })).toEqual([]);
    expect(raises({ raise: { type: 'END', data: 7 } })).toEqual([]);
  });

  it('may have any names', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const events = Object.fromEntries(names.map((name) => [name, { properties: { [name]: {} } }]));
    const guard = names.map((name) => `event.data.${name} = 1`).join(' or ');
    const on = Object.fromEntries(names.map((name) => [name, { guard: `{% ${guard} %}` }]));
    expect(new Set(told(alone(machine(on, { ADD: {}, END: {}, GO: {}, ...events }))))).toEqual(
      new Set(names.map((name) => `unknown-field /states/b/on/${name}/guard`)),
    );
  });
});
