import { createMachine } from '../../dist/index.js';

/** What a program's own code can do to the process that steps it, by the name of the event. */
export const poison = createMachine(
  {
    id: 'poison',
    initial: 'open',
    context: { n: 0 },
    states: {
      open: {
        on: {
          ADD: { assign: { n: ({ context }) => context.n + 1 } },
          THROW: { target: 'never', guard: 'throwing' },
          NOTHING: { target: 'never', guard: 'throwingNothing' },
          LOOP: { target: 'never', guard: 'looping' },
          HOARD: { target: 'never', guard: 'hoarding' },
          RECUR: { target: 'never', guard: 'recurring' },
        },
      },
      never: {},
    },
  },
  {
    guards: {
      throwing: () => {
        throw new RangeError('out of range');
      },
      throwingNothing: () => {
        throw undefined;
      },
      looping: () => {
        while (true);
      },
      hoarding: () => {
        const hoard = [];
        while (true) hoard.push(new Array(1_000_000).fill(hoard.length));
      },
      recurring: function recurring() {
        return recurring() && recurring();
      },
    },
  },
);
