import fc from 'fast-check';
import type { Json } from '../../src/core/json.js';

const KEYS = [
  ...[
    'id',
    'type',
    'initial',
    'states',
    'on',
    'always',
    'after',
    'onDone',
    'entry',
    'exit',
    'invoke',
    'output',
  ],
  ...[
    'tags',
    'context',
    'target',
    'guard',
    'actions',
    'assign',
    'reenter',
    'params',
    'src',
    'input',
    'onError',
  ],
  ...[
    'raise',
    'send',
    'to',
    'data',
    'timeout',
    'order',
    'transitions',
    'event',
    'delay',
    'xstate.done.actor.t',
    'a',
    'b',
    'c',
    'GO',
    '*',
    'a.*',
    '5s',
    '__proto__',
    'constructor',
  ],
];

const TEXTS = [
  ...[
    'a',
    'b',
    '.a',
    '#m',
    '#m.a',
    'a.b',
    'final',
    'parallel',
    'compound',
    'GO',
    '5s',
    'xstate.x',
    'xstate.raise',
    'xstate.done.actor.t',
    'xstate.after.5000.m.a',
    '{@ f @}',
  ],
  ...['{% context.n + 1 %}', '{% event.data %}', '{% 1 + %}', '{%', '{% $f() %}', '', '\u0000', 'é€😀'],
];

export const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(...TEXTS),
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -2, max: 5 }),
);

/** Any JSON, most of whose words the language knows. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 7, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries) as Json),
  ),
})).value;

/** A machine in which something of everything is used. */
export const VALID: Json = {
  id: 'm',
  context: { n: 0, last: null },
  initial: 'a',
  on: { RESET: '.a', 'x.*': { actions: 'note' } },
  output: { n: '{% context.n %}' },
  states: {
    a: {
      initial: 'x',
      entry: ['hello', { assign: { n: '{% context.n + 1 %}' } }],
      exit: { raise: 'LEFT' },
      after: { '5s': 'b', '1000': { assign: { n: 0 } } },
      on: {
        GO: [{ target: 'b', guard: '{% context.n > 1 %}' }, { assign: { last: '{% event.data.v %}' } }],
        LEFT: {},
      },
      states: { x: { on: { DEEP: 'y' } }, y: { type: 'final', output: '{% context.n %}' } },
      onDone: { target: 'b', assign: { n: '{% event.output %}' } },
    },
    b: {
      invoke: {
        src: 't',
        id: 't',
        input: { n: '{% context.n %}' },
        timeout: '3s',
        onDone: { target: 'c', assign: { last: '{% event.output %}' } },
        onError: 'a',
      },
      on: {
        'x.y': '#m.a.y',
        LEFT: { actions: { send: { to: 'other', type: 'left', data: '{% context %}' } } },
      },
      always: { target: 'c', guard: '{% context.n > 4 %}' },
    },
    c: { type: 'final', output: 'bye' },
  },
};

/** Every place of a value, by its keys. */
function placesOf(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, member]: [string, Json]) => placesOf(member, [...path, key])),
  ];
}

function replaced(value: Json, [key, ...rest]: readonly string[], by: Json | undefined): Json {
  if (key === undefined) return by ?? null;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, member]: [string, Json]): [string, Json][] => {
    if (name !== key) return [[name, member]];
    return rest.length === 0 && by === undefined ? [] : [[name, replaced(member, rest, by)]];
  });
  return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}

/** A machine in which a few places were removed or replaced. */
export function damaged(valid: Json): fc.Arbitrary<Json> {
  const places = placesOf(valid).slice(1);
  const change = fc.record({ path: fc.constantFrom(...places), by: fc.option(anyJson, { nil: undefined }) });
  return fc
    .array(change, { maxLength: 3 })
    .map((changes) => changes.reduce<Json>((source, { path, by }) => replaced(source, path, by), valid));
}
