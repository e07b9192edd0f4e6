import { isJsonObject, type Json, own } from '../../core/json.js';
import { machineIn, stateMachineArn } from '../arn.js';
import { StateFailure } from '../errors.js';

/** An execution that a Task asks for, as StartExecution is asked. */
export interface ExecutionRequest {
  readonly machine: string;
  readonly input: Json;
  readonly name?: string;
}

/** Throws StateFailure where no machine is named. */
export function executionRequest(payload: Json): ExecutionRequest {
  const asked = isJsonObject(payload) ? payload : {};
  const arn = textOf(own(asked, 'StateMachineArn'));
  const machine = machineIn(arn);
  if (machine === undefined) throw refusedBy('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
  const name = textOf(own(asked, 'Name'));
  const input = inputOf(own(asked, 'Input'));
  return name === '' ? { machine, input } : { machine, input, name };
}

/** There is no machine of that name. */
export function machineDoesNotExist(machine: string): StateFailure {
  return refusedBy('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn(machine)}'`);
}

/** As Step Functions, asked by a Task, refuses to begin an execution. */
export function refusedBy(error: string, cause: string): StateFailure {
  return new StateFailure(`StepFunctions.${error}Exception`, cause);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** What StartExecution is given is JSON text; here it may be the value as well. */
function inputOf(value: Json | undefined): Json {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}
