import type { StateType } from './program.js';
import { choice } from './states/choice.js';
import { fail } from './states/fail.js';
import { pass } from './states/pass.js';
import { succeed } from './states/succeed.js';
import { task } from './states/task.js';
import { wait } from './states/wait.js';

/** The state types that run, by their name in a definition. */
export const STATE_TYPES: ReadonlyMap<string, StateType> = new Map(
  [pass, task, choice, wait, succeed, fail].map((type) => [type.name, type]),
);

/** State types of the language that do not run yet. */
export const STATE_TYPES_TO_COME: readonly string[] = ['Parallel', 'Map'];
