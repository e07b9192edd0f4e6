import type { StateType } from './program.js';
import { choice } from './states/choice.js';
import { fail } from './states/fail.js';
import { map } from './states/map.js';
import { message } from './states/message.js';
import { parallel } from './states/parallel.js';
import { pass } from './states/pass.js';
import { succeed } from './states/succeed.js';
import { task } from './states/task.js';
import { wait } from './states/wait.js';

/** The state types, by their name in a definition: AWS's, and Message, which is ours. */
export const STATE_TYPES: ReadonlyMap<string, StateType> = new Map(
  [pass, task, choice, wait, succeed, fail, parallel, map, message].map((type) => [type.name, type]),
);
