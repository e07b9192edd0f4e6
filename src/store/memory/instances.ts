import type { InstanceQuery, PageQuery } from '../../core/engine.js';
import type { Instance } from '../../core/instance.js';
import type { JournalEntry } from '../../core/journal.js';
import type { Commit, CreateResult, NewInstance } from '../store.js';

/** An instance with what is folded of it. */
export interface InstanceRow {
  readonly seq: number;
  readonly inputHash: string;
  /** Replaced at every change, never changed in place. */
  instance: Instance;
  /** Index + 1 is the revision. */
  readonly journal: JournalEntry[];
  readonly folded: Map<string, JournalEntry>;
}

/** Every instance, in order of creation. */
export class Instances {
  readonly #rows = new Map<string, InstanceRow>();
  readonly order: InstanceRow[] = [];

  get(id: string): InstanceRow | undefined {
    return this.#rows.get(id);
  }

  create({ id, machine, definition, inputHash }: NewInstance, now: number): CreateResult {
    const there = this.#rows.get(id);
    if (there !== undefined) {
      return there.instance.machine === machine && there.inputHash === inputHash ? 'exists' : 'conflict';
    }
    const instance: Instance = {
      id,
      machine,
      definition,
      status: 'running',
      revision: 0,
      state: null,
      createdAt: now,
      updatedAt: now,
    };
    const row = { seq: this.order.length + 1, inputHash, instance, journal: [], folded: new Map() };
    this.#rows.set(id, row);
    this.order.push(row);
    return 'created';
  }

  /** Throws for what a correct caller never does: an event journaled twice, a revision left out. */
  check({ lease, baseRevision, revision, journal }: Commit): void {
    const row = this.#rows.get(lease.instance);
    if (row === undefined || row.instance.revision !== baseRevision) return;
    const seen = new Set<string>();
    for (const [index, { eventId, revision: own }] of journal.entries()) {
      if (own !== baseRevision + index + 1)
        throw new Error(`${lease.instance}: revision ${own} is out of order`);
      if (row.folded.has(eventId) || seen.has(eventId)) {
        throw new Error(`${lease.instance}: event ${eventId} is in the journal already`);
      }
      seen.add(eventId);
    }
    if (revision !== baseRevision + journal.length) {
      throw new Error(`${lease.instance}: revision ${revision} has no journal entry`);
    }
  }

  commit(row: InstanceRow, { revision, status, state, updatedAt, journal }: Commit): void {
    row.instance = { ...row.instance, revision, status, state: state ?? row.instance.state, updatedAt };
    for (const entry of journal) {
      row.journal.push(entry);
      row.folded.set(entry.eventId, entry);
    }
  }
}

/** Which instances a query is after, as far as they themselves tell. */
export function matches(query: Omit<InstanceQuery, keyof PageQuery>, { machine, status }: Instance): boolean {
  return (
    (query.machine === undefined || query.machine === machine) &&
    (query.status === undefined || query.status === status)
  );
}
