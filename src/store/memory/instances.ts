import type { InstanceQuery, PageQuery } from '../../core/engine.js';
import type { Instance } from '../../core/instance.js';
import type { JournalEntry } from '../../core/journal.js';
import { SNAPSHOT_EVERY } from '../../core/limits.js';
import type { Commit, CreateResult, NewInstance, Snapshot } from '../store.js';

/** An instance with what is folded of it. */
export interface InstanceRow {
  readonly seq: number;
  readonly inputHash: string;
  readonly detached: boolean;
  /** Replaced at every change, never changed in place. */
  instance: Instance;
  /** What was not trimmed, by revision. */
  readonly journal: JournalEntry[];
  snapshots: readonly Kept[];
  readonly folded: Map<string, JournalEntry>;
}

/** A snapshot, in the order of all, and whether the journal before it is gone already. */
export interface Kept {
  readonly seq: number;
  readonly at: number;
  readonly snapshot: Snapshot;
  trimmed: boolean;
}

/** Every instance, in order of creation. */
export class Instances {
  readonly #rows = new Map<string, InstanceRow>();
  readonly #children = new Map<string, Set<InstanceRow>>();
  #order: InstanceRow[] = [];
  #created = 0;
  #snapshots = 0;

  get order(): readonly InstanceRow[] {
    return this.#order;
  }

  get(id: string): InstanceRow | undefined {
    return this.#rows.get(id);
  }

  /** In order of creation. */
  childrenOf(id: string): readonly InstanceRow[] {
    return [...(this.#children.get(id) ?? [])];
  }

  create(
    { id, machine, definition, inputHash, parent, detached = false }: NewInstance,
    now: number,
  ): CreateResult {
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
      ...(parent === undefined ? {} : { parent }),
    };
    this.#created += 1;
    const kept = { journal: [], snapshots: [], folded: new Map() };
    const row: InstanceRow = { seq: this.#created, inputHash, detached, instance, ...kept };
    this.#rows.set(id, row);
    this.#order.push(row);
    if (parent !== undefined) this.#kin(parent).add(row);
    return 'created';
  }

  /** Throws for what a correct caller never does: an event journaled twice, a revision left out. */
  check({ lease, baseRevision, revision }: Commit, entries: readonly JournalEntry[]): void {
    const row = this.#rows.get(lease.instance);
    const seen = new Set<string>();
    for (const [index, { eventId, revision: own }] of entries.entries()) {
      if (own !== baseRevision + index + 1)
        throw new Error(`${lease.instance}: revision ${own} is out of order`);
      if (row?.folded.has(eventId) || seen.has(eventId)) {
        throw new Error(`${lease.instance}: event ${eventId} is in the journal already`);
      }
      seen.add(eventId);
    }
    if (revision !== baseRevision + entries.length) {
      throw new Error(`${lease.instance}: revision ${revision} has no journal entry`);
    }
  }

  commit(row: InstanceRow, commit: Commit, entries: readonly JournalEntry[], now: number): void {
    const { baseRevision, revision, status, state, updatedAt } = commit;
    row.instance = { ...row.instance, revision, status, state: state ?? row.instance.state, updatedAt };
    for (const entry of entries) row.folded.set(entry.eventId, entry);
    row.journal.push(...entries);
    if (Math.floor(revision / SNAPSHOT_EVERY) > Math.floor(baseRevision / SNAPSHOT_EVERY)) {
      this.#snapshots += 1;
      const snapshot = { instance: row.instance.id, revision, status, state: row.instance.state };
      row.snapshots = [...row.snapshots, { seq: this.#snapshots, at: now, snapshot, trimmed: false }];
    }
  }

  /** Drops what comes before a snapshot, at most so many entries of the journal; answers those. */
  trim(row: InstanceRow, { snapshot }: Kept, most: number): readonly JournalEntry[] {
    const { revision } = snapshot;
    row.snapshots = row.snapshots.filter((kept) => kept.snapshot.revision >= revision);
    const before = revision - (row.journal[0]?.revision ?? revision + 1) + 1;
    const gone = row.journal.splice(0, Math.min(before, most));
    for (const { eventId } of gone) row.folded.delete(eventId);
    for (const kept of row.snapshots) {
      if (kept.snapshot.revision === revision && gone.length < most) kept.trimmed = true;
    }
    return gone;
  }

  remove(rows: readonly InstanceRow[]): void {
    const gone = new Set(rows);
    this.#order = this.#order.filter((row) => !gone.has(row));
    for (const row of rows) {
      const { id, parent } = row.instance;
      this.#rows.delete(id);
      if (parent !== undefined) this.#children.get(parent)?.delete(row);
      this.#children.delete(id);
    }
  }

  #kin(parent: string): Set<InstanceRow> {
    let children = this.#children.get(parent);
    if (children === undefined) {
      children = new Set();
      this.#children.set(parent, children);
    }
    return children;
  }
}

/** Which instances a query is after, as far as they themselves tell. */
export function matches(query: Omit<InstanceQuery, keyof PageQuery>, { machine, status }: Instance): boolean {
  return (
    (query.machine === undefined || query.machine === machine) &&
    (query.status === undefined || query.status === status)
  );
}
