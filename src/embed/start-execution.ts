import { executionArn } from '../asl/arn.js';
import { StateFailure } from '../asl/errors.js';
import { executionRequest, machineDoesNotExist, refusedBy } from '../asl/task/execution-request.js';
import type { Json } from '../core/json.js';
import { Refused } from '../core/problem.js';
import { digest } from '../expression/digest/digest.js';
import type { Handler } from '../runtime/handler.js';

/** The task that begins an execution of another machine and does not wait for it. */
export const START_EXECUTION = 'arn:aws:states:::states:startExecution';

/** Creates an instance, as an engine does: asked the same again it answers the same. Rejects with Refused. */
export type Create = (machine: string, options: CreateOptions) => Promise<{ readonly createdAt: number }>;

export interface CreateOptions {
  readonly id: string;
  readonly input: Json;
}

/** Characters of the name of an execution that is given none. */
const NAME_LENGTH = 32;

/**
 * Carries it out: the execution is an instance of its own, named as the task says. However often the job is handed out, it
 * begins once. Rejects with errors that have Step Functions' names.
 */
export function startExecution(create: Create): Handler {
  return async (payload, { jobId }) => {
    try {
      const {
        machine,
        input,
        name = digest(jobId, 'SHA-256').slice(0, NAME_LENGTH),
      } = executionRequest(payload);
      const { createdAt } = await begin(create, machine, { id: name, input });
      return { ExecutionArn: executionArn(machine, name), StartDate: createdAt };
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      throw Object.assign(new Error(error.cause), { name: error.error });
    }
  };
}

async function begin(create: Create, machine: string, options: CreateOptions) {
  try {
    return await create(machine, options);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code === 'unknown-machine') throw machineDoesNotExist(machine);
    if (error.code === 'invalid-id') throw refusedBy('InvalidName', `Invalid Name: '${options.id}'`);
    if (error.code === 'too-many') throw refusedBy('ExecutionLimitExceeded', error.message);
    if (error.code !== 'conflict') throw refusedBy('InvalidExecutionInput', error.message);
    const arn = executionArn(machine, options.id);
    throw refusedBy('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  }
}
