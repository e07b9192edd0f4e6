// What the compiler must find, each mistake beside its correct twin; `tsc` fails where one is not found any more.

import {
  and,
  assign,
  cancel,
  createMachine,
  emit,
  fromPromise,
  initialTransition,
  log,
  not,
  or,
  raise,
  sendTo,
  setup,
  stateIn,
  transition,
  type,
} from '../../src/index.js';

const order = createMachine(
  {
    id: 'order',
    context: { qty: 0, note: 'none' as 'none' | 'gift', lines: [] as string[] },
    events: { ADD: type<{ by: number }>(), SHIP: {}, 'card.declined': type<{ code: string }>() },
    initial: 'open',
    states: {
      open: {
        initial: 'empty',
        entry: ({ context }) => context.qty.toFixed(),
        states: {
          empty: {
            on: {
              ADD: {
                target: 'filled',
                guard: ({ event }) => event.by > 0,
                assign: { qty: ({ context, event }) => context.qty + event.by, note: 'gift', lines: [] },
              },
            },
          },
          filled: { on: { 'card.*': { target: '#order.open', guard: ({ event }) => event.code === '1' } } },
        },
        on: {
          SHIP: [{ target: 'shipped', guard: 'stocked' }, { target: '.filled' }],
          '*': { actions: ({ event }) => event.type },
        },
      },
      shipped: {
        type: 'final',
        entry: [
          'greet',
          assign({ qty: ({ context }) => context.qty + 1 }),
          raise({ type: 'ADD', by: 1 }, { delay: '3s', id: 'later' }),
          cancel('later'),
          emit({ type: 'SEEN' }),
          log(({ context }) => context.qty, 'qty'),
          sendTo('pay', { type: 'HINT' }),
        ],
      },
    },
  },
  { guards: { stocked: ({ context }) => context.qty > 2 }, actions: { greet: () => 'hello' } },
);

const [start] = initialTransition(order);
export const qty: number = start.context.qty;

// Events
transition(order, start, { type: 'ADD', by: 2 });
// @ts-expect-error: without its payload
transition(order, start, { type: 'ADD' });
// @ts-expect-error: a payload of another type
transition(order, start, { type: 'ADD', by: '2' });
// @ts-expect-error: an event that there is not
transition(order, start, { type: 'ADDED' });

// States
start.matches('open');
start.matches('open.empty');
start.matches({ open: 'filled' });
// @ts-expect-error: a state that there is not
start.matches('zzz');
// @ts-expect-error: nor within another
start.matches('open.zzz');
// @ts-expect-error: nor as a value
start.matches({ open: 'zzz' });
// @ts-expect-error: nor where it stands
export const zzz: boolean = start.value === 'zzz';

const events = { GO: type<{ by: number }>(), STOP: {} };

createMachine({ events, initial: 'a', states: { a: {} } });
createMachine({
  events,
  // @ts-expect-error: no such child
  initial: 'b',
  states: { a: {} },
});
createMachine({
  events,
  initial: 'a',
  states: {
    a: {
      // @ts-expect-error: no such child
      initial: 'y',
      states: { x: { on: { GO: ({ event }: never) => event } as never } },
    },
  },
});

createMachine({
  events,
  initial: 'a',
  states: { a: { on: { GO: 'b', STOP: '.c' }, initial: 'c', states: { c: {} } }, b: {} },
});
createMachine({
  events,
  initial: 'a',
  states: {
    a: {
      on: {
        // @ts-expect-error: no such state
        GO: 'c',
        // @ts-expect-error: no such child
        STOP: '.c',
      },
    },
    b: {},
  },
});
createMachine({
  events,
  initial: 'a',
  states: {
    a: {
      on: {
        // @ts-expect-error: no such state, beside an item that asks nothing
        GO: [{ target: 'zzz' }, {}],
        // @ts-expect-error: nor with a function
        STOP: [{}, { target: 'zzz', guard: () => true }],
      },
    },
  },
});
createMachine({
  events,
  initial: 'a',
  states: {
    a: {
      on: {
        GO: {
          // @ts-expect-error: no such state, beside a function
          target: 'c',
          guard: ({ event }) => event.by > 0,
        },
        STOP: [
          { target: 'b', guard: ({ context }) => context === undefined },
          // @ts-expect-error: no such state, in a list
          { target: 'zzz' },
        ],
      },
      // @ts-expect-error: no such state, without an event
      always: { target: 'd', guard: '{% context.n > 1 %}' },
      after: {
        // @ts-expect-error: no such state, after a delay
        '30s': 'd',
      },
      invoke: {
        src: 'load',
        onDone: 'b',
        // @ts-expect-error: no such state, after a failure
        onError: 'd',
      },
    },
    b: {
      on: {
        GO: '#there',
        // @ts-expect-error: no such id
        STOP: '#nowhere',
      },
    },
    c2: { id: 'there', states: { x: {} }, initial: 'x' },
  },
});

