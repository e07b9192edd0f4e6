import type { MachineEvent } from './machine-event.js';

/**
 * What a pure transition wants to have happen: an effect before an instance has numbered it. A `key` names
 * what is waited for by the event that answers it: `xstate.done.actor.<key>` and `xstate.error.actor.<key>` for
 * what is invoked, the key itself for a delay.
 */
export type MachineEffect =
  | ActionEffect
  | InvokeEffect
  | SpawnEffect
  | DelayEffect
  | HeldEffect
  | SignalEffect
  | EmitEffect
  | LogEffect
  | EndEffect;

/** An action that nobody waits for. `input` is its params, or `{ context, event }` where it has none. */
export interface ActionEffect {
  readonly type: 'task';
  readonly ask: false;
  readonly name: string;
  readonly input: unknown;
}

/** An invoked task, answered by an event. */
export interface InvokeEffect {
  readonly type: 'task';
  readonly ask: true;
  readonly key: string;
  readonly name: string;
  readonly input: unknown;
  readonly timeoutMs?: number;
  readonly heartbeatMs?: number;
  /** Where it is tried again: how often each `retry` was made use of. */
  readonly used?: readonly number[];
}

/** An invoked machine, answered by an event at its end. */
export interface SpawnEffect {
  readonly type: 'spawn';
  readonly key: string;
  readonly machine: string;
  readonly input: unknown;
  /** As of a task. */
  readonly used?: readonly number[];
}

/** A state's delay. */
export interface DelayEffect {
  readonly type: 'timer';
  readonly key: string;
  readonly delayMs: number;
}

/** An event that is held back: for the machine itself, or to be sent then. */
export interface HeldEffect {
  readonly type: 'hold';
  /** By which it can be cancelled. */
  readonly key?: string;
  readonly delayMs: number;
  readonly event: { readonly raise: MachineEvent } | { readonly send: SignalEffect };
}

/**
 * An event for another instance, by its id, or by what it is to this one: `#_parent`, `#_self`, or `#_` and the id under
 * which it was invoked.
 */
export interface SignalEffect {
  readonly type: 'send';
  readonly to: string;
  readonly name: string;
  readonly data?: unknown;
  /** What the sender knows it by, where the receiver is to see that. */
  readonly sendId?: string;
}

/** Told to those who watch. */
export interface EmitEffect {
  readonly type: 'emit';
  readonly event: MachineEvent;
}

export interface LogEffect {
  readonly type: 'log';
  readonly label?: string;
  readonly value?: unknown;
}

/** What a state waited for that was left; or, of kind `event`, what was held back. */
export interface EndEffect {
  readonly type: 'cancel';
  readonly kind: 'task' | 'timer' | 'child' | 'event';
  readonly key: string;
}

/** What is to oneself, to one's parent, or to whom one invoked begins with this. */
export const RELATIVE = '#_';
export const SELF = '#_self';
export const PARENT = '#_parent';

/** Shared by all transitions without effects. */
export const NO_EFFECTS: readonly MachineEffect[] = Object.freeze([]);
