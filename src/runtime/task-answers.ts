import { createHash, timingSafeEqual } from 'node:crypto';
import type { TaskFailure } from '../core/engine.js';
import type { TaskFailedEvent, TaskHeartbeatEvent, TaskSucceededEvent } from '../core/event.js';
import { type Json, toJson, utf8Length } from '../core/json.js';
import { MAX_CAUSE_LENGTH, MAX_DELAY_MS, MAX_ERROR_LENGTH, MAX_PAYLOAD_BYTES } from '../core/limits.js';
import { Refused } from '../core/problem.js';
import { type Callback, type CallbackToken, type ClaimToken, readTaskToken } from '../core/task-token.js';
import type { Store } from '../store/store.js';
import { message, ownEventId } from './delivery.js';
import { bodyHash } from './hash.js';
import type { Registry } from './registry.js';

/** Answers from outside to tasks that wait for their token: an Engine's part of them. No refusal repeats a token. */
export class TaskAnswers {
  readonly #store: Store;
  readonly #registry: Registry;

  constructor(store: Store, registry: Registry) {
    this.#store = store;
    this.#registry = registry;
  }

  async succeed(text: string, given: Json | undefined): Promise<void> {
    const token = tokenOf(text);
    const output = checkedOutput(given);
    if ('job' in token) return this.#endJob(token, { status: 'completed', output: JSON.stringify(output) });
    const { maxOutputBytes } = await this.#awaited(token);
    if (utf8Length(JSON.stringify(output)) > maxOutputBytes)
      throw invalidOutput(`it has more than ${maxOutputBytes} bytes`);
    await this.#answer(token, { type: 'task.succeeded', effect: token.effect, output });
  }

  async fail(text: string, { error = '', cause = '' }: TaskFailure): Promise<void> {
    const token = tokenOf(text);
    refuseLong('error', error, MAX_ERROR_LENGTH);
    refuseLong('cause', cause, MAX_CAUSE_LENGTH);
    if ('job' in token) return this.#endJob(token, { status: 'failed', error, cause });
    await this.#awaited(token);
    await this.#answer(token, { type: 'task.failed', effect: token.effect, error, cause });
  }

  async heartbeat(text: string): Promise<void> {
    const token = tokenOf(text);
    if ('job' in token) {
      const lease = { id: token.job, token: token.lease, beat: true };
      const lost = await this.#store.extendJobs([lease], MAX_DELAY_MS);
      if (lost.length > 0) throw await this.#lost(token);
      return;
    }
    await this.#awaited(token);
    const beat: TaskHeartbeatEvent = { type: 'task.heartbeat', effect: token.effect };
    const [result] = await this.#store.send([message(ownEventId(), token.instance, beat)]);
    if (result === 'unknown') throw doesNotExist();
  }

  /** What waits for the answer. Rejects where nothing does, or not for one from whoever shows this secret. */
  async #awaited({ instance, effect, secret }: CallbackToken): Promise<Callback> {
    const reading = await this.#store.read(instance);
    if (reading === undefined) throw doesNotExist();
    const { definition: hash, state } = reading.instance;
    const definition = this.#registry.definition(hash) ?? (await this.#store.definition(hash));
    const language = definition && this.#registry.language(definition.language);
    const callback = language?.callback?.(JSON.parse(state ?? 'null') as Json, effect);
    if (callback === undefined) throw timedOut();
    if (!isSame(callback.secret, secret)) throw invalidToken();
    if (callback.dueAt <= reading.now) throw timedOut();
    return callback;
  }

  /** Claims the one answer that there is (rule 3): the first is it, whether it was taken in already or not. */
  async #answer(
    { instance, effect }: CallbackToken,
    event: TaskSucceededEvent | TaskFailedEvent,
  ): Promise<void> {
    const mail = message(`/answer/${effect}`, instance, event);
    const [result] = await this.#store.send([{ ...mail, hash: bodyHash({ ...event }) }]);
    if (result === 'unknown') throw doesNotExist();
    if (result === 'conflict') throw timedOut();
  }

  async #endJob(token: ClaimToken, end: Parameters<Store['endJobs']>[0][number]['end']): Promise<void> {
    const [result] = await this.#store.endJobs([{ id: token.job, token: token.lease, end }]);
    if (result === 'lost') throw await this.#lost(token);
  }

  async #lost({ job }: ClaimToken): Promise<Refused> {
    return (await this.#store.job(job)) === undefined ? doesNotExist() : timedOut();
  }
}

function tokenOf(text: string): CallbackToken | ClaimToken {
  const token = typeof text === 'string' ? readTaskToken(text) : undefined;
  if (token === undefined) throw invalidToken();
  return token;
}

function checkedOutput(given: unknown): Json {
  const checked = toJson(given);
  if ('problem' in checked) throw invalidOutput(`it is not JSON: ${checked.problem.message}`);
  if (utf8Length(JSON.stringify(checked.value)) > MAX_PAYLOAD_BYTES)
    throw invalidOutput(`it has more than ${MAX_PAYLOAD_BYTES} bytes`);
  return checked.value;
}

function refuseLong(member: 'error' | 'cause', text: unknown, limit: number): void {
  if (typeof text === 'string' && text.length <= limit) return;
  const constraint = `Member must have length less than or equal to ${limit}`;
  const message = `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`;
  throw new Refused({ code: 'ValidationException', message, path: `/${member}` });
}

/** Takes as long for every wrong secret. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function invalidToken(): Refused {
  return new Refused({ code: 'InvalidToken', message: "Invalid Token: 'Invalid token'", path: '/token' });
}

function invalidOutput(why: string): Refused {
  return new Refused({ code: 'InvalidOutput', message: `Invalid Output: '${why}'`, path: '/output' });
}

function doesNotExist(): Refused {
  const message = "Task Does Not Exist: 'Provided task does not exist'";
  return new Refused({ code: 'TaskDoesNotExist', message, path: '' });
}

function timedOut(): Refused {
  const message = "Task Timed Out: 'Provided task does not exist anymore'";
  return new Refused({ code: 'TaskTimedOut', message, path: '' });
}