createMachine({
  initial: 'a',
  states: {
    a: {
      type: 'compound',
      initial: 'x',
      states: { x: { type: 'history', history: 'deep', target: 'y' }, y: { type: 'final' } },
      on: {
        GO: {
          // @ts-expect-error: no such state, beside literals that are right
          target: 'zzz',
          guard: 'ready',
          actions: { raise: 'STOP' },
        },
        STOP: {
          target: [
            'b',
            // @ts-expect-error: no such state, among several
            'zzz',
          ],
        },
      },
      invoke: [
        {
          src: 'load',
          // @ts-expect-error: no such state, after one of several invocations
          onDone: { target: 'zzz' },
        },
        { src: 'save', onDone: 'b' },
      ],
    },
    b: { type: 'final' },
  },
});
createMachine({
  initial: {
    // @ts-expect-error: no such child, as a transition
    target: 'b',
  },
  states: { a: {} },
});

createMachine({
  events,
  on: { GO: {}, STOP: undefined, '*': {}, 'xstate.done.actor.x': {}, 'error.execution': {} },
});
createMachine({
  events,
  on: {
    // @ts-expect-error: no such event
    GONE: {},
  },
});
createMachine({
  events,
  initial: 'a',
  states: {
    a: {
      on: {
        // @ts-expect-error: no such event, within a state
        GONE: { actions: ({ context }) => context },
      },
    },
  },
});

const implementations = { guards: { ready: () => true }, actions: { tell: () => {} } };
createMachine(
  { events, entry: 'tell', on: { GO: { guard: 'ready', actions: ['tell', { type: 'tell' }] } } },
  implementations,
);
createMachine(
  {
    events,
    // @ts-expect-error: no such action
    entry: 'told',
    // @ts-expect-error: no such action, among others
    exit: ['tell', 'told'],
    on: {
      GO: {
        // @ts-expect-error: no such guard
        guard: 'steady',
      },
      STOP: {
        // @ts-expect-error: no such guard, within another
        guard: { not: 'steady' },
        // @ts-expect-error: no such action, as an object
        actions: { type: 'told' },
      },
    },
  },
  implementations,
);

const context = { n: 0, name: 'x' };
createMachine({
  events,
  context,
  entry: [{ assign: { n: '{% context.n + 1 %}' } }, assign({ name: 'y' })],
  on: { GO: { assign: { n: ({ event }) => event.by } } },
});
createMachine({
  events,
  context,
  entry: {
    assign: {
      // @ts-expect-error: no such field
      m: 1,
    },
  },
  exit: assign({
    // @ts-expect-error: no such field, with a builder
    m: 1,
  }),
  on: {
    GO: {
      assign: {
        // @ts-expect-error: no such field, in a transition
        m: ({ event }) => event.by,
      },
    },
    STOP: {
      assign: {
        // @ts-expect-error: a field of another type
        n: 'three',
      },
    },
  },
});
createMachine({
  events,
  context,
  on: {
    GO: {
      // @ts-expect-error: no such field of the context
      guard: ({ context }) => context.m > 0,
      // @ts-expect-error: no such field of the event
      actions: ({ event }) => event.to,
    },
  },
});

// Builders
createMachine(
  {
    events,
    context,
    initial: 'a',
    states: {
      a: {
        on: {
          GO: {
            guard: and([({ event }) => event.by > 0, or(['ready', not('ready')]), stateIn('a')]),
            actions: [raise({ type: 'STOP' }), raise(({ event }) => ({ type: 'GO', by: event.by + 1 }))],
          },
        },
      },
    },
  },
  implementations,
);
createMachine({
  events,
  on: {
    GO: {
      actions: [
        // @ts-expect-error: no such event to raise
        raise({ type: 'GONE' }),
        // @ts-expect-error: raised without its payload
        raise({ type: 'GO' }),
      ],
    },
    STOP: {
      // @ts-expect-error: no such event to raise, in the form of files
      actions: { raise: 'GONE' },
    },
  },
});

