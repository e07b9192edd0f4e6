import { createMachine, initialTransition, transition } from 'detent';

type LightEvent = { type: 'CAR' } | { type: 'TICK' };

/** A traffic light that turns green only for cars that wait. */
export const light = createMachine({
  id: 'light',
  types: {} as { events: LightEvent },
  context: { waiting: 0 },
  initial: 'red',
  on: {
    CAR: { assign: { waiting: ({ context }) => context.waiting + 1 } },
  },
  states: {
    red: {
      on: { TICK: { target: 'green', guard: ({ context }) => context.waiting > 0 } },
    },
    green: {
      entry: { assign: { waiting: 0 } },
      on: { TICK: 'yellow' },
    },
    yellow: {
      on: { TICK: 'red' },
    },
  },
});

/** The states that the light goes through, without an engine: transitions are pure functions. */
export function drive(events: readonly LightEvent[]): string[] {
  let [snapshot] = initialTransition(light);
  return events.map((event) => {
    [snapshot] = transition(light, snapshot, event);
    return String(snapshot.value);
  });
}
