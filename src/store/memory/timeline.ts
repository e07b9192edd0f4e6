import type { JournalEntry } from '../../core/journal.js';
import { pageLimit } from '../page.js';
import { isReset, positionOf, positionText, type Swept } from '../position.js';
import type { Changes, ChangesQuery } from '../store.js';

interface Row {
  readonly seq: number;
  readonly machine: string;
  readonly entry: JournalEntry;
}

/** The journal entries of all instances, in the order of their commits. */
export class Timeline {
  #rows: Row[] = [];
  #last = 0;
  #swept: Swept = { seq: 0, sweeps: 0 };

  add(entry: JournalEntry, machine: string): void {
    this.#last += 1;
    this.#rows.push({ seq: this.#last, machine, entry });
  }

  remove(entries: readonly JournalEntry[]): void {
    if (entries.length === 0) return;
    const gone = new Set(entries);
    const seqs = this.#rows.flatMap(({ seq, entry }) => (gone.has(entry) ? [seq] : []));
    this.#rows = this.#rows.filter(({ entry }) => !gone.has(entry));
    const { seq, sweeps } = this.#swept;
    this.#swept = { seq: Math.max(seq, seqs.at(-1) ?? 0), sweeps: sweeps + 1 };
  }

  changes(query: ChangesQuery): Changes {
    const { sweeps } = this.#swept;
    if (query.after === undefined) {
      return { entries: [], position: positionText({ seq: this.#last, sweeps }), reset: false };
    }
    const position = positionOf(query.after);
    const limit = pageLimit(query.limit);
    const rows: Row[] = [];
    for (let at = this.#firstBehind(position?.seq ?? 0); rows.length < limit; at++) {
      const row = this.#rows[at];
      if (row === undefined) break;
      if (isWanted(query, row)) rows.push(row);
    }
    const seq = rows.length === limit ? (rows.at(-1)?.seq ?? 0) : this.#last;
    return {
      entries: rows.map(({ entry }) => entry),
      position: positionText({ seq, sweeps }),
      reset: isReset(position, this.#swept),
    };
  }

  #firstBehind(seq: number): number {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle]?.seq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isWanted({ instance, machine }: ChangesQuery, row: Row): boolean {
  return (
    (instance === undefined || instance === row.entry.instance) &&
    (machine === undefined || machine === row.machine)
  );
}
