import { CommanderError } from 'commander';
import { type Problem, Refused } from '../core/problem.js';

/** What a command answers to the shell. */
export const EXIT = {
  done: 0,
  /** The machine, the check or the request failed. */
  failed: 1,
  /** The command was not called as it must be. */
  misused: 2,
} as const;

/** The command cannot do what it was asked, and this sentence says why. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The command was not called as it must be, and this sentence says how. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** What to say of an error, and the exit code. */
export interface Verdict {
  readonly code: number;
  /** Absent if all was said. */
  readonly text?: string;
}

/**
 * Turns whatever ended a command into an exit code and plain sentences. A stack trace is for bugs alone, and
 * for those who ask for it with DETENT_DEBUG.
 */
export function verdictOn(error: unknown, debug: boolean): Verdict {
  if (error instanceof CommanderError) {
    // Commander has written its text already. Help and version that were asked for are no errors.
    return { code: error.exitCode === 0 ? EXIT.done : EXIT.misused };
  }
  if (error instanceof Misuse) return { code: EXIT.misused, text: error.message };
  if (error instanceof Failure) return { code: EXIT.failed, text: error.message };
  if (error instanceof Refused) {
    return { code: EXIT.failed, text: error.problems.map(sentenceOf).join('\n') };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: EXIT.failed, text: debug && stack !== undefined ? stack : message };
}

export function sentenceOf({ message, hint }: Problem): string {
  return hint === undefined ? message : `${message} (${hint})`;
}
