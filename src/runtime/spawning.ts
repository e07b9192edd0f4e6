import type { Definition } from '../core/definition.js';
import { type ChildEndedEvent, UNKNOWN_MACHINE, type Versions } from '../core/event.js';
import { given } from '../core/given.js';
import type { NewMessage } from '../core/message.js';
import { SCHEDULE_MACHINE } from '../core/schedule-id.js';
import type { Commit, NewInstance, Store } from '../store/store.js';
import type { Fold, Spawn } from './folding.js';
import { gather } from './gathering.js';
import { bodyHash } from './hash.js';
import type { Registry } from './registry.js';
import { type Latest, versionsFor } from './versions.js';

/** The id of every instance's start event; no client can choose one with a slash. */
export const START_ID = '/start';

/**
 * Gives each child the version of its machine that its parent began with, else the newest; one that runs a part of its
 * parent's definition has that. One whose machine there is none of ends before it began, which its parent is told as
 * of any other child. What is asked of children that have ended is answered.
 */
export async function withChildren(
  store: Store,
  registry: Registry,
  folds: readonly Fold[],
): Promise<readonly Commit[]> {
  const known = new Map<string, Definition | undefined>();
  const latest: Latest = async (machine) => {
    if (!known.has(machine)) known.set(machine, await store.latest(machine));
    return known.get(machine);
  };
  const commits: Commit[] = [];
  for (const fold of folds) {
    const spawns: NewInstance[] = [];
    const answers: NewMessage[] = [];
    const { gathers, ...rest } = fold;
    for (const spawn of fold.spawns) {
      const edition = await editionOf(spawn, registry, latest);
      if (edition === undefined) answers.push(stillborn(spawn));
      else spawns.push(childOf(spawn, edition));
    }
    for (const asked of gathers) answers.push(await gather(store, registry, asked));
    commits.push({ ...rest, timers: [...fold.timers, ...answers], spawns });
  }
  return commits;
}

/** Which definition a child is of, and which those will be of that it invokes. */
interface ChildEdition {
  readonly definition: string;
  readonly versions: Versions | undefined;
}

async function editionOf(
  { machine, versions = {}, definition: own }: Spawn,
  registry: Registry,
  latest: Latest,
): Promise<ChildEdition | undefined> {
  if (own !== undefined) return { definition: own, versions: undefined };
  const hash = Object.hasOwn(versions, machine) ? versions[machine] : undefined;
  if (hash !== undefined) return { definition: hash, versions };
  // Schedules are nobody's children.
  const definition = machine === SCHEDULE_MACHINE ? undefined : await latest(machine);
  if (definition === undefined) return undefined;
  const inner = await versionsFor(definition, registry, latest);
  return { definition: definition.hash, versions: inner && { ...inner, ...versions } };
}

function childOf(
  { parent, child, machine, input, part, detached, cause, hops }: Spawn,
  { definition, versions }: ChildEdition,
): NewInstance {
  const event = JSON.stringify({ type: 'start', machine, input, ...given({ part, versions }) });
  const start: NewMessage = { id: START_ID, to: child, event, cause, hops };
  return { id: child, machine, definition, inputHash: bodyHash(input), parent, detached, start };
}

function stillborn({ parent, effect, child, machine, cause }: Spawn): NewMessage {
  const event: ChildEndedEvent = {
    type: 'child.ended',
    ...{ effect, child, status: 'failed', output: null },
    ...{ error: UNKNOWN_MACHINE, cause: `there is no machine "${machine}"` },
  };
  return { id: `${child}/ended`, to: parent, event: JSON.stringify(event), cause };
}
