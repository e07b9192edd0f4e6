import { InvalidArgumentError } from 'commander';
import { MAX_PAGE } from '../core/limits.js';

/** Handlers that one process may be told to run at once. */
export const MAX_CONCURRENCY = 10_000;

/** Reads `--limit`. */
export function limitOf(word: string): number {
  return wholeNumber(word, 1, MAX_PAGE);
}

/** Reads `--port`. */
export function portOf(word: string): number {
  return wholeNumber(word, 0, 65_535);
}

/** Reads `--concurrency`. */
export function concurrencyOf(word: string): number {
  return wholeNumber(word, 1, MAX_CONCURRENCY);
}

/** Reads a whole number within these limits. */
export function wholeNumberOf(least: number, most: number): (word: string) => number {
  return (word) => wholeNumber(word, least, most);
}

function wholeNumber(word: string, least: number, most: number): number {
  const value = /^\d+$/.test(word) ? Number(word) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
}
