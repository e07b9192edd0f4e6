// What is stepped: four machines, each a config as XState writes it, and the events that lead round in it.

/** Two states, one event. */
const toggle = {
  name: 'toggle',
  title: 'toggle',
  config: () => ({
    id: 'toggle',
    initial: 'off',
    states: { off: { on: { TOGGLE: 'on' } }, on: { on: { TOGGLE: 'off' } } },
  }),
  events: [{ type: 'TOGGLE' }],
  flat: true,
};

/** How the guards and assigns of the levels are written: as functions, or as expressions. */
const WAYS = {
  functions: {
    isFull: ({ context }) => context.count >= 3,
    adds: ({ event }) => event.by > 0,
    none: () => 0,
    more: ({ context }) => context.count + 1,
    total: ({ context, event }) => context.total + event.by,
  },
  expressions: {
    isFull: '{% context.count >= 3 %}',
    adds: '{% event.data.by > 0 %}',
    none: 0,
    more: '{% context.count + 1 %}',
    total: '{% context.total + event.data.by %}',
  },
};

/** Three levels, two guarded alternatives, two assigned fields, events that the states around take. */
const levels = {
  name: 'levels',
  title: 'three levels, guards, assign',
  config: (assign, way = 'functions') => {
    const { isFull, adds, none, more, total } = WAYS[way];
    const pair = { initial: 'a', states: { a: { on: { FLIP: 'b' } }, b: { on: { FLIP: 'a' } } } };
    const fill = { target: 'high', guard: isFull, actions: assign({ count: none, total }) };
    const add = { guard: adds, actions: assign({ count: more }) };
    return {
      id: 'levels',
      initial: 'active',
      context: { count: 0, total: 0 },
      states: {
        active: {
          initial: 'low',
          on: { PAUSE: 'paused' },
          states: {
            low: { ...pair, on: { ADD: [fill, add] } },
            high: { ...pair, on: { ADD: { target: 'low', actions: assign({ total }) } } },
          },
        },
        paused: { on: { RESUME: 'active' } },
      },
    };
  },
  events: ['ADD', 'ADD', 'FLIP', 'ADD', 'ADD', 'FLIP', 'ADD', 'FLIP', 'PAUSE', 'RESUME'].map((type) =>
    type === 'ADD' ? { type, by: 1 } : { type },
  ),
  flat: false,
};

const region = (event) => ({
  initial: 'off',
  states: { off: { on: { ALL: 'on', [event]: 'on' } }, on: { on: { ALL: 'off', [event]: 'off' } } },
});

/** Four regions, which one event moves together and others one by one. */
const regions = {
  name: 'regions',
  title: 'four regions',
  config: () => ({
    id: 'regions',
    type: 'parallel',
    states: { a: region('A'), b: region('B'), c: region('C'), d: region('D') },
  }),
  events: ['ALL', 'A', 'B', 'ALL', 'C', 'D'].map((type) => ({ type })),
  flat: false,
};

export const RING = 1_000;

/** A thousand states in a ring: what a chain of comparisons, or a cache, pays for. */
const ring = {
  name: 'ring',
  title: 'ring of 1,000 states',
  config: () => ({
    id: 'ring',
    initial: 's0',
    states: Object.fromEntries(
      Array.from({ length: RING }, (_, i) => [`s${i}`, { on: { NEXT: `s${(i + 1) % RING}` } }]),
    ),
  }),
  events: [{ type: 'NEXT' }],
  flat: true,
};

export const WORKLOADS = { toggle, levels, regions, ring };

/** The innermost states of a state value, as paths, and the context: what contenders have to agree on. */
export function standing(value, context) {
  return JSON.stringify([leaves(value).sort(), context ?? {}]);
}

function leaves(value) {
  if (typeof value === 'string') return [value];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner).map((leaf) => `${key}.${leaf}`));
}
