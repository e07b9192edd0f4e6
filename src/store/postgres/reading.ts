import type { InstanceQuery, Page, PageQuery } from '../../core/engine.js';
import { given } from '../../core/given.js';
import type { Instance } from '../../core/instance.js';
import type { JournalEntry } from '../../core/journal.js';
import { pageLimit, pageStart } from '../page.js';
import type { Reading } from '../store.js';
import type { Database } from './database.js';
import { page } from './paging.js';
import { entryOf, instanceOf, readingOf } from './rows.js';
import { countStatement, findStatement, JOURNAL, READ_MANY } from './sql/reading.js';

type Conditions = Omit<InstanceQuery, keyof PageQuery>;

export async function instances(database: Database, ids: readonly string[]): Promise<readonly Instance[]> {
  return (await database.rows(READ_MANY, ids)).map(instanceOf);
}

export function find(database: Database, query: InstanceQuery, clock: number | null): Promise<Page<Reading>> {
  const { conditions, values } = conditionsOf(query, 2);
  const sql = findStatement(conditions, values.length + 2, values.length + 3);
  return page(
    query,
    readingOf,
    (row) => row[14] as number,
    (before, limit) => database.rows(sql, clock, ...values, before, limit),
  );
}

export function count(database: Database, query: Conditions): Promise<number> {
  const { conditions, values } = conditionsOf(query, 1);
  return database.value(countStatement(conditions, query.parked === true), ...values);
}

export async function journal(
  database: Database,
  instance: string,
  query: PageQuery,
): Promise<Page<JournalEntry>> {
  const limit = pageLimit(query.limit);
  const rows = await database.rows(JOURNAL, instance, pageStart(query.after) ?? 0, limit + 1);
  const items = rows.slice(0, limit).map(entryOf);
  return { items, ...(rows.length > limit ? { next: String(items.at(-1)?.revision) } : {}) };
}

/**
 * Which rows a query is after, in SQL made of our own words: what it holds is bound, from the parameter of this
 * number on.
 */
function conditionsOf({ machine, status, parked }: Conditions, first: number) {
  const wanted = Object.entries(given({ machine, status })) as [string, string][];
  return {
    conditions: [
      parked === true ? 'b.parked IS NOT NULL' : 'true',
      ...wanted.map(([column], index) => `i.${column} = $${index + first}`),
    ].join(' AND '),
    values: wanted.map(([, value]) => value),
  };
}
