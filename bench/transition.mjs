// Pure transitions a second: ours, XState's, and a switch written by hand, on the same machines in one run.
import {
  initialTransition as xstateInitial,
  createMachine as xstateMachine,
  transition as xstateTransition,
} from 'xstate';
import { createMachine, initialTransition, transition } from '../dist/index.js';

const FLAT = {
  id: 'toggle',
  initial: 'off',
  states: { off: { on: { TOGGLE: 'on' } }, on: { on: { TOGGLE: 'off' } } },
};

const LEVELS = {
  id: 'player',
  initial: 'active',
  context: { plays: 0 },
  states: {
    active: {
      initial: 'stopped',
      on: { POWER: 'off' },
      states: {
        stopped: { on: { PLAY: { target: 'playing', guard: ({ context }) => context.plays < 1e15 } } },
        playing: { on: { STOP: 'stopped' } },
      },
    },
    off: { on: { POWER: 'active' } },
  },
};

const ROUNDS = 5;

function cycle(types) {
  const events = types.map((type) => ({ type }));
  return (i) => events[i % events.length];
}

const WORKLOADS = {
  'flat (toggle)': {
    event: cycle(['TOGGLE']),
    config: FLAT,
    byHand: {
      first: { value: 'off', context: undefined },
      next(snapshot, event) {
        if (event.type !== 'TOGGLE') return snapshot;
        return { value: snapshot.value === 'off' ? 'on' : 'off', context: snapshot.context };
      },
    },
  },
  'two levels, guard, bubbling': {
    event: cycle(['PLAY', 'STOP', 'PLAY', 'POWER', 'POWER']),
    config: LEVELS,
    byHand: {
      first: { value: 'stopped', context: { plays: 0 } },
      next({ value, context }, { type }) {
        if (value === 'off') return type === 'POWER' ? { value: 'stopped', context } : { value, context };
        if (type === 'POWER') return { value: 'off', context };
        if (value === 'stopped' && type === 'PLAY' && context.plays < 1e15)
          return { value: 'playing', context };
        if (value === 'playing' && type === 'STOP') return { value: 'stopped', context };
        return { value, context };
      },
    },
  },
};

/** Events a second of each, the rounds of all interleaved, the median of them. */
export async function measure({ seconds }) {
  const rows = [];
  for (const [name, { event, config, byHand }] of Object.entries(WORKLOADS)) {
    const ours = createMachine(config);
    const theirs = xstateMachine(config);
    const runs = {
      byHand: runner(byHand.first, (snapshot, i) => byHand.next(snapshot, event(i))),
      ours: runner(initialTransition(ours)[0], (snapshot, i) => transition(ours, snapshot, event(i))[0]),
      theirs: runner(
        xstateInitial(theirs)[0],
        (snapshot, i) => xstateTransition(theirs, snapshot, event(i))[0],
      ),
    };
    const rates = { byHand: [], ours: [], theirs: [] };
    const ms = (seconds * 1_000) / ROUNDS;
    for (const run of Object.values(runs)) run(ms / 2);
    for (let round = 0; round < ROUNDS; round++)
      for (const key of Object.keys(runs)) rates[key].push(runs[key](ms));
    const [hand, we, they] = [median(rates.byHand), median(rates.ours), median(rates.theirs)];
    rows.push({ name: `${name}: XState 5 transition`, value: they, unit: 'events/s' });
    rows.push({
      name: `${name}: Detent transition`,
      value: we,
      unit: 'events/s',
      ratio: we / they,
      note: 'over XState',
    });
    rows.push({
      name: `${name}: a switch by hand`,
      value: hand,
      unit: 'events/s',
      ratio: hand / we,
      note: 'over Detent',
    });
  }
  return rows;
}

/** Steps for so many milliseconds, on from where it was; answers the events a second. */
function runner(first, next) {
  let snapshot = first;
  let i = 0;
  return (ms) => {
    const began = performance.now();
    const from = i;
    while (performance.now() - began < ms) {
      for (const end = i + 256; i < end; i++) snapshot = next(snapshot, i);
    }
    if (snapshot === undefined) throw new Error('no snapshot');
    return ((i - from) / (performance.now() - began)) * 1_000;
  };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
