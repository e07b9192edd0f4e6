// Who steps, and how: `open(workload)` answers { send, where }, or undefined where a library has no way to say the workload.
// `send(event)` takes one event; `where()` tells the innermost states and the context, for the comparison before the timing.
// Libraries that cannot do it purely are measured as they are used: a machine that is changed in place.
import { standing } from './workloads.mjs';

/** A loop around a pure function of a snapshot and an event. */
function pure(first, next) {
  let snapshot = first;
  return {
    send(event) {
      snapshot = next(snapshot, event);
    },
    where: () => standing(snapshot.value, snapshot.context),
  };
}

async function detent({ config }, way) {
  const { assign, createMachine, initialTransition, transition } = await import('../../dist/index.js');
  const machine = createMachine(config(assign, way));
  return pure(initialTransition(machine)[0], (snapshot, event) => transition(machine, snapshot, event)[0]);
}

async function xstate5({ config }) {
  const { assign, createMachine, initialTransition, transition } = await import('xstate');
  const machine = createMachine(config(assign));
  return pure(initialTransition(machine)[0], (snapshot, event) => transition(machine, snapshot, event)[0]);
}

async function xstate6(workload) {
  const { createMachine, initialTransition, transition } = await import('xstate6');
  const machine = createMachine(workload.name === 'levels' ? levelsOfXstate6() : workload.config());
  return pure(initialTransition(machine)[0], (snapshot, event) => transition(machine, snapshot, event)[0]);
}

/** XState 6 has no guards and assigns: a transition is a function that answers target and context. */
function levelsOfXstate6() {
  const pair = { initial: 'a', states: { a: { on: { FLIP: 'b' } }, b: { on: { FLIP: 'a' } } } };
  const add = ({ context, event }) => {
    if (context.count >= 3) return { target: 'high', context: { count: 0, total: context.total + event.by } };
    return event.by > 0 ? { context: { count: context.count + 1 } } : undefined;
  };
  const lower = ({ context, event }) => ({ target: 'low', context: { total: context.total + event.by } });
  const states = { low: { ...pair, on: { ADD: add } }, high: { ...pair, on: { ADD: lower } } };
  return {
    id: 'levels',
    initial: 'active',
    context: { count: 0, total: 0 },
    states: {
      active: { initial: 'low', on: { PAUSE: 'paused' }, states },
      paused: { on: { RESUME: 'active' } },
    },
  };
}

async function xstate6Fsm({ config, flat }) {
  if (!flat) return undefined;
  const { createFSM } = await import('xstate6/fsm');
  const machine = createFSM(config());
  return pure(machine.initialState, (snapshot, event) => machine.transition(snapshot, event));
}

async function xstateFsm({ config, flat }) {
  if (!flat) return undefined;
  const { createMachine } = await import('@xstate/fsm');
  const machine = createMachine(config());
  return pure(machine.initialState, (state, event) => machine.transition(state, event));
}

async function robot3({ config, flat }) {
  if (!flat) return undefined;
  const { createMachine, interpret, state, transition } = await import('robot3');
  const states = Object.entries(config().states).map(([name, { on }]) => {
    const transitions = Object.entries(on).map(([event, target]) => transition(event, target));
    return [name, state(...transitions)];
  });
  const service = interpret(createMachine(config().initial, Object.fromEntries(states)), () => {});
  return { send: service.send, where: () => standing(service.machine.current) };
}

async function jssm({ config, flat }) {
  if (!flat) return undefined;
  const { from } = await import('jssm');
  const machine = from(jssmSource(config()));
  return { send: ({ type }) => machine.action(type), where: () => standing(machine.state()) };
}

/** A flat machine in the language of jssm. */
export function jssmSource({ states }) {
  const lines = Object.entries(states).flatMap(([name, { on }]) =>
    Object.entries(on).map(([event, target]) => `${name} '${event}' -> ${target};`),
  );
  return lines.join('\n');
}

async function javascriptStateMachine({ config, flat }) {
  if (!flat) return undefined;
  const { default: StateMachine } = await import('javascript-state-machine');
  const { initial, states } = config();
  const machine = new StateMachine({ init: initial, transitions: namedTransitions(states) });
  return { send: ({ type }) => machine[type.toLowerCase()](), where: () => standing(machine.state) };
}

/** The transitions of a flat machine as javascript-state-machine has them: each is a method of its name. */
export function namedTransitions(states) {
  return Object.entries(states).flatMap(([from, { on }]) =>
    Object.entries(on).map(([event, to]) => ({ name: event.toLowerCase(), from, to })),
  );
}

async function scion(workload) {
  const { default: core } = await import('@scion-scxml/core');
  const data = workload.name === 'levels' ? { count: 0, total: 0 } : {};
  const model = workload.name === 'levels' ? levelsOfScion(data) : scionModel(workload.config());
  // A model that is not made by a function is copied as JSON, and loses its guards.
  const machine = new core.Statechart(() => model);
  machine.start();
  return {
    send: ({ type: name, ...rest }) => machine.gen({ name, data: rest }),
    where: () => JSON.stringify([machine.getConfiguration().sort(), data]),
  };
}

/** A machine without guards as a model of SCION, whose ids are paths. */
function scionModel({ type, states }, path = '') {
  const of = (key, config) => {
    const id = path === '' ? key : `${path}.${key}`;
    const inner = config.states === undefined ? {} : scionModel(config, id);
    const transitions = Object.entries(config.on ?? {}).map(([event, to]) => ({
      event,
      target: path === '' ? to : `${path}.${to}`,
    }));
    return { id, transitions, ...inner };
  };
  const children = Object.entries(states).map(([key, config]) => of(key, config));
  return type === 'parallel' ? { $type: 'parallel', states: children } : { states: children };
}

