import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, InstanceView } from '../core/engine.js';
import { hasEnded } from '../core/instance.js';
import type { HistoryEntry } from '../core/journal.js';

/** The pauses between looks, in milliseconds: short while something moves, longer while nothing does. */
const SHORTEST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 100;

export interface FollowOptions {
  /** Called with every entry of the history, once and in order. */
  readonly onHistory: (entry: HistoryEntry) => void;
  /** Whether to stop when nothing can happen without a new event or a timer in the future. */
  readonly untilIdle: boolean;
}

/** Watches an instance until it has ended, is parked, or is idle; answers how it stands then. */
export async function follow(
  engine: Engine,
  instance: string,
  { onHistory, untilIdle }: FollowOptions,
): Promise<InstanceView> {
  const history = new HistoryReader(engine, instance);
  let revision = -1;
  let pause = SHORTEST_LOOK_MS;
  while (true) {
    const view = await engine.read(instance);
    if (view === undefined) throw new Error(`instance ${instance} has vanished`);
    if (view.revision !== revision) {
      for (const entry of await history.read()) onHistory(entry);
      revision = view.revision;
      pause = SHORTEST_LOOK_MS;
    }
    if (hasEnded(view.status) || view.parked !== undefined) return view;
    if (untilIdle && (await isIdle(engine, view))) return view;
    await sleep(pause);
    pause = Math.min(pause * 2, LONGEST_LOOK_MS);
  }
}

/**
 * Whether nothing is due and no task is out. What is asked one after the other could miss what moves between
 * the questions; so it counts only if the instance has not moved meanwhile.
 */
async function isIdle(engine: Engine, { id, revision, nextDueAt }: InstanceView): Promise<boolean> {
  if (nextDueAt !== undefined && nextDueAt <= Date.now()) return false;
  for (const status of ['pending', 'processing'] as const) {
    const { items } = await engine.jobs({ instance: id, status, limit: 1 });
    if (items.length > 0) return false;
  }
  const later = await engine.read(id);
  return later?.revision === revision && later.nextDueAt === nextDueAt;
}

/** Reads a history from where it was left. */
class HistoryReader {
  readonly #engine: Engine;
  readonly #instance: string;
  #after: string | undefined;
  #last = { revision: 0, index: -1 };

  constructor(engine: Engine, instance: string) {
    this.#engine = engine;
    this.#instance = instance;
  }

  async read(): Promise<HistoryEntry[]> {
    const entries: HistoryEntry[] = [];
    while (true) {
      const after = this.#after === undefined ? {} : { after: this.#after };
      const { items, next } = await this.#engine.history(this.#instance, after);
      for (const entry of items) if (this.#isNew(entry)) entries.push(entry);
      if (next === undefined) return entries;
      this.#after = next;
    }
  }

  /** The last page is read again until it is full, so entries may come twice. */
  #isNew({ revision, index }: HistoryEntry): boolean {
    const { revision: r, index: i } = this.#last;
    if (revision < r || (revision === r && index <= i)) return false;
    this.#last = { revision, index };
    return true;
  }
}
