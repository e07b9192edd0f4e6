import type { InstanceQuery, Page, PageQuery } from '../../core/engine.js';
import type { JournalEntry } from '../../core/journal.js';
import { pageLimit, pageStart } from '../page.js';
import type { Counts, Reading, Snapshot } from '../store.js';
import { type InstanceRow, type Instances, matches } from './instances.js';
import type { Jobs } from './jobs.js';
import type { Mailboxes } from './mailboxes.js';
import { newestFirst } from './newest-first.js';
import type { Pauses } from './pauses.js';

type Conditions = Omit<InstanceQuery, keyof PageQuery>;

/** Everything of a store that is read. */
export interface Readable {
  readonly instances: Instances;
  readonly mailboxes: Mailboxes;
  readonly jobs: Jobs;
  readonly pauses: Pauses;
}

/** What people and engines read of a store. */
export class Readings {
  readonly #of: Readable;

  constructor(of: Readable) {
    this.#of = of;
  }

  read(instance: string, now: number): Reading | undefined {
    const row = this.#of.instances.get(instance);
    return row && this.#reading(row, now);
  }

  find(query: InstanceQuery, now: number): Page<Reading> {
    const page = newestFirst(this.#of.instances.order, query, this.#wanted(query));
    return { ...page, items: page.items.map((row) => this.#reading(row, now)) };
  }

  count(query: Conditions): number {
    return this.#of.instances.order.filter(this.#wanted(query)).length;
  }

  journal(instance: string, query: PageQuery): Page<JournalEntry> {
    const entries = this.#of.instances.get(instance)?.journal ?? [];
    const trimmed = (entries[0]?.revision ?? 1) - 1;
    const start = Math.max((pageStart(query.after) ?? 0) - trimmed, 0);
    const end = start + pageLimit(query.limit);
    const items = entries.slice(start, end);
    return { items, ...(end < entries.length ? { next: String(end + trimmed) } : {}) };
  }

  snapshot(instance: string, revision: number): Snapshot | undefined {
    const snapshots = this.#of.instances.get(instance)?.snapshots ?? [];
    return snapshots.filter(({ snapshot }) => snapshot.revision <= revision).at(-1)?.snapshot;
  }

  counts(now: number): Counts {
    let [dueMessages, parked] = [0, 0];
    for (const box of this.#of.mailboxes.all()) {
      if (box.parked !== undefined) parked += 1;
      for (const { dueAt } of box.messages) if (dueAt <= now) dueMessages += 1;
    }
    const { instances, jobs } = this.#of;
    return { instances: instances.order.length, dueMessages, pendingJobs: jobs.pendingCount(), parked };
  }

  #reading({ instance }: InstanceRow, now: number): Reading {
    const box = this.#of.mailboxes.get(instance.id);
    return {
      instance,
      attempts: box?.attempts ?? 0,
      machinePaused: this.#of.pauses.has('machine', instance.machine),
      now,
      ...(box?.parked === undefined ? {} : { parked: box.parked }),
      ...(box?.nextDueAt === undefined ? {} : { nextDueAt: box.nextDueAt }),
    };
  }

  #wanted(query: Conditions) {
    return ({ instance }: InstanceRow): boolean =>
      matches(query, instance) &&
      (query.parked !== true || this.#of.mailboxes.get(instance.id)?.parked !== undefined);
  }
}
