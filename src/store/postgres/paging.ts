import type { Page, PageQuery } from '../../core/engine.js';
import { pageLimit, pageStart } from '../page.js';
import type { Row } from './database.js';

/** Behind every row of ours. */
const END = Number.MAX_SAFE_INTEGER;

/** A page of rows, newest first. */
export async function page<T>(
  query: PageQuery,
  of: (row: Row) => T,
  seqOf: (row: Row) => number,
  rowsBefore: (before: number, limit: number) => Promise<readonly Row[]>,
): Promise<Page<T>> {
  const limit = pageLimit(query.limit);
  const rows = await rowsBefore(pageStart(query.after) ?? END, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(of),
    ...(rows.length > limit && last !== undefined ? { next: String(seqOf(last)) } : {}),
  };
}
