import type { Json } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import type { Waiting } from '../execution.js';
import type { Answer } from '../program.js';

/** How a Task has its work done, which its Resource says (Step Functions: service integration patterns). */
export interface Work {
  /** Before its input is made, which may hold what it is to be answered with. */
  prepare?(thread: ActiveThread): void;
  /** Asks for the work. Throws StateFailure. */
  begin(thread: ActiveThread, input: Json, terms: Terms): Waiting;
  /** The result, or what is waited for now. Throws StateFailure if it went wrong. */
  take(thread: ActiveThread, answer: Answer, waited: Waiting): Taken;
}

export type Taken = { readonly result: Json } | { readonly waiting: Waiting };

/** What a task is asked for with, besides its input. */
export interface Terms {
  /** TimeoutSeconds and HeartbeatSeconds. */
  readonly timeout: number | undefined;
  readonly heartbeat: number | undefined;
  readonly role: string | undefined;
}
