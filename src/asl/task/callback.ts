import type { Json } from '../../core/json.js';
import { MAX_DELAY_MS } from '../../core/limits.js';
import type { ActiveThread } from '../active-thread.js';
import { dataLimitFailure, ERRORS, StateFailure } from '../errors.js';
import { effectsOf, type PendingCallback, type Waiting } from '../execution.js';
import { DEFAULT_TASK_TIMEOUT_SECONDS } from '../limits.js';
import { exceedsDataLimit } from '../payload.js';
import type { Answer } from '../program.js';
import { TaskEvents } from './events.js';
import { askHandler, handlersAnswer } from './request.js';
import { type Resource, resourceLabel } from './resource.js';
import type { Taken, Terms, Work } from './work.js';

/**
 * A handler hands the task on, with its token, to whoever answers it (Step Functions: Wait for a Callback with Task
 * Token). The answer may come before the handler is done. It has the effect of the timer that ends the waiting.
 */
export function callbackOf(resource: Resource): Work {
  return new Calling(resource);
}

class Calling implements Work {
  readonly #resource: Resource;
  readonly #events: TaskEvents;

  constructor(resource: Resource) {
    this.#resource = resource;
    this.#events = new TaskEvents(resource);
  }

  prepare(thread: ActiveThread): void {
    const { turn } = thread;
    const effect = turn.nextEffectId();
    thread.taskToken = { instance: turn.event.instance, effect, secret: turn.secret(effect) };
  }

  begin(thread: ActiveThread, input: Json, terms: Terms): Waiting {
    if (thread.taskToken === undefined) throw new Error('there is no token to be answered with');
    const { effect, secret } = thread.taskToken;
    const { timeout = DEFAULT_TASK_TIMEOUT_SECONDS, heartbeat } = terms;
    this.#events.scheduled(thread, input, terms);
    const dueAt = thread.turn.event.at + timeout * 1_000;
    thread.timer(dueAt, 'timer', effect);
    const callback: PendingCallback = {
      ...{ secret, effect, dueAt },
      ...(heartbeat === undefined ? {} : { heartbeatSeconds: heartbeat }),
    };
    // The heartbeat is that of whoever has the token, not of the handler.
    return { ...askHandler(thread, this.#resource, input, { timeout }), callback };
  }

  take(thread: ActiveThread, answer: Answer, waited: Waiting): Taken {
    const { callback } = waited;
    if (callback === undefined) throw new Error(`${thread.state} waits for no callback`);
    const { effect, secret } = callback;
    thread.taskToken = { instance: thread.turn.event.instance, effect, secret };
    if (answer.type === 'task.heartbeat') return { waiting: hasBeaten(thread, waited, callback) };
    if (answer.type === 'task.succeeded' && answer.effect !== effect) {
      const output = handlersAnswer(thread, this.#events, this.#resource, answer);
      this.#events.submitted(thread, output);
      return { waiting: hasBeaten(thread, { for: 'callback', effect, callback }, callback) };
    }
    thread.turn.cancel(effectsOf(waited));
    return { result: this.#end(thread, answer, waited, callback) };
  }

  #end(thread: ActiveThread, answer: Answer, waited: Waiting, callback: PendingCallback): Json {
    const events = this.#events;
    if (answer.type === 'timer.fired') {
      const isSilence = answer.effect === callback.heartbeat?.effect;
      return events.timedOut(thread, isSilence ? ERRORS.heartbeatTimeout : ERRORS.timeout);
    }
    if (answer.type !== 'task.succeeded' && answer.type !== 'task.failed')
      throw new Error(`a callback is not answered by ${answer.type}`);
    if (answer.effect !== callback.effect) return handlersAnswer(thread, events, this.#resource, answer);
    // The handler is not done yet, and not waited for.
    if (waited.for === 'task') events.started(thread);
    if (answer.type === 'task.failed') {
      const { error, cause } = answer;
      return events.failed(thread, new StateFailure(error || undefined, cause || undefined));
    }
    if (exceedsDataLimit(answer.output))
      events.failed(thread, dataLimitFailure(resourceLabel(this.#resource)));
    events.succeeded(thread, answer.output);
    return answer.output;
  }
}

/** Lets the longest silence begin anew, if there is one, once the token is in the hands of whoever answers. */
function hasBeaten(thread: ActiveThread, waiting: Waiting, callback: PendingCallback): Waiting {
  const { heartbeatSeconds, heartbeat } = callback;
  if (heartbeatSeconds === undefined || waiting.for === 'task') return waiting;
  if (heartbeat !== undefined) thread.turn.cancel([{ kind: 'timer', id: heartbeat.effect }]);
  const dueAt = thread.turn.event.at + Math.min(heartbeatSeconds * 1_000, MAX_DELAY_MS);
  const { effect } = thread.timer(dueAt, 'timer');
  return { ...waiting, callback: { ...callback, heartbeat: { effect, dueAt } } };
}
