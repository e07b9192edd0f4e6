import type { InstanceQuery, PageQuery } from '../../core/engine.js';
import type { Instance } from '../../core/instance.js';
import type { JournalEntry } from '../../core/journal.js';
import type { Message } from '../../core/message.js';
import type { Commit, CreateResult, FoldedMessage, NewInstance } from '../store.js';

/** An instance with what is folded of it. */
export interface InstanceRow {
  readonly seq: number;
  readonly inputHash: string;
  readonly detached: boolean;
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
    const row = { seq: this.order.length + 1, inputHash, detached, instance, journal: [], folded: new Map() };
    this.#rows.set(id, row);
    this.order.push(row);
    return 'created';
  }

  /** Throws for what a correct caller never does: an event journaled twice, a revision left out. */
  check({ lease, baseRevision, revision, folded }: Commit, waiting: ReadonlyMap<number, Message>): void {
    const row = this.#rows.get(lease.instance);
    if (row === undefined || row.instance.revision !== baseRevision) return;
    const seen = new Set<string>();
    for (const [index, { seq, revision: own }] of folded.entries()) {
      if (own !== baseRevision + index + 1)
        throw new Error(`${lease.instance}: revision ${own} is out of order`);
      const id = waiting.get(seq)?.id;
      if (id === undefined) throw new Error(`${lease.instance}: message ${seq} is not in its mailbox`);
      if (row.folded.has(id) || seen.has(id)) {
        throw new Error(`${lease.instance}: event ${id} is in the journal already`);
      }
      seen.add(id);
    }
    if (revision !== baseRevision + folded.length) {
      throw new Error(`${lease.instance}: revision ${revision} has no journal entry`);
    }
  }

  commit(row: InstanceRow, commit: Commit, waiting: ReadonlyMap<number, Message>): void {
    const { revision, status, state, updatedAt } = commit;
    row.instance = { ...row.instance, revision, status, state: state ?? row.instance.state, updatedAt };
    for (const folded of commit.folded) {
      const entry = entryOf(folded, waiting.get(folded.seq) as Message);
      row.journal.push(entry);
      row.folded.set(entry.eventId, entry);
    }
  }
}

function entryOf({ seq: _, ...folded }: FoldedMessage, { id, to, seed, event }: Message): JournalEntry {
  return { instance: to, eventId: id, seed, event, ...folded };
}

/** Which instances a query is after, as far as they themselves tell. */
export function matches(query: Omit<InstanceQuery, keyof PageQuery>, { machine, status }: Instance): boolean {
  return (
    (query.machine === undefined || query.machine === machine) &&
    (query.status === undefined || query.status === status)
  );
}
