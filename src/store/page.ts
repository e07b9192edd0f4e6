import { MAX_PAGE } from '../core/limits.js';
import { Refused } from '../core/problem.js';

/** How many rows a page may have: what was asked for, from 1 to MAX_PAGE; MAX_PAGE if nothing was asked. */
export function pageLimit(limit: number | undefined): number {
  if (limit === undefined || Number.isNaN(limit)) return MAX_PAGE;
  return Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE);
}

/** Where a page begins: the number that the page before ended with. Throws Refused if it is none of ours. */
export function pageStart(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  if (!/^\d{1,15}$/.test(after)) {
    throw new Refused({
      code: 'invalid-page',
      message: `${JSON.stringify(after)} is not where a page ended`,
      path: '',
      hint: 'hand in the "next" of the page before',
    });
  }
  return Number(after);
}

/** The first text behind all that begin with this one, which ends in a slash. */
export function behind(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}
