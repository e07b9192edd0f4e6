// Pure transitions a second: ours, XState's, and a switch written by hand, on the same machines in one run.
// Alone: npm run build && node bench/transition.mjs [SECONDS]
import { pathToFileURL } from 'node:url';
import * as xstate from 'xstate';
import { assign, createMachine, initialTransition, transition } from '../dist/index.js';

const ROUNDS = 9;

/** Two states, one event. */
const toggle = {
  name: 'toggle',
  config: () => ({
    id: 'toggle',
    initial: 'off',
    states: { off: { on: { TOGGLE: 'on' } }, on: { on: { TOGGLE: 'off' } } },
  }),
  events: [{ type: 'TOGGLE' }],
  initial: { value: 'off', context: {} },
  byHand(snapshot, event) {
    switch (snapshot.value) {
      case 'off':
        return event.type === 'TOGGLE' ? { value: 'on', context: snapshot.context } : snapshot;
      default:
        return event.type === 'TOGGLE' ? { value: 'off', context: snapshot.context } : snapshot;
    }
  },
};

const LOW = Object.freeze({ active: 'low' });
const HIGH = Object.freeze({ active: 'high' });

/** Two levels, two guarded alternatives, two assigned fields, an event that the parent takes. */
const levels = {
  name: 'two levels, guards, assign',
  config: (set) => ({
    id: 'levels',
    initial: 'active',
    context: { count: 0, total: 0 },
    states: {
      active: {
        initial: 'low',
        on: { PAUSE: 'paused' },
        states: {
          low: {
            on: {
              ADD: [
                {
                  target: 'high',
                  guard: ({ context }) => context.count >= 3,
                  actions: set({ count: () => 0, total: ({ context, event }) => context.total + event.by }),
                },
                {
                  guard: ({ event }) => event.by > 0,
                  actions: set({ count: ({ context }) => context.count + 1 }),
                },
              ],
            },
          },
          high: {
            on: {
              ADD: {
                target: 'low',
                actions: set({ total: ({ context, event }) => context.total + event.by }),
              },
            },
          },
        },
      },
      paused: { on: { RESUME: 'active' } },
    },
  }),
  events: [
    ...Array.from({ length: 8 }, () => ({ type: 'ADD', by: 1 })),
    { type: 'PAUSE' },
    { type: 'RESUME' },
  ],
  initial: { value: LOW, context: { count: 0, total: 0 } },
  byHand(snapshot, event) {
    const { value, context } = snapshot;
    if (value === 'paused') return event.type === 'RESUME' ? { value: LOW, context } : snapshot;
    switch (event.type) {
      case 'PAUSE':
        return { value: 'paused', context };
      case 'ADD':
        if (value === HIGH) {
          return { value: LOW, context: { count: context.count, total: context.total + event.by } };
        }
        if (context.count >= 3)
          return { value: HIGH, context: { count: 0, total: context.total + event.by } };
        return event.by > 0
          ? { value, context: { count: context.count + 1, total: context.total } }
          : snapshot;
      default:
        return snapshot;
    }
  },
};

/** A thousand states in a ring: what a chain of comparisons pays for. */
const ring = {
  name: 'ring of 1,000 states',
  config: () => ({
    id: 'ring',
    initial: 's0',
    states: Object.fromEntries(
      Array.from({ length: 1_000 }, (_, i) => [`s${i}`, { on: { NEXT: `s${(i + 1) % 1_000}` } }]),
    ),
  }),
  events: [{ type: 'NEXT' }],
  initial: { value: 's0', context: {} },
  byHand: undefined,
};

/** Every contender steps through the events over and over, and answers where it got to. */
function contenders(workload) {
  const { config, events, initial, byHand } = workload;
  const cycle = (first, step) => {
    let snapshot = first;
    let next = 0;
    return (count) => {
      for (let i = 0; i < count; i++) {
        snapshot = step(snapshot, events[next]);
        if (++next === events.length) next = 0;
      }
      return { value: snapshot.value, context: snapshot.context };
    };
  };
  const here = createMachine(config(assign));
  const there = xstate.createMachine(config(xstate.assign));
  const list = [
    {
      name: 'ours',
      run: cycle(initialTransition(here)[0], (snapshot, event) => transition(here, snapshot, event)[0]),
    },
    {
      name: 'theirs',
      run: cycle(
        xstate.initialTransition(there)[0],
        (snapshot, event) => xstate.transition(there, snapshot, event)[0],
      ),
    },
  ];
  if (byHand !== undefined) list.push({ name: 'hand', run: cycle(initial, byHand) });
  return list;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function rateOf(run, count) {
  const start = process.hrtime.bigint();
  run(count);
  return (count * 1e9) / Number(process.hrtime.bigint() - start);
}

/** They must agree before they are timed; a number of events that leaves each at the same point of its cycle. */
function agree(workload, list) {
  const count = workload.events.length * 50 + 3;
  const [first, ...others] = list.map(({ run }) => JSON.stringify(run(count)));
  if (others.some((other) => other !== first)) {
    throw new Error(`${workload.name}: the contenders disagree: ${[first, ...others].join(' ')}`);
  }
}

function measureWorkload(workload, seconds) {
  const list = contenders(workload);
  agree(workload, list);
  const share = seconds / (ROUNDS + 1);
  // A first round warms up, and tells how many events fill a contender's share of a round.
  for (const contender of list) {
    let rate = rateOf(contender.run, 1_000);
    for (let i = 0; i < 4; i++) rate = rateOf(contender.run, Math.max(1_000, Math.ceil((rate * share) / 4)));
    contender.count = Math.max(1_000, Math.ceil(rate * share));
    contender.rates = [];
  }
  for (let round = 0; round < ROUNDS; round++) {
    // Each goes first in turn, so that what one leaves behind (garbage) does not always fall on the same other.
    for (let i = 0; i < list.length; i++) {
      const contender = list[(round + i) % list.length];
      contender.rates.push(rateOf(contender.run, contender.count));
    }
  }
  return rowsOf(workload, new Map(list.map(({ name, rates }) => [name, median(rates)])));
}

function rowsOf({ name }, rates) {
  const unit = 'events/s';
  const [ours, theirs, hand] = [rates.get('ours'), rates.get('theirs'), rates.get('hand')];
  const rows = [
    { name: `${name}: XState 5 transition`, value: theirs, unit },
    { name: `${name}: Detent transition`, value: ours, unit, ratio: ours / theirs, note: 'over XState' },
  ];
  if (hand === undefined) return rows;
  const byHand = { name: `${name}: a switch by hand`, value: hand, unit, ratio: hand / ours };
  return [...rows, { ...byHand, note: 'over Detent' }];
}

/** Rows of { name, value, unit, ratio, note }; `seconds` for each contender of each workload. */
export async function measure({ seconds }) {
  return [toggle, levels, ring].flatMap((workload) => measureWorkload(workload, seconds));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { name, value, ratio, note } of await measure({ seconds: Number(process.argv[2] ?? 2) })) {
    const rate = Math.round(value).toLocaleString('en-US').padStart(12);
    console.log(name.padEnd(54), rate, ratio === undefined ? '' : `×${ratio.toFixed(1)} ${note}`);
  }
}
