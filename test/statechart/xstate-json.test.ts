import { describe, expect, it } from 'vitest';
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  assign,
  emit,
  fromPromise,
  raise,
  setup,
  createMachine as xCreate,
  initialTransition as xInitial,
  transition as xTransition,
} from 'xstate';
import type { Json } from '../../src/core/json.js';
import { initialTransition, machineFrom, Refused, transition } from '../../src/index.js';
import { statechart } from '../../src/statechart/language.js';
import { fromXState } from '../../src/statechart/xstate/xstate-json.js';
import { Hand } from './hand.js';
import { hereEffect, type XAction, xstateEffect } from './xstate-effects.js';

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** A machine for XState, what happens to it, and the guards that it names. */
interface Sample {
  readonly config: object;
  readonly events: readonly (string | { readonly type: string; readonly [key: string]: unknown })[];
  readonly delays?: Readonly<Record<string, number>>;
  readonly guards?: Readonly<Record<string, (scope: { event: { n?: number } }) => boolean>>;
}

/** Our own machines, in the shapes that XState and Stately's editor write. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  'nested states, delays and a history state': {
    config: {
      id: 'kiln',
      version: '2.1.0',
      description: 'fires clay',
      initial: 'idle',
      states: {
        idle: { on: { LOAD: [{ target: 'firing', actions: [{ type: 'lock', params: { by: 'door' } }] }] } },
        firing: {
          initial: 'heating',
          entry: [{ type: 'inline:kiln.firing#entry[0]' }, 'lamp'],
          exit: ['unlock'],
          states: {
            heating: { after: { 5000: { target: 'holding' }, '90000': [{ target: '#kiln.broken' }] } },
            holding: { after: { 1000: [{ target: 'cooling', reenter: false, actions: 'beep' }] } },
            cooling: { type: 'final' },
            last: { type: 'history', history: 'shallow' },
          },
          on: {
            OPEN: { target: 'open', description: 'at one’s own risk', meta: { '@statelyai.color': 'red' } },
            POKE: { actions: ['lamp'] },
            'alarm.*': { target: '.holding', reenter: true },
          },
          onDone: { target: 'idle', actions: [{ type: 'tell' }] },
          meta: { '@statelyai.color': 'orange' },
          tags: ['hot'],
        },
        open: { on: { SHUT: 'firing.last', '*': { actions: 'shout' } } },
        broken: { type: 'final', output: { why: 'too slow' } },
      },
    },
    events: [
      'LOAD',
      'POKE',
      'xstate.after.5000.kiln.firing.heating',
      'OPEN',
      'NOISE',
      'SHUT',
      'xstate.after.1000.kiln.firing.holding',
      'LOAD',
      'alarm.smoke',
      'OPEN',
      'SHUT',
      'xstate.after.90000.kiln.firing.heating',
    ],
  },
  'delays by their names': {
    config: {
      id: 'egg',
      initial: 'soft',
      states: {
        soft: { after: { HARD: { target: 'hard' }, 100: { actions: ['stir'] }, SOON: { actions: 'look' } } },
        hard: { entry: ['cool'], after: { HARD: [{ target: 'soft', actions: ['again'] }] } },
      },
    },
    delays: { HARD: 480_000, SOON: 100 },
    events: ['xstate.after.SOON.egg.soft', 'xstate.after.HARD.egg.soft', 'xstate.after.HARD.egg.hard'],
  },
  'regions, tasks and named guards': {
    config: {
      id: 'parcel',
      type: 'parallel',
      states: {
        way: {
          initial: 'depot',
          states: {
            depot: {
              invoke: {
                src: 'route',
                id: 'router',
                input: { from: 'here' },
                onDone: [{ target: 'road', guard: { type: 'far', params: { over: 3 } } }, { target: 'door' }],
                onError: { target: 'lost', actions: [{ type: 'tell', params: { who: 'sender' } }] },
              },
            },
            road: { on: { ARRIVE: { target: 'door', guard: 'big' }, ASK: {} }, invoke: [{ src: 'track' }] },
            door: { type: 'final' },
            lost: { on: { FOUND: '#parcel.way.depot' } },
          },
        },
        papers: {
          id: 'papers',
          initial: { target: 'open', actions: ['stamp'] },
          states: {
            open: {
              on: { SIGN: [{ target: 'signed', guard: 'big', actions: ['file'] }, { actions: ['shred'] }] },
            },
            signed: { type: 'final' },
          },
          on: { BURN: { target: '#papers.open', reenter: true } },
        },
      },
      onDone: { actions: 'tell' },
    },
    guards: { far: ({ event }) => (event.n ?? 0) > 3, big: ({ event }) => (event.n ?? 0) > 1 },
    events: [
      { type: 'xstate.done.actor.router', n: 5 },
      'ASK',
      'ARRIVE',
      { type: 'SIGN', n: 1 },
      'BURN',
      { type: 'ARRIVE', n: 2 },
      { type: 'SIGN', n: 2 },
    ],
  },
};

interface Outcome {
  readonly value: unknown;
  readonly status: string;
  readonly effects: readonly string[];
}

const eventOf = (event: Sample['events'][number]) => (typeof event === 'string' ? { type: event } : event);

function machineOf({ config, guards = {}, delays = {} }: Sample): AnyStateMachine {
  const actors = { route: fromPromise(async () => 1), track: fromPromise(async () => 1) };
  return xCreate(config as never, { guards, actors, delays } as never) as unknown as AnyStateMachine;
}

function inXState(sample: Sample): Outcome[] {
  const machine = machineOf(sample);
  let [snapshot, actions] = xInitial(machine) as [AnyMachineSnapshot, XAction[]];
  const note = (): Outcome => ({
    value: snapshot.value,
    status: snapshot.status,
    effects: actions.flatMap(xstateEffect),
  });
  return [
    note(),
    ...sample.events.map((event) => {
      [snapshot, actions] = xTransition(machine, snapshot, eventOf(event)) as [AnyMachineSnapshot, XAction[]];
      return note();
    }),
  ];
}

function here(json: Json, { guards = {}, events }: Sample): Outcome[] {
  const machine = machineFrom(json, { guards: guards as never });
  let [snapshot, effects] = initialTransition(machine);
  const note = (): Outcome => ({
    value: snapshot.value,
    status: snapshot.status,
    effects: effects.map(hereEffect),
  });
  return [
    note(),
    ...events.map((event) => {
      [snapshot, effects] = transition(machine, snapshot, eventOf(event));
      return note();
    }),
  ];
}

describe.each(Object.entries(SAMPLES))('the JSON of an XState machine with %s', (_, sample) => {
  const given = (json: unknown): Json => {
    const { delays } = sample;
    return asJson(delays === undefined ? json : { ...(asJson(json) as object), delays });
  };
  const errors = (json: Json) => statechart.check(json).filter(({ severity }) => severity !== 'warning');

  it('loads as its config, and steps as in XState', () => {
    const json = given(machineOf(sample).config);
    expect(statechart.check(json)).toEqual([]);
    expect(here(json, sample)).toEqual(inXState(sample));
  });

  it('loads as machine.toJSON() writes it, and steps as in XState', () => {
    const json = given(machineOf(sample));
    expect(json).toEqual(given(machineOf(sample).definition));
    expect(errors(json)).toEqual([]);
    expect(here(json, sample)).toEqual(inXState(sample));
  });

  it('is the same language’s machine when an engine steps it', () => {
    const json = given(machineOf(sample));
    const hand = new Hand(json, { guards: sample.guards ?? {} });
    hand.start();
    expect(statechart.view(hand.standing.state).value).toEqual(inXState(sample)[0]?.value);
  });
});

describe('the JSON of an XState config', () => {
  const written = (config: object) => asJson(xCreate(config as never).config);

  it('loads unchanged', () => {
    const config = written({
      id: 'm',
      version: '1',
      types: {},
      context: { n: 0 },
      description: 'of all kinds',
      initial: 'a',
      states: {
        a: {
          entry: [{ type: 'greet', params: { x: 1 } }, 'wave'],
          on: {
            GO: { target: 'b', guard: { type: 'ok', params: { k: 1 } } },
            M: [{ target: ['#m.b'], reenter: true }],
          },
          after: { 1000: 'b' },
          invoke: { id: 'l', src: 'load', input: { q: 1 }, onDone: [{ target: 'b' }], onError: 'b' },
          tags: ['t'],
          meta: { p: 1 },
        },
        b: { type: 'final', output: { k: 1 } },
      },
    });
    expect(statechart.check(config)).toEqual([]);
    expect(fromXState(config).source).toBe(config);
  });

  it('is a problem, at its place, where a function was lost among actions', () => {
    const config = written({
      initial: 'a',
      states: { a: { entry: ['wave', () => {}], on: { GO: { actions: [assign({ n: 1 }), 'wave'] } } } },
    });
    expect(statechart.check(config)).toMatchObject([
      { code: 'wrong-type', path: '/states/a/entry/1' },
      { code: 'wrong-type', path: '/states/a/on/GO/actions/0' },
    ]);
    expect(() => statechart.compile(config)).toThrow('in the place of a function');
  });

  it('takes its history state that is merely true for a shallow one', () => {
    const config = written({
      initial: 'a',
      states: { a: { initial: 'b', states: { b: {}, h: { type: 'history', history: true } } } },
    });
    expect(statechart.check(config)).toEqual([]);
  });

  it('is a problem where an actor was written in it, and says what to do with a machine', () => {
    const inner = xCreate({ id: 'inner', initial: 'x', states: { x: {} } });
    const config = written({
      initial: 'a',
      states: { a: { invoke: [{ src: fromPromise(async () => 1) }, { src: inner }] } },
    });
    expect(statechart.check(config)).toMatchObject([
      { code: 'lost-function', path: '/states/a/invoke/0/src' },
      {
        code: 'lost-function',
        path: '/states/a/invoke/1/src',
        hint: expect.stringContaining('machine: inner'),
      },
    ]);
  });

  it('may give an actor an id of the whole system, which is of no use here', () => {
    const config = written({ initial: 'a', states: { a: { invoke: { src: 'load', systemId: 'sys' } } } });
    expect(statechart.check(config)).toMatchObject([
      { code: 'never', path: '/states/a/invoke/systemId', severity: 'warning' },
    ]);
  });
});

describe('the definition that machine.toJSON() gives', () => {
  it('has a warning that says what it lacks', () => {
    const json = asJson(xCreate({ id: 'm', initial: 'a', states: { a: {} } }));
    expect(statechart.check(json)).toMatchObject([
      { code: 'xstate-definition', severity: 'warning', hint: expect.stringContaining('machine.config') },
    ]);
  });

  it('is a problem, at its place, where a built-in action lost what it was to do', () => {
    const machine = setup({ delays: { LONG: 10 } }).createMachine({
      id: 'm',
      initial: 'a',
      states: {
        a: {
          entry: [
            assign({ n: 1 } as never),
            'wave' as never,
            () => {},
            emit({ type: 'E' }),
            raise({ type: 'X' }),
          ],
          after: { 1000: { target: 'a', actions: [assign({ n: 2 } as never)] } },
        },
      },
    });
    expect(statechart.check(asJson(machine)).slice(1)).toMatchObject([
      { code: 'wrong-type', path: '/states/a/on/xstate.after.1000.m.a/0/actions/0' },
      { code: 'lost-function', path: '/states/a/entry/0', message: expect.stringContaining('xstate.assign') },
      { code: 'lost-function', path: '/states/a/entry/2' },
      { code: 'lost-function', path: '/states/a/entry/3' },
      { code: 'lost-function', path: '/states/a/entry/4' },
    ]);
  });

  it('has its problems where they stand in it, though what they are about is read elsewhere', () => {
    const json = asJson(
      xCreate({
        id: 'm',
        initial: 'a',
        states: { a: { invoke: { src: 'x', id: 'i', onDone: 'b' }, onDone: 'b' }, b: {} },
      }),
    ) as { states: { a: { on: Record<string, { target: string[] }[]> } } };
    const [first] = json.states.a.on['xstate.done.actor.i'] ?? [];
    first?.target.splice(0, 1, '#m.nowhere');
    expect(statechart.check(json as unknown as Json)).toMatchObject([
      { code: 'xstate-definition' },
      { code: 'unknown-target', path: '/states/a/on/xstate.done.actor.i/0/target/0' },
      { code: 'never' },
    ]);
  });
});

describe('a machine that a program makes from JSON', () => {
  it('has its problems where they stand in what was given', () => {
    const json = asJson(
      xCreate({ id: 'm', initial: 'a', states: { a: { onDone: { guard: 'no', target: 'a' } } } }),
    );
    const machine = machineFrom(json);
    expect(() => initialTransition(machine)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({
            code: 'missing-implementation',
            path: '/states/a/on/xstate.done.state.m.a/0/guard',
          }),
        ],
      }),
    );
  });

  it('cannot be of what is no JSON, or has lost its functions', () => {
    expect(() => machineFrom({ initial: () => 'a' })).toThrow(Refused);
    expect(() => machineFrom({ initial: 'a', states: { a: { entry: [null] } } })).toThrow(Refused);
  });
});

describe('a built-in action of XState by its type', () => {
  const check = (action: Json) => statechart.check({ initial: 'a', states: { a: { entry: [action] } } });
  const done = (...actions: Json[]) => {
    const hand = new Hand({
      context: { n: 1 },
      initial: 'a',
      states: { a: { entry: actions, on: { X: 'b' } }, b: {} },
    });
    const { history } = hand.start();
    return { view: statechart.view(hand.standing.state), history };
  };

  it.each([
    ['params', { type: 'xstate.raise', params: { event: { type: 'X' } } }],
    ['its own members', { type: 'xstate.raise', event: { type: 'X' } }],
    ['the name of an event', { type: 'xstate.raise', params: { event: 'X' } }],
  ])('raises, written with %s', (_, action) => {
    expect(check(action)).toEqual([]);
    expect(done(action).view.value).toBe('b');
  });

  it('assigns, emits, logs, sends, holds back and cancels', () => {
    const { view, history } = done(
      { type: 'xstate.assign', params: { n: '{% context.n + 1 %}' } },
      { type: 'xstate.emit', params: { event: { type: 'E', k: 1 } } },
      { type: 'xstate.log', params: { label: 'l', value: 'v' } },
      { type: 'xstate.sendTo', params: { to: 'pay', event: { type: 'S' } } },
      { type: 'xstate.raise', params: { event: { type: 'X' }, delay: 50, id: 'later' } },
      { type: 'xstate.raise', params: { event: { type: 'X' }, delay: '1m', id: 'kept' } },
      { type: 'xstate.cancel', params: { sendId: 'later' } },
    );
    expect(view).toMatchObject({ value: 'a', context: { n: 2 } });
    expect(history.slice(1)).toMatchObject([
      { type: 'EventEmitted', data: { event: 'E', data: { k: 1 } } },
      { type: 'Logged', data: { label: 'l', value: 'v' } },
      { type: 'EventDropped', data: { to: '#_pay', event: 'S' } },
      { type: 'EventHeld', data: { event: 'X', id: 'kept' } },
    ]);
  });

  it('is a problem where it has no place here, or is none', () => {
    expect(check({ type: 'xstate.stopChild', params: { actorRef: 'x' } })).toMatchObject([
      { code: 'not-supported', path: '/states/a/entry/0', hint: expect.stringContaining('left') },
    ]);
    expect(check({ type: 'xstate.frobnicate' })).toMatchObject([{ code: 'lost-function' }]);
  });

  it('has the problems of its event where that stands', () => {
    expect(check({ type: 'xstate.raise', params: { event: { type: 'xstate.mine' } } })).toMatchObject([
      { code: 'invalid-name', path: '/states/a/entry/0/params/event/type' },
    ]);
  });
});
