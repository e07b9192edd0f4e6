import type { Versions } from '../core/event.js';
import { copyJson, type Json, type JsonObject } from '../core/json.js';
import type { StatechartProgram } from './compile.js';
import type { Configuration, StateSpace, StateValue } from './configuration.js';
import { type HistoryValue, historyAt } from './history-value.js';
import type { MachineEvent } from './machine-event.js';
import { configurationAt } from './state-value.js';

/** What an instance of a statechart keeps: plain JSON, and no more than it needs. */
export interface StoredState {
  /** As XState writes it; null if the first macrostep failed. */
  readonly value: StateValue | null;
  readonly context: Json;
  /** What the history states remember; absent where they remember nothing. */
  readonly history?: HistoryValue;
  /** By effect id, what is waited for; absent where nothing is. */
  readonly pending?: Readonly<Record<string, Pending>>;
  /** Of the machines that it may invoke, those that it began with; absent where it invokes none. */
  readonly versions?: Versions;
  readonly output?: Json;
  /** Why it failed, or was stopped. */
  readonly error?: { readonly error: string; readonly cause: string };
  readonly stopped?: true;
  /** Of one that failed: what it waited for, by effect; when; and the good answer that it could not take. */
  readonly waits?: Readonly<Record<string, Pending>>;
  readonly failedAt?: number;
  readonly answer?: { readonly effect: string; readonly output: Json };
}

/**
 * What was invoked, by its id: a task, one that is tried again then, or another machine; a state's delay, by the name of its event; or an event that is
 * held back, to be raised or sent then, by the id that it can be cancelled by.
 */
export type Pending =
  | ({ readonly task: string } & Partial<Retrying>)
  | ({ readonly retry: string; readonly dueAt: number } & Retrying)
  /** `left`: it was told to stop, and only a good end of its own is still of interest. */
  | ({ readonly child: string; readonly left?: true } & Partial<Retrying>)
  | { readonly timer: string; readonly dueAt: number }
  | (Held & { readonly id?: string; readonly dueAt: number });

/** Of what is tried again: what it is given, and by `retry`, how often each was made use of; of a machine, its name. */
export interface Retrying {
  readonly machine?: string;
  readonly input: Json;
  readonly used: readonly number[];
}

/** An event that is held back, as it was given. */
export type Held =
  | { readonly raise: MachineEvent }
  | {
      readonly send: {
        readonly to: string;
        readonly name: string;
        readonly data?: Json;
        readonly sendId?: string;
      };
    };

export function storedState(state: Json): StoredState {
  return state as unknown as StoredState;
}

export function asJson(state: StoredState): Json {
  return state as unknown as JsonObject;
}

/** Where a kept state stands. A state that this definition does not have is a bug of whoever kept it. */
export function configurationOf(space: StateSpace, { value, history }: StoredState): Configuration {
  const remembered = historyAt(space, history);
  const configuration = remembered && configurationAt(space, value, remembered);
  if (configuration === undefined) {
    throw new Error(
      `the definition has no state ${JSON.stringify(value)}, or no history ${JSON.stringify(history)}`,
    );
  }
  return configuration;
}

/** A context as guards and assigns are given it, beside the one that is kept. */
export interface LentContext {
  readonly lent: JsonObject;
  readonly kept: Json;
}

/**
 * What is kept, for guards and assigns; the machine learns its fields. Functions get a copy: what they change in place without
 * giving it back must not be found in the state, where events that are folded together would see it, and others would not.
 */
export function contextOf(
  { shape, hasFunctions }: Pick<StatechartProgram, 'shape' | 'hasFunctions'>,
  { context }: StoredState,
): LentContext {
  shape.meet(context as JsonObject);
  return { kept: context, lent: (hasFunctions ? copyJson(context) : context) as JsonObject };
}
