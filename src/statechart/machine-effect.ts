/**
 * What a pure transition wants to have happen: an effect before an instance has numbered it. A `key` names
 * what is waited for by the event that answers it: `xstate.done.actor.<key>` and `xstate.error.actor.<key>` for
 * a task, the key itself for a timer.
 */
export type MachineEffect = ActionEffect | InvokeEffect | DelayEffect | SignalEffect | EndEffect;

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
}

export interface DelayEffect {
  readonly type: 'timer';
  readonly key: string;
  readonly delayMs: number;
}

/** An event for another instance. */
export interface SignalEffect {
  readonly type: 'send';
  readonly to: string;
  readonly name: string;
  readonly data?: unknown;
}

/** A task or timer whose state was left. */
export interface EndEffect {
  readonly type: 'cancel';
  readonly kind: 'task' | 'timer';
  readonly key: string;
}

/** Shared by all transitions without effects. */
export const NO_EFFECTS: readonly MachineEffect[] = Object.freeze([]);
