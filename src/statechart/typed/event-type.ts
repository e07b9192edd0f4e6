/** An event in a program: its type, and whatever comes with it. */
export interface EventObject {
  readonly type: string;
}

/** Any event; what comes with it is unknown until it is looked at. */
export interface AnyEvent extends EventObject {
  readonly [key: string]: unknown;
}

/** What `type<T>()` gives: a type, and as a value the JSON Schema that allows everything. */
export interface Type<T> {
  readonly '~type'?: T;
}

/**
 * A type where a value is wanted, for `events: { ADD: type<{ by: number }>() }`.
 *
 * @example
 * type<{ by: number }>(); // => {}
 */
export function type<T>(): Type<T> {
  return {};
}

/** The union of the events of a map: `{ ADD: type<{ by: number }>(), PAUSE: {} }`. */
export type EventsOf<TEvents> = {
  [K in keyof TEvents & string]: { readonly type: K } & PayloadOf<TEvents[K]>;
}[keyof TEvents & string];

// biome-ignore lint/complexity/noBannedTypes: nothing comes with the event
type PayloadOf<T> = T extends { readonly '~type'?: infer P } ? (unknown extends P ? {} : P) : {};

/** The end of a state, or of what was invoked. */
export interface DoneEvent<TOutput = unknown> {
  readonly type: `xstate.done.${string}`;
  readonly output: TOutput;
}

/** What was invoked has failed. */
export interface FailedEvent {
  readonly type: `xstate.error.${string}`;
  readonly error: { readonly name: string; readonly message: string };
}

/** An event that the machine makes for itself, taken by its name. */
export interface SystemEvent {
  readonly type: `xstate.${string}` | 'error.execution';
  readonly output?: unknown;
  readonly error?: unknown;
}

/** What may stand as a key of `on`: names, `*`, `name.*`, and the names of the machine's own events. */
export type EventDescriptor<TEvent extends EventObject> = string extends TEvent['type']
  ? string
  : TEvent['type'] | '*' | Prefixes<TEvent['type']> | SystemEvent['type'];

type Prefixes<T extends string> = T extends `${infer Head}.${infer Rest}`
  ? `${Head}.*` | `${Head}.${Prefixes<Rest>}`
  : never;

/** The events that a key of `on` takes. */
export type EventFor<TEvent extends EventObject, TDescriptor> = [TEvent] extends [never]
  ? TEvent
  : string extends TEvent['type']
    ? TEvent
    : TDescriptor extends '*'
      ? TEvent
      : TDescriptor extends `${infer Prefix}.*`
        ? Extract<TEvent, { readonly type: Prefix | `${Prefix}.${string}` }>
        : TDescriptor extends TEvent['type']
          ? Extract<TEvent, { readonly type: TDescriptor }>
          : SystemEvent;
