import { type Problem, Refused } from '../../core/problem.js';

/** What SQLite's result codes mean to the one who chose the file, by primary code. */
const SENTENCES: Readonly<Record<number, readonly [code: string, sentence: string]>> = {
  5: ['store-busy', 'is kept locked by another process'],
  6: ['store-busy', 'is kept locked by another process'],
  8: ['store-read-only', 'cannot be written: the file or its folder is read-only'],
  10: ['store-broken', 'cannot be read or written: the disk reports an error'],
  11: ['store-damaged', 'is damaged'],
  13: ['store-full', 'cannot grow: the disk is full'],
  14: ['store-read-only', 'cannot be opened or created there'],
  26: ['store-not-a-database', 'is not a database'],
};

/** The primary result code of an error of either driver, if it is SQLite's. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { rawCode, errcode } = error as { rawCode?: unknown; errcode?: unknown };
  const code = rawCode ?? errcode;
  if (typeof code === 'number') return code & 0xff;
  // One driver tells the code of a failed opening in its text alone.
  const told = /^ConnectionFailed\(.*: (\d+)"?\)$/.exec(String(error.message));
  return told === null ? undefined : Number(told[1]) & 0xff;
}

export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === 5 || code === 6;
}

/** One plain sentence for a failure that is not our bug, as Refused with its cause; others as they are. */
export function plainly(error: unknown, path: string): unknown {
  const known = SENTENCES[resultCode(error) ?? -1];
  if (known === undefined) return error;
  const [code, sentence] = known;
  return refused({ code, message: `${path} ${sentence}`, path: '' }, error);
}

export function refused(problem: Problem, cause?: unknown): Refused {
  return Object.assign(new Refused(problem), { cause });
}
