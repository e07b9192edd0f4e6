import type { ChildEndedEvent } from '../core/event.js';
import type { NewMessage } from '../core/message.js';
import { SCHEDULE_MACHINE } from '../core/schedule-id.js';
import type { Commit, NewInstance, Store } from '../store/store.js';
import type { Fold, Spawn } from './folding.js';
import { bodyHash } from './hash.js';

/** The id of every instance's start event; no client can choose one with a slash. */
export const START_ID = '/start';

/**
 * Gives each child the newest version of its machine. One whose machine there is none of ends before it began,
 * which its parent is told as of any other child.
 */
export async function withChildren(store: Store, folds: readonly Fold[]): Promise<readonly Commit[]> {
  const newest = new Map<string, string | undefined>();
  for (const { machine } of folds.flatMap(({ spawns }) => spawns)) {
    // Schedules are nobody's children.
    if (newest.has(machine) || machine === SCHEDULE_MACHINE) continue;
    newest.set(machine, (await store.latest(machine))?.hash);
  }
  return folds.map((fold) => {
    const spawns: NewInstance[] = [];
    const failures: NewMessage[] = [];
    for (const spawn of fold.spawns) {
      const definition = newest.get(spawn.machine);
      if (definition === undefined) failures.push(stillborn(spawn));
      else spawns.push(childOf(spawn, definition));
    }
    return { ...fold, timers: [...fold.timers, ...failures], spawns };
  });
}

function childOf({ parent, child, machine, input, detached, cause, hops }: Spawn, definition: string) {
  const event = JSON.stringify({ type: 'start', machine, input });
  const start: NewMessage = { id: START_ID, to: child, event, cause, hops };
  return { id: child, machine, definition, inputHash: bodyHash(input), parent, detached, start };
}

function stillborn({ parent, effect, child, machine, cause }: Spawn): NewMessage {
  const event: ChildEndedEvent = {
    type: 'child.ended',
    ...{ effect, child, status: 'failed', output: null },
    ...{ error: 'UnknownMachine', cause: `there is no machine "${machine}"` },
  };
  return { id: `${child}/ended`, to: parent, event: JSON.stringify(event), cause };
}
