import { type ChildEndedEvent, UNKNOWN_MACHINE } from '../../core/event.js';
import { given } from '../../core/given.js';
import { childName } from '../../core/identifier.js';
import type { Json, JsonObject } from '../../core/json.js';
import { MAX_CAUSE_LENGTH } from '../../core/limits.js';
import type { ActiveThread } from '../active-thread.js';
import { executionArn, stateMachineArn } from '../arn.js';
import { dataLimitFailure, ERRORS, StateFailure } from '../errors.js';
import { effectsOf, type NestedExecution, type Waiting } from '../execution.js';
import { executionStatus } from '../execution-status.js';
import { exceedsDataLimit } from '../payload.js';
import type { Answer } from '../program.js';
import { TaskEvents } from './events.js';
import { type ExecutionRequest, executionRequest, machineDoesNotExist } from './execution-request.js';
import { type Resource, resourceLabel } from './resource.js';
import type { Taken, Terms, Work } from './work.js';

/**
 * Starts an execution of another machine and waits for its end (Step Functions: Run a Job, `startExecution.sync`). It is
 * a child: stopped with what waits for it. What it was given and gave are texts, or values (`.sync:2`).
 */
export function nestedOf(resource: Resource, form: 'text' | 'value'): Work {
  return new Nesting(resource, form);
}

class Nesting implements Work {
  readonly #resource: Resource;
  readonly #events: TaskEvents;
  readonly #form: 'text' | 'value';

  constructor(resource: Resource, form: 'text' | 'value') {
    this.#resource = resource;
    this.#events = new TaskEvents(resource);
    this.#form = form;
  }

  begin(thread: ActiveThread, payload: Json, terms: Terms): Waiting {
    this.#events.scheduled(thread, payload, terms);
    const { machine, input, name } = this.#requested(thread, payload);
    const { turn } = thread;
    const effect = turn.nextEffectId();
    turn.effects.push({ type: 'spawn', id: effect, machine, input });
    const nested = { machine, input, startedAt: turn.event.at, ...given({ name }) };
    this.#events.started(thread);
    this.#events.submitted(thread, {
      ExecutionArn: executionArn(machine, childName(turn.event.instance, effect, 0)),
      StartDate: turn.event.at,
    });
    const waiting: Waiting = { for: 'child', effect, nested };
    if (terms.timeout === undefined) return waiting;
    const timer = thread.timer(turn.event.at + terms.timeout * 1_000, 'timer');
    return { ...waiting, timeout: timer.effect };
  }

  #requested(thread: ActiveThread, payload: Json): ExecutionRequest {
    try {
      return executionRequest(payload);
    } catch (error) {
      if (error instanceof StateFailure) return this.#events.failed(thread, error);
      throw error;
    }
  }

  take(thread: ActiveThread, answer: Answer, waited: Waiting): Taken {
    const { nested } = waited;
    if (nested === undefined) throw new Error(`${thread.state} waits for no execution`);
    thread.turn.cancel(effectsOf(waited));
    if (answer.type === 'timer.fired') return this.#events.timedOut(thread, ERRORS.timeout);
    if (answer.type !== 'child.ended') throw new Error(`an execution is not answered by ${answer.type}`);
    const { error, cause } = answer;
    if (error === UNKNOWN_MACHINE) return this.#events.failed(thread, machineDoesNotExist(nested.machine));
    if (answer.status !== 'succeeded') {
      const description = describe(nested, answer, thread.turn.event.at, 'text');
      const told = { ...failure(error, cause), ...description };
      const text = JSON.stringify(told).slice(0, MAX_CAUSE_LENGTH);
      return this.#events.failed(thread, new StateFailure(ERRORS.taskFailed, text));
    }
    const result = describe(nested, answer, thread.turn.event.at, this.#form);
    if (exceedsDataLimit(result))
      return this.#events.failed(thread, dataLimitFailure(resourceLabel(this.#resource)));
    this.#events.succeeded(thread, result);
    return { result };
  }
}

/** An ended execution as DescribeExecution has it; times in milliseconds since 1970. */
function describe(
  { machine, input, startedAt, name }: NestedExecution,
  { child, status, output }: ChildEndedEvent,
  endedAt: number,
  form: 'text' | 'value',
): JsonObject {
  const write = (value: Json): Json => (form === 'text' ? JSON.stringify(value) : value);
  const included = { Included: true };
  const ended = executionStatus(status);
  const succeeded = status === 'succeeded';
  return {
    ExecutionArn: executionArn(machine, child),
    ...{ Input: write(input), InputDetails: included, Name: name ?? child },
    ...(succeeded ? { Output: write(output), OutputDetails: included } : {}),
    RedriveCount: 0,
    ...(succeeded
      ? {
          RedriveStatus: 'NOT_REDRIVABLE',
          RedriveStatusReason: `Execution is ${ended} and cannot be redriven`,
        }
      : { RedriveStatus: 'REDRIVABLE' }),
    ...{ StartDate: startedAt, StateMachineArn: stateMachineArn(machine) },
    ...{ Status: ended, StopDate: endedAt },
  };
}

/** Which come first, as the letters have it. */
function failure(error: string | undefined, cause: string | undefined): JsonObject {
  return { ...(cause ? { Cause: cause } : {}), ...(error ? { Error: error } : {}) };
}
