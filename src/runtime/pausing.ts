import { hasEnded } from '../core/instance.js';
import type { NewMessage } from '../core/message.js';
import { Refused } from '../core/problem.js';
import type { Pausable } from '../core/queue.js';
import type { SendResult, Store } from '../store/store.js';
import { refuseId } from './request.js';

/** Before everything that waits, a `continue` included. */
const FIRST_OF_ALL = -1;

/**
 * Pauses, or resumes; false where that is so already. Refused (`unknown-instance`, `unknown-machine`, `ended`) if
 * there is nothing to be paused.
 */
export async function setPaused(store: Store, target: Pausable, isPaused: boolean): Promise<boolean> {
  if ('queue' in target) refuseId('queue', target.queue);
  if ('machine' in target && (await store.latest(target.machine)) === undefined) {
    throw refusal('unknown-machine', `there is no machine "${target.machine}"`);
  }
  if (await (isPaused ? store.pause(target) : store.resume(target))) return true;
  if (!('instance' in target)) return false;
  const reading = await store.read(target.instance);
  if (reading === undefined) {
    throw refusal('unknown-instance', `there is no instance "${target.instance}"`);
  }
  const { status } = reading.instance;
  if (hasEnded(status)) throw refusal('ended', `instance "${target.instance}" has ended: it is ${status}`);
  return false;
}

/**
 * Sends a stop. One for an instance that is parked or paused is the first that its next turn folds, and brings
 * that turn about: what waits behind it, poison or not, then reaches an instance that has ended.
 */
export async function sendStop(store: Store, stop: NewMessage): Promise<SendResult | undefined> {
  const reading = await store.read(stop.to);
  const isParked = reading?.parked !== undefined;
  const isPaused = reading?.instance.status === 'paused';
  if (!isParked && !isPaused) return (await store.send([stop]))[0];
  const [result] = await store.send([{ ...stop, dueAt: FIRST_OF_ALL }]);
  // Only now: until the stop is there, the poison would be what is folded next.
  if (isParked) await store.unpark(stop.to);
  if (isPaused) await store.resume({ instance: stop.to });
  return result;
}

function refusal(code: string, message: string): Refused {
  return new Refused({ code, message, path: '' });
}
