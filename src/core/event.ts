import type { Status } from './instance.js';
import type { Json } from './json.js';

/**
 * What reaches a step: a body, stamped at the turn. Every event that reaches a turn is journaled verbatim,
 * so folding the journal gives the same states again, byte for byte.
 */
export type Event = Stamp & EventBody;

/** What the turn adds to a message's body before the step sees it. */
export interface Stamp {
  /** Unique within the instance; a client's own id, or the id of the message that carried the event. */
  readonly id: string;
  readonly instance: string;
  /** The revision that this event makes; effects are numbered `<revision>.<index>`. */
  readonly revision: number;
  /** Milliseconds since 1970 by the store's clock; never goes backwards within an instance. */
  readonly at: number;
  /** Randomness stamped by the store when the message was accepted: all chance derives from it (rule 5). */
  readonly seed: string;
}

export type EventBody =
  | StartEvent
  | SignalEvent
  | TaskSucceededEvent
  | TaskFailedEvent
  | TaskHeartbeatEvent
  | TimerFiredEvent
  | ChildEndedEvent
  | GatheredEvent
  | ContinueEvent
  | StopEvent
  | RedriveEvent
  | MigrateEvent;

/** The first event of every instance. */
export interface StartEvent {
  readonly type: 'start';
  readonly machine: string;
  readonly input: Json;
  /** The part of the definition that it runs; all of it if absent. */
  readonly part?: string;
  readonly versions?: Versions;
}

/**
 * The machines that an instance may invoke, itself or through those that it invokes, and by machine the hash of the
 * definition that was the newest when it began: those it invokes, whatever is published later.
 */
export type Versions = Readonly<Record<string, string>>;

/** An event by name, from outside or from another instance. */
export interface SignalEvent {
  readonly type: 'signal';
  readonly name: string;
  readonly data?: Json;
  /** The instance that sent it, if one did. */
  readonly from?: string;
  /** What that instance knows it by. */
  readonly sendId?: string;
}

/** The answer to a task effect that went well. */
export interface TaskSucceededEvent {
  readonly type: 'task.succeeded';
  readonly effect: string;
  readonly output: Json;
  /** When the handler began, milliseconds since 1970. */
  readonly startedAt?: number;
}

/** The answer to a task effect that did not. `error` is a name, `cause` a text for people. */
export interface TaskFailedEvent {
  readonly type: 'task.failed';
  readonly effect: string;
  readonly error: string;
  readonly cause: string;
  readonly startedAt?: number;
}

/** A task that is answered from outside is still worked on. No answer: the effect goes on waiting. */
export interface TaskHeartbeatEvent {
  readonly type: 'task.heartbeat';
  readonly effect: string;
}

/** The answer to a timer effect. */
export interface TimerFiredEvent {
  readonly type: 'timer.fired';
  readonly effect: string;
}

/** The answer to a spawn effect: what became of the child. `error` and `cause` where it did not succeed. */
export interface ChildEndedEvent {
  readonly type: 'child.ended';
  readonly effect: string;
  readonly child: string;
  readonly status: Status;
  readonly output: Json;
  readonly error?: string;
  readonly cause?: string;
}

/** The error of a child that never began, since there is no machine of that name. */
export const UNKNOWN_MACHINE = 'UnknownMachine';

/** The answer to a gather effect. Fewer results than were asked for: no more fitted. */
export interface GatheredEvent {
  readonly type: 'gathered';
  readonly effect: string;
  readonly results: readonly ChildResult[];
}

/** What became of a child of a group. Of one that succeeded there is no more than its output, unless details were asked for. */
export interface ChildResult {
  readonly index: number;
  readonly status: Status;
  readonly output: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly input?: Json;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  readonly endedAt?: number;
}

/** Asked for by a step that stopped at a limit counted within its one event (rule 6). */
export interface ContinueEvent {
  readonly type: 'continue';
}

/** Someone ends the instance from outside: it becomes `stopped`, and what it waited for is cancelled. */
export interface StopEvent {
  readonly type: 'stop';
  readonly error?: string;
  readonly cause?: string;
}

/** Someone lets an instance go on that failed, or ended otherwise without success, from where it did. */
export interface RedriveEvent {
  readonly type: 'redrive';
  /** By effect id, what that which is to be done again was given; of a start that failed, under `start`. */
  readonly inputs: Readonly<Record<string, Json>>;
}

/** The instance is taken over to another version of its machine: what is folded after it, is folded by that. */
export interface MigrateEvent {
  readonly type: 'migrate';
  readonly from: Edition;
  readonly to: Edition;
  /** In place of those that it began with. */
  readonly versions?: Versions;
}

/** A definition, as an event names it. */
export interface Edition {
  readonly definition: string;
  readonly version: number;
}

/** The effect that an event answers, if it is an answer. */
export function answeredEffect(event: EventBody): string | undefined {
  switch (event.type) {
    case 'task.succeeded':
    case 'task.failed':
    case 'timer.fired':
    case 'child.ended':
    case 'gathered':
      return event.effect;
    default:
      return undefined;
  }
}
