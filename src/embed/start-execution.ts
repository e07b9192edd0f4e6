import { executionArn } from '../asl/arn.js';
import { StateFailure } from '../asl/errors.js';
import { executionRequest, machineDoesNotExist, refusedBy } from '../asl/task/execution-request.js';
import type { Engine } from '../core/engine.js';
import type { Json } from '../core/json.js';
import { Refused } from '../core/problem.js';
import type { Handler } from '../runtime/handler.js';
import { contentHash } from '../runtime/hash.js';

/** The task that begins an execution of another machine and does not wait for it. */
export const START_EXECUTION = 'arn:aws:states:::states:startExecution';

/**
 * Carries it out on an engine: the execution is an instance of its own, named as the task says. However often the job
 * is handed out, it begins once. Rejects with errors that have Step Functions' names.
 */
export function startExecution(engine: () => Engine): Handler {
  return async (payload, { jobId }) => {
    try {
      const { machine, input, name = contentHash(jobId) } = executionRequest(payload);
      const { createdAt } = await begin(engine(), machine, { id: name, input });
      return { ExecutionArn: executionArn(machine, name), StartDate: createdAt };
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      throw Object.assign(new Error(error.cause), { name: error.error });
    }
  };
}

async function begin(
  engine: Engine,
  machine: string,
  options: { readonly id: string; readonly input: Json },
) {
  try {
    return await engine.create(machine, options);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code === 'unknown-machine') throw machineDoesNotExist(machine);
    if (error.code === 'invalid-id') throw refusedBy('InvalidName', `Invalid Name: '${options.id}'`);
    if (error.code !== 'conflict') throw refusedBy('InvalidExecutionInput', error.message);
    const arn = executionArn(machine, options.id);
    throw refusedBy('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  }
}
