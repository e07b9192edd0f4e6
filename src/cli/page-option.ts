import type { Command } from 'commander';
import type { Page } from '../core/engine.js';
import { MAX_PAGE } from '../core/limits.js';
import { limitOf } from './number-option.js';
import type { Terminal } from './terminal.js';

export interface PageOption {
  readonly limit?: number;
  readonly after?: string;
}

/** Adds `--limit` and `--after`. */
export function takesPage(command: Command): Command {
  return command
    .option('--limit <n>', `at most so many, ${MAX_PAGE} at most (default: 100)`, limitOf)
    .option('--after <next>', 'go on after the page that ended with this "next"');
}

/** Says how to go on where a page was not the last. */
export function sayMore({ err }: Pick<Terminal, 'err'>, { next }: Page<unknown>): void {
  if (next !== undefined) err(`there are more: --after ${next}\n`);
}
