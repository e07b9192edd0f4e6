import type { TaskFailedEvent, TaskSucceededEvent } from '../../core/event.js';
import { JOB_ERRORS } from '../../core/job.js';
import type { Json } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { dataLimitFailure, ERRORS, StateFailure } from '../errors.js';
import type { Waiting } from '../execution.js';
import { DEFAULT_TASK_TIMEOUT_SECONDS } from '../limits.js';
import { exceedsDataLimit } from '../payload.js';
import { TaskEvents } from './events.js';
import { type Resource, resourceLabel } from './resource.js';
import type { Terms, Work } from './work.js';

/** A handler is given the task, and its answer is the task's (Step Functions: Request Response). */
export function requestOf(resource: Resource): Work {
  const events = new TaskEvents(resource);
  return {
    begin(thread, input, terms) {
      events.scheduled(thread, input, terms);
      return askHandler(thread, resource, input, terms);
    },
    take(thread, answer) {
      if (answer.type !== 'task.succeeded' && answer.type !== 'task.failed')
        throw new Error(`a task is not answered by ${answer.type}`);
      const result = handlersAnswer(thread, events, resource, answer);
      events.succeeded(thread, result);
      return { result };
    },
  };
}

/** Has a handler asked. */
export function askHandler(
  thread: ActiveThread,
  { arn }: Pick<Resource, 'arn'>,
  input: Json,
  { timeout = DEFAULT_TASK_TIMEOUT_SECONDS, heartbeat }: Partial<Pick<Terms, 'timeout' | 'heartbeat'>> = {},
): Waiting {
  const id = thread.turn.nextEffectId();
  thread.turn.effects.push({
    ...{ type: 'task', id, name: arn, input, ask: true, timeoutMs: timeout * 1_000 },
    ...(heartbeat === undefined ? {} : { heartbeatMs: heartbeat * 1_000 }),
  });
  return { for: 'task', effect: id };
}

/** What a handler gave, its start written down. Throws StateFailure if it went wrong. */
export function handlersAnswer(
  thread: ActiveThread,
  events: TaskEvents,
  resource: Resource,
  answer: TaskSucceededEvent | TaskFailedEvent,
): Json {
  if (answer.startedAt !== undefined) events.started(thread, answer.startedAt);
  if (answer.type === 'task.failed') return events.failed(thread, taskFailure(resource, answer));
  if (exceedsDataLimit(answer.output))
    return events.failed(thread, dataLimitFailure(resourceLabel(resource)));
  return answer.output;
}

/** The errors that we give to jobs ourselves have AWS's names here; timeouts have no cause, as on AWS. */
function taskFailure(resource: Resource, { error, cause }: TaskFailedEvent): StateFailure {
  if (error === JOB_ERRORS.timeout) return new StateFailure(ERRORS.timeout, undefined);
  if (error === JOB_ERRORS.heartbeat) return new StateFailure(ERRORS.heartbeatTimeout, undefined);
  if (error === JOB_ERRORS.resultTooLarge) return dataLimitFailure(resourceLabel(resource));
  return new StateFailure(error, cause);
}
