import type { Json, JsonObject } from '../core/json.js';
import type { Configuration, StateSpace, StateValue } from './configuration.js';
import { configurationAt } from './state-value.js';

/** What an instance of a statechart keeps: plain JSON, and no more than it needs. */
export interface StoredState {
  /** As XState writes it; null if the first macrostep failed. */
  readonly value: StateValue | null;
  readonly context: Json;
  /** By effect id, what is waited for; absent where nothing is. */
  readonly pending?: Readonly<Record<string, Pending>>;
  readonly output?: Json;
  /** Why it failed, or was stopped. */
  readonly error?: { readonly error: string; readonly cause: string };
  readonly stopped?: true;
}

/** An invoked task by its id, or a timer by the name of its event. */
export type Pending = { readonly task: string } | { readonly timer: string; readonly dueAt: number };

export function storedState(state: Json): StoredState {
  return state as unknown as StoredState;
}

export function asJson(state: StoredState): Json {
  return state as unknown as JsonObject;
}

/** Where a kept state stands. A state that this definition does not have is a bug of whoever kept it. */
export function configurationOf(space: StateSpace, { value }: StoredState): Configuration {
  const configuration = configurationAt(space, value);
  if (configuration === undefined) {
    throw new Error(`the definition has no state ${JSON.stringify(value)}`);
  }
  return configuration;
}
