import type { Versions } from './event.js';
import type { Json } from './json.js';

/**
 * What must happen after the commit. A step returns effects as data and never causes anything itself.
 * Its id is `<revision>.<index>`, never reused; an effect that asks is answered by exactly one event that
 * carries the id.
 */
export type Effect = TaskEffect | TimerEffect | SendEffect | SpawnEffect | GatherEffect | CancelEffect;

/** Work for a handler; answered by task.succeeded or task.failed if it asks, by nothing if it does not. */
export interface TaskEffect {
  readonly type: 'task';
  readonly id: string;
  /** The name, or ARN, that handlers are registered under. */
  readonly name: string;
  readonly input: Json;
  /** False for an action that nobody waits for. */
  readonly ask: boolean;
  /** From the effect to the answer, waiting for a worker included; TASK_DEADLINE_MS if absent. */
  readonly timeoutMs?: number;
  /** The longest silence of a handler; none if absent. */
  readonly heartbeatMs?: number;
  /** Where workers look for it; DEFAULT_QUEUE if absent. */
  readonly queue?: string;
  /** 1 first; DEFAULT_PRIORITY if absent. */
  readonly priority?: number;
}

/** Answered by timer.fired, never before `dueAt` (milliseconds since 1970). */
export interface TimerEffect {
  readonly type: 'timer';
  readonly id: string;
  readonly dueAt: number;
  /** What it can be found by until then, from `correlationOf`. */
  readonly subject?: string;
}

/** A signal to another instance, or to itself. Not answered. */
export interface SendEffect {
  readonly type: 'send';
  readonly id: string;
  readonly to: string;
  readonly name: string;
  readonly data?: Json;
  /** What the sender knows it by, where the receiver is to see that. */
  readonly sendId?: string;
}

/**
 * A child instance, named `<instance>/<id>/0`, or `<instance>/<group>/<index>` where it is one of a group. Answered by
 * child.ended, which carries the group in place of the id.
 */
export interface SpawnEffect {
  readonly type: 'spawn';
  readonly id: string;
  readonly machine: string;
  /** The effect that its group is known by, and its place in it: many steps may spawn children of one group. */
  readonly group?: string;
  readonly index?: number;
  /**
   * It runs this part of its parent's own definition, whatever is published since; what a part is, is the language's
   * affair. The machine is the parent's.
   */
  readonly part?: string;
  /** By which its version is found, and those of what it invokes in turn; what is not in it, is the newest at the turn. */
  readonly versions?: Versions;
  readonly input: Json;
  /** It is kept, and deleted, on its own: not with its parent. */
  readonly detached?: boolean;
}

/**
 * What children of groups came to, which their parent does not keep; answered by `gathered`, with as many of them as
 * fit, in the order asked for. They must have ended.
 */
export interface GatherEffect {
  readonly type: 'gather';
  readonly id: string;
  readonly children: readonly ChildPlace[];
  /** Bytes (UTF-8, as JSON text) of all results together. The first comes whatever it takes. */
  readonly limitBytes: number;
  /** Whether those that succeeded come with more than their output. */
  readonly detailed: boolean;
}

/** A child of a group. */
export interface ChildPlace {
  /** The effect; of a child's own children that child comes before it: `<effect>/<index>/<its effect>`. */
  readonly group: string;
  readonly index: number;
}

/** What a step no longer waits for. It only saves work: a late answer would be ignored anyway (rule 2). */
export interface CancelEffect {
  readonly type: 'cancel';
  readonly id: string;
  readonly target: string;
  /** A child is asked to stop; its end is still answered. */
  readonly kind: 'task' | 'timer' | 'child';
  /** Of a timer that has one. */
  readonly subject?: string;
  /** The places of the children in the group that is the target; of the one that has no group, 0. */
  readonly indexes?: readonly number[];
}

/**
 * Numbers the effects of one step.
 *
 * @example
 * const nextId = effectNumbering(3);
 * nextId(); // => '3.0'
 * nextId(); // => '3.1'
 */
export function effectNumbering(revision: number): () => string {
  let index = 0;
  return () => `${revision}.${index++}`;
}
