import { type Command, InvalidArgumentError } from 'commander';
import { nameProblem } from '../core/identifier.js';
import { MAX_TASK_NAME_LENGTH } from '../core/limits.js';
import type { EngineOptions } from '../embed/engine.js';
import { namesOf } from './names-option.js';

/** Stands for every task that no handler is here for. */
const ANY = '*';

export interface RemoteOption {
  readonly remote?: readonly string[];
}

/** Adds `--remote`. */
export function takesRemote(command: Command): Command {
  return command.option(
    '--remote <tasks>',
    `tasks that workers elsewhere do, with commas between; ${ANY} for all without a handler here`,
    tasksOf,
  );
}

/** What an engine is told that fails other tasks without a handler at once. */
export function remoteOf({ remote = [] }: RemoteOption): Pick<EngineOptions, 'failFast' | 'remote'> {
  return { failFast: !remote.includes(ANY), remote: remote.filter((name) => name !== ANY) };
}

/** Whether a task without a handler here is left to workers elsewhere. */
export function isRemote(task: string, { remote = [] }: RemoteOption): boolean {
  return remote.includes(task) || remote.includes(ANY);
}

function tasksOf(word: string): readonly string[] {
  const names = namesOf(word);
  for (const name of names) {
    const problem = nameProblem('a task name', name, MAX_TASK_NAME_LENGTH);
    if (problem !== undefined) throw new InvalidArgumentError(problem.message);
  }
  return names;
}
