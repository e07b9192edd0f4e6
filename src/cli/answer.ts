import type { Command } from 'commander';
import type { Terminal } from './terminal.js';

export interface AnswerOption {
  readonly json?: boolean;
}

/** Adds `--json`. */
export function takesJson(command: Command): Command {
  return command.option('--json', 'print one JSON document (see docs/cli.md)');
}

/** Prints a command's data: one JSON document for programs, or text for people. */
export function answer<T>(
  { out }: Pick<Terminal, 'out'>,
  { json }: AnswerOption,
  document: T,
  text: (document: T) => string,
): void {
  out(json ? `${JSON.stringify(document)}\n` : text(document));
}