// Keys
createMachine({
  events,
  initial: 'a',
  states: {
    a: {
      // @ts-expect-error: no such key of a state
      entrance: 'tell',
    },
    b: {
      // @ts-expect-error: no such type of state
      type: 'finale',
    },
  },
});

// XState's types
const typed = createMachine({
  types: {} as {
    context: { n: number };
    events: { type: 'INC'; by: number } | { type: 'RESET' };
    input: { start: number };
    output: { total: number };
    emitted: { type: 'reached'; n: number };
    tags: 'busy';
    guards: { type: 'enough' } | { type: 'atLeast'; params: { n: number } };
    actions: { type: 'tell'; params: { text: string } };
  },
  context: ({ input }) => ({ n: input.start }),
  initial: 'counting',
  states: {
    counting: {
      tags: 'busy',
      on: {
        INC: [
          { guard: 'enough', target: 'full' },
          { guard: { type: 'atLeast', params: { n: 3 } }, actions: emit({ type: 'reached', n: 3 }) },
          { actions: { type: 'tell', params: ({ context }) => ({ text: `${context.n}` }) } },
        ],
        RESET: { actions: assign({ n: 0 }) },
      },
    },
    full: { type: 'final' },
  },
});
export const typedStart = () => initialTransition(typed, { start: 1 })[0].hasTag('busy');
// @ts-expect-error: no such input
export const noInput = () => initialTransition(typed, { begin: 1 });
// @ts-expect-error: no such tag
export const noTag = () => initialTransition(typed, { start: 1 })[0].hasTag('idle');
export const total = () => initialTransition(typed, { start: 1 })[0].output?.total;
// @ts-expect-error: no such output
export const noTotal = () => initialTransition(typed, { start: 1 })[0].output?.sum;

createMachine({
  types: {} as {
    guards: { type: 'atLeast'; params: { n: number } };
    emitted: { type: 'reached' };
    tags: 'busy';
  },
  // @ts-expect-error: no such tag
  tags: 'bussy',
  // @ts-expect-error: no such event to emit
  entry: emit({ type: 'missed' }),
  on: {
    // @ts-expect-error: a guard without its params
    A: { guard: 'atLeast' },
    // @ts-expect-error: a guard with params of another type
    B: { guard: { type: 'atLeast', params: { n: '3' } } },
  },
});

// setup
const child = createMachine({
  id: 'payment',
  types: {} as { output: { receipt: string } },
  type: 'parallel' as never,
});
const declared = setup({
  types: {} as {
    context: { n: number; receipt: string };
    events: { type: 'INC'; by: number } | { type: 'STOP' };
  },
  guards: {
    enough: ({ context }) => context.n > 3,
    atLeast: (_, params: { n: number }) => params.n > 1,
  },
  actions: {
    tell: (_, params: { text: string }) => params.text,
    reset: assign({ n: 0 }),
  },
  actors: {
    load: fromPromise(({ input }: { input: { id: number } }) => Promise.resolve(input.id)),
    pay: child,
  },
  delays: { patience: '30s' },
});
export const made = declared.createMachine({
  context: { n: 0, receipt: '' },
  initial: 'a',
  states: {
    a: {
      on: {
        INC: {
          target: 'b',
          guard: 'enough',
          actions: [{ type: 'tell', params: ({ event }) => ({ text: `${event.by}` }) }, 'reset'],
        },
      },
      after: { patience: 'b' },
      invoke: [
        { src: 'load', onDone: { actions: assign({ n: ({ event }) => event.output }) } },
        { src: 'pay', onDone: { assign: { receipt: ({ event }) => event.output.receipt } } },
      ],
    },
    b: {},
  },
});
declared.createMachine({
  context: { n: 0, receipt: '' },
  initial: 'a',
  states: {
    a: {
      on: {
        // @ts-expect-error: no such guard
        INC: { guard: 'enuff' },
        // @ts-expect-error: an action without its params
        STOP: { actions: 'tell' },
      },
      after: {
        // @ts-expect-error: no such delay
        patients: 'a',
      },
    },
  },
});