/** The levels, with data that the model's functions change in place. */
function levelsOfScion(data) {
  const flips = (path) => [
    { id: `${path}.a`, transitions: [{ event: 'FLIP', target: `${path}.b` }] },
    { id: `${path}.b`, transitions: [{ event: 'FLIP', target: `${path}.a` }] },
  ];
  const fill = {
    event: 'ADD',
    target: 'active.high',
    cond: () => data.count >= 3,
    onTransition: (event) => {
      data.count = 0;
      data.total += event.data.by;
    },
  };
  const add = {
    event: 'ADD',
    cond: (event) => event.data.by > 0,
    onTransition: () => {
      data.count++;
    },
  };
  const lower = {
    event: 'ADD',
    target: 'active.low',
    onTransition: (event) => {
      data.total += event.data.by;
    },
  };
  const low = { id: 'active.low', transitions: [fill, add], states: flips('active.low') };
  const high = { id: 'active.high', transitions: [lower], states: flips('active.high') };
  return {
    states: [
      { id: 'active', transitions: [{ event: 'PAUSE', target: 'paused' }], states: [low, high] },
      { id: 'paused', transitions: [{ event: 'RESUME', target: 'active' }] },
    ],
  };
}

/** As one would write it for this machine alone: a switch, and for the ring a table. */
const BY_HAND = {
  toggle: () =>
    pure({ value: 'off', context: {} }, (snapshot, { type }) => {
      if (type !== 'TOGGLE') return snapshot;
      return { value: snapshot.value === 'off' ? 'on' : 'off', context: snapshot.context };
    }),
  levels: () => {
    const values = { low: {}, high: {} };
    for (const level of ['low', 'high'])
      for (const leaf of ['a', 'b']) values[level][leaf] = Object.freeze({ active: { [level]: leaf } });
    const { low, high } = values;
    return pure({ value: low.a, context: { count: 0, total: 0 } }, (snapshot, event) => {
      const { value, context } = snapshot;
      switch (event.type) {
        case 'ADD':
          if (value === high.a || value === high.b) {
            return { value: low.a, context: { count: context.count, total: context.total + event.by } };
          }
          if (value === 'paused') return snapshot;
          if (context.count >= 3)
            return { value: high.a, context: { count: 0, total: context.total + event.by } };
          return event.by > 0
            ? { value, context: { count: context.count + 1, total: context.total } }
            : snapshot;
        case 'FLIP':
          if (value === low.a) return { value: low.b, context };
          if (value === low.b) return { value: low.a, context };
          if (value === high.a) return { value: high.b, context };
          return value === high.b ? { value: high.a, context } : snapshot;
        case 'PAUSE':
          return value === 'paused' ? snapshot : { value: 'paused', context };
        case 'RESUME':
          return value === 'paused' ? { value: low.a, context } : snapshot;
        default:
          return snapshot;
      }
    });
  },
  regions: () => {
    const flip = (state) => (state === 'off' ? 'on' : 'off');
    const first = { value: { a: 'off', b: 'off', c: 'off', d: 'off' }, context: {} };
    return pure(first, ({ value: { a, b, c, d }, context }, { type }) => {
      const all = type === 'ALL';
      const value = {
        a: all || type === 'A' ? flip(a) : a,
        b: all || type === 'B' ? flip(b) : b,
        c: all || type === 'C' ? flip(c) : c,
        d: all || type === 'D' ? flip(d) : d,
      };
      return { value, context };
    });
  },
  ring: ({ config }) => {
    const { initial, states } = config();
    const snapshots = new Map(
      Object.keys(states).map((value) => [value, { value, context: {}, on: new Map() }]),
    );
    for (const [value, { on }] of Object.entries(states)) {
      for (const [event, target] of Object.entries(on))
        snapshots.get(value).on.set(event, snapshots.get(target));
    }
    return pure(snapshots.get(initial), (snapshot, { type }) => snapshot.on.get(type) ?? snapshot);
  },
};

/** By package, for what a registry may lack; ours first. */
export const CONTENDERS = {
  detent: { title: 'Detent', open: detent },
  'detent-expressions': {
    title: 'Detent, written with expressions',
    open: (workload) => (workload.name === 'levels' ? detent(workload, 'expressions') : undefined),
  },
  hand: { title: 'by hand', open: (workload) => BY_HAND[workload.name](workload) },
  xstate5: { title: 'XState 5.33.3', open: xstate5 },
  xstate6: { title: 'XState 6.0.0-alpha.52', package: 'xstate6', open: xstate6 },
  xstate6fsm: { title: 'XState 6.0.0-alpha.52 fsm', package: 'xstate6', open: xstate6Fsm },
  xstatefsm: { title: '@xstate/fsm 2.1.0', package: '@xstate/fsm', open: xstateFsm },
  robot3: { title: 'robot3 1.4.0 (in place)', package: 'robot3', open: robot3 },
  jssm: { title: 'jssm 5.164.0 (in place)', package: 'jssm', open: jssm },
  jsm: {
    title: 'javascript-state-machine 3.1.0 (in place)',
    package: 'javascript-state-machine',
    open: javascriptStateMachine,
  },
  scion: { title: 'SCION 2.6.24 (in place)', package: '@scion-scxml/core', open: scion },
};
