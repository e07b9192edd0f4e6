import type { Page, PageQuery } from '../../core/engine.js';
import { pageLimit, pageStart } from '../page.js';

/** A page of the rows that are wanted, from the end of a list in order of creation. */
export function newestFirst<T extends { readonly seq: number }>(
  rows: readonly T[],
  query: PageQuery,
  wanted: (row: T) => boolean,
): Page<T> {
  const limit = pageLimit(query.limit);
  const before = pageStart(query.after) ?? Number.POSITIVE_INFINITY;
  const items: T[] = [];
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at] as T;
    if (row.seq >= before || !wanted(row)) continue;
    const last = items.at(-1);
    if (items.length === limit && last !== undefined) return { items, next: String(last.seq) };
    items.push(row);
  }
  return { items };
}
