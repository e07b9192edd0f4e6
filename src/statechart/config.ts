import type { Json } from '../core/json.js';
import type {
  AnyEvent,
  DoneEvent,
  EventDescriptor,
  EventFor,
  EventObject,
  FailedEvent,
} from './typed/event-type.js';
import type { Expression, List, ScopeOf, Text } from './typed/shape.js';
import type { AnyWords, DelayOf, Named, OutputOf, Words } from './typed/words.js';

export type { AnyEvent, EventObject } from './typed/event-type.js';
export type { Expression, ScopeOf } from './typed/shape.js';

/**
 * A machine as it is written, in the shape of XState v5. Wherever data stands, a text `{% … %}` is a JSONata
 * expression over `{ context, event }`; wherever a function stands, so may an expression.
 */
export interface MachineConfig<
  TContext,
  TEvent extends EventObject = AnyEvent,
  TWords extends Words = AnyWords,
> extends RootConfig<TContext, TEvent, TWords> {
  /** What the machine starts with: an object, which may hold expressions over `{ input }`, or a function. */
  readonly context?: TContext | ((arg: { readonly input: unknown }) => TContext);
  /** For the compiler only: `types: {} as { events: … }`. Nothing of it is kept. */
  readonly types?: { readonly context?: TContext; readonly events?: TEvent };
}

/** The state that a machine is, with what only a machine has. */
export interface RootConfig<TContext, TEvent extends EventObject, TWords extends Words = AnyWords>
  extends StateConfig<TContext, TEvent, TWords> {
  readonly context?: unknown;
  readonly types?: object;
  /** What comes with each event: a JSON Schema, which engines hold it to, or `type<…>()`, for the compiler only. */
  readonly events?: unknown;
  /** What becomes of an event that nothing takes: `ignore` if absent. */
  readonly onUnhandled?: 'ignore' | 'reject';
  /** What becomes of a macrostep in which something fails that no transition takes: `undo` if absent. */
  readonly onStepError?: 'undo' | 'continue';
  readonly version?: string;
  /** By name, for `after`, `timeout` and events that are held back: a duration, or what gives one. */
  readonly delays?: {
    readonly [name: string]: string | number | ((scope: ScopeOf<TContext, TEvent>) => string | number);
  };
  /** Paths into the context, data of events, input and output that nobody is shown: `card.number`. */
  readonly sensitive?: string | readonly string[];
  /** JSON Schemas of the input and the context. */
  readonly schemas?: { readonly input?: Json; readonly context?: Json };
  /** How instances of earlier versions move over; `true` where all of it stays as it stands. */
  readonly migrate?: true | MigrationConfig<TContext> | readonly (true | MigrationConfig<TContext>)[];
}

/** How instances of earlier versions of a machine move over to this one. */
export interface MigrationConfig<TContext> {
  /** Versions: the number that the store gave, or a definition's own `version`, or its hash. Any, if absent. */
  readonly from?: number | string | readonly (number | string)[];
  /** Where a state's instances go: by path from the root, `path.*` for all below it; null where nothing takes its place. */
  readonly states?: Readonly<Record<string, string | null>>;
  /** Fields that are set; or an expression, `{% … %}`, or a function, that gives the context as a whole. */
  readonly context?:
    | string
    | { readonly [K in keyof TContext]?: TContext[K] | string | ((scope: EarlierScope) => TContext[K]) }
    | ((scope: EarlierScope) => TContext);
  readonly description?: string;
}

/** What a migration sees: the context as the earlier version left it. */
export interface EarlierScope {
  readonly context: Readonly<Record<string, unknown>>;
}

export interface StateConfig<TContext, TEvent extends EventObject, TWords extends Words = AnyWords> {
  readonly id?: Text;
  readonly type?: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly initial?:
    | Text
    | { readonly target: Text | readonly Text[]; readonly actions?: Actions<TContext, TEvent, TWords> };
  readonly states?: { readonly [key: string]: StateConfig<TContext, TEvent, TWords> };
  /** By event name, `name.*` or `*`. */
  readonly on?: {
    readonly [K in EventDescriptor<TEvent>]?: Transitions<TContext, EventFor<TEvent, K>, TWords> | undefined;
  };
  /** Taken as soon as their guard allows. */
  readonly always?: Transitions<TContext, TEvent, TWords>;
  /** By duration: `1000` (milliseconds), `30s`, `1h30m`; or by the name of a delay. */
  readonly after?: { readonly [delay: string | number]: Transitions<TContext, TEvent, TWords> };
  /** Taken when a final child was entered; `event.output` is the child's. */
  readonly onDone?: Transitions<TContext, DoneEvent, TWords>;
  /** How long it may stay there, from when it was entered; then `onTimeout` is taken. */
  readonly timeout?: string | number;
  readonly onTimeout?: Transitions<TContext, TEvent, TWords>;
  /** Of a history state: `shallow` if absent. */
  readonly history?: 'shallow' | 'deep';
  /** Of a history state: where it leads while nothing is remembered. */
  readonly target?: Text | readonly Text[];
  readonly entry?: Actions<TContext, TEvent, TWords>;
  readonly exit?: Actions<TContext, TEvent, TWords>;
  readonly invoke?: InvokedBy<TContext, TEvent, TWords> | List<InvokedBy<TContext, TEvent, TWords>>;
  /** Of a final state, and of the machine. */
  readonly output?: Data<TContext, TEvent>;
  readonly tags?: TWords['tag'] | Text | List<TWords['tag'] | Text>;
  readonly description?: string;
  readonly meta?: Json;
}

/** Data, which may hold expressions, or a function that gives it. */
export type Data<TContext, TEvent> = Json | ((scope: ScopeOf<TContext, TEvent>) => unknown);

/** A target, a transition, or several that are tried in order. */
export type Transitions<TContext, TEvent extends EventObject, TWords extends Words = AnyWords> =
  | Text
  | TransitionConfig<TContext, TEvent, TWords>
  | List<Text | TransitionConfig<TContext, TEvent, TWords>>;

export interface TransitionConfig<TContext, TEvent extends EventObject, TWords extends Words = AnyWords> {
  /** A sibling, `.child`, `#id`, or a path of keys, or several that are entered at once; without it the state stays as it is. */
  readonly target?: Text | readonly Text[] | undefined;
  readonly guard?: GuardConfig<TContext, TEvent, TWords>;
  /** Done before the actions; every field is computed from the context before it. */
  readonly assign?: Assignment<TContext, TEvent>;
  readonly actions?: Actions<TContext, TEvent, TWords>;
  /** Whether the source is left and entered again. */
  readonly reenter?: boolean;
  readonly description?: string;
  readonly meta?: Json;
}

/** An expression, the name of an implementation, a name with params, or a function. */
export type GuardConfig<TContext, TEvent, TWords extends Words = AnyWords> =
  | Expression
  | Named<TContext, TEvent, TWords['guards']>
  | { readonly and: readonly GuardConfig<TContext, TEvent, TWords>[] }
  | { readonly or: readonly GuardConfig<TContext, TEvent, TWords>[] }
  | { readonly not: GuardConfig<TContext, TEvent, TWords> }
  /** Whether a state is active: `#id`, or a path from the root. */
  | { readonly in: Text }
  | GuardFunction<TContext, TEvent>
  | BuiltGuard<TContext, TEvent>;

export interface GuardFunction<TContext, TEvent, TParams = unknown> {
  (scope: ScopeOf<TContext, TEvent>, params: TParams): boolean;
  /** What a builder gave is something else. */
  readonly built?: undefined;
}

export type Actions<TContext, TEvent extends EventObject, TWords extends Words = AnyWords> =
  | ActionConfig<TContext, TEvent, TWords>
  | List<ActionConfig<TContext, TEvent, TWords>>;

export type ActionConfig<TContext, TEvent extends EventObject, TWords extends Words = AnyWords> =
  | Named<TContext, TEvent, TWords['actions']>
  | AssignConfig<TContext, TEvent>
  | {
      readonly raise:
        | TWords['event']['type']
        | Text
        | (Raised<TContext, TEvent, TWords['event']> & HeldBack<TContext, TEvent, TWords>);
    }
  | {
      readonly send: Raised<TContext, TEvent, EventObject> &
        HeldBack<TContext, TEvent, TWords> & {
          /**
           * An instance; `#_parent`; or `#_` and the id of what was invoked. The machine's own mailbox if absent, behind
           * what waits there.
           */
          readonly to?: string | ((scope: ScopeOf<TContext, TEvent>) => string);
        };
    }
  /** Takes back what is held back under this id. */
  | { readonly cancel: string | ((scope: ScopeOf<TContext, TEvent>) => string) }
  /** Told to those who watch. */
  | { readonly emit: string | Raised<TContext, TEvent, TWords['emitted']> }
  | {
      readonly log:
        | Data<TContext, TEvent>
        | { readonly label?: string; readonly value?: Data<TContext, TEvent> };
    }
  /** The actions of the first branch whose guard allows it. */
  | { readonly choose: readonly Branch<TContext, TEvent, TWords>[] }
  | ActionFunction<TContext, TEvent>
  | BuiltAction<TContext, TEvent, TWords['event'], TWords['emitted']>;

type Raised<TContext, TEvent, TRaised extends EventObject> =
  | { readonly type: TRaised['type'] | Text; readonly data?: Data<TContext, TEvent> }
  /** The whole event, as programs write theirs: `{ type, … }`. */
  | { readonly event: TRaised | Expression | ((scope: ScopeOf<TContext, TEvent>) => TRaised) };

interface HeldBack<TContext, TEvent, TWords extends Words> {
  /** How long the event is held back: milliseconds, `30s`, the name of a delay, or what gives one of these. */
  readonly delay?: DelayOf<TContext, TEvent, TWords>;
  /** By which it can be cancelled in the meantime. */
  readonly id?: string;
}

export interface Branch<TContext, TEvent extends EventObject, TWords extends Words = AnyWords> {
  readonly guard?: GuardConfig<TContext, TEvent, TWords>;
  readonly assign?: Assignment<TContext, TEvent>;
  readonly actions?: Actions<TContext, TEvent, TWords>;
}

/** Runs after the commit, at least once; it cannot change the context. */
export interface ActionFunction<TContext, TEvent, TParams = unknown> {
  (scope: ScopeOf<TContext, TEvent>, params: TParams, info: unknown): unknown;
  /** What a builder gave is something else. */
  readonly built?: undefined;
}

export interface AssignConfig<TContext, TEvent, TParams = unknown> {
  readonly assign: Assignment<TContext, TEvent, TParams>;
}

/**
 * What a builder (`assign`, `raise`, `and`, …) gives. It is a function for the compiler's sake, which infers the types of
 * context and event only from where a function is wanted; it is never called.
 */
export interface BuiltAction<
  TContext,
  TEvent,
  TRaised extends EventObject = EventObject,
  TEmitted extends EventObject = EventObject,
  TParams = unknown,
> {
  (scope: ScopeOf<TContext, TEvent>, params: TParams, info: unknown): unknown;
  /** The action as it is written in a definition. */
  readonly built: object;
  /** Carry types; they have no value. */
  readonly raised?: TRaised;
  readonly emitted?: TEmitted;
}

export interface BuiltGuard<TContext, TEvent, TParams = unknown> {
  (scope: ScopeOf<TContext, TEvent>, params: TParams): boolean;
  readonly built: object;
}

/** What is unknown is still something, beside which a function can be told. */
type Value<T> = unknown extends T ? object | string | number | boolean | null | undefined : T;

/** Fields with data, expressions or functions; or one function that gives several fields. */
export type Assignment<TContext, TEvent, TParams = unknown> =
  | {
      readonly [K in keyof TContext]?:
        | Value<TContext[K]>
        | Expression
        | ((scope: ScopeOf<TContext, TEvent>, params: TParams) => TContext[K]);
    }
  | ((scope: ScopeOf<TContext, TEvent>, params: TParams) => Partial<TContext>);

/** What may be invoked: of declared actors, each with the events that its output makes. */
type InvokedBy<
  TContext,
  TEvent extends EventObject,
  TWords extends Words,
> = string extends keyof TWords['actors']
  ? InvokeConfig<TContext, TEvent, TWords>
  :
      | {
          [K in keyof TWords['actors'] & string]: InvokeConfig<
            TContext,
            TEvent,
            TWords,
            OutputOf<TWords['actors'][K]>
          > & { readonly src: K };
        }[keyof TWords['actors'] & string]
      | (InvokeConfig<TContext, TEvent, TWords> & { readonly src?: never; readonly machine: string });

/** What is invoked, whoever carries it out: a task by its name, or another machine. */
export interface InvokeConfig<
  TContext,
  TEvent extends EventObject,
  TWords extends Words = AnyWords,
  TOutput = unknown,
> {
  /** The name, or ARN, that a handler is registered under. */
  readonly src?: string;
  /** Another machine, instead of a task: it lives for as long as the state is active, and ends in `onDone` or `onError`. */
  readonly machine?: string;
  /** Events from outside that are sent on to the machine: `true` for all, or their names. */
  readonly forward?: boolean | string | readonly string[];
  readonly id?: string;
  readonly input?: Data<TContext, TEvent>;
  /** From the invocation to the answer; past it the task fails with `Timeout`. */
  readonly timeout?: string | number;
  /** The longest silence of the task's handler; past it the task fails with `HeartbeatTimeout`. */
  readonly heartbeat?: string | number;
  /** How it is tried again when it fails: attempts in all, or more about it; of several the first that takes the error. */
  readonly retry?: number | RetryConfig | readonly (number | RetryConfig)[];
  readonly onDone?: Transitions<TContext, DoneEvent<TOutput>, TWords>;
  /** Without it, a failed task fails the machine; `event.error` is `{ name, message }`. */
  readonly onError?: Transitions<TContext, FailedEvent, TWords>;
  readonly description?: string;
  readonly meta?: Json;
}

/** How a task is tried again. */
export interface RetryConfig {
  /** In all, the first included: 3 if absent. */
  readonly attempts?: number;
  /** Before the second: `1s` if absent. Each further pause is `backoff` times longer (2 if absent), up to `maxDelay`. */
  readonly delay?: string | number;
  readonly backoff?: number;
  readonly maxDelay?: string | number;
  /** Whether a pause is of any length up to that. */
  readonly jitter?: boolean;
  /** Names of errors; any, if absent. */
  readonly errors?: string | readonly string[];
}

/** The functions that a machine refers to by name. */
export interface MachineImplementations<
  TContext,
  TEvent extends EventObject,
  TGuards = { readonly [name: string]: unknown },
  TActions = { readonly [name: string]: unknown },
> {
  /** Journaled with every event that they step; instances that began with it are stepped by no other version. */
  readonly version?: string;
  /** Earlier versions whose instances this one steps as well. */
  readonly compatible?: readonly string[];
  readonly guards?: { readonly [K in keyof TGuards]: GuardImplementation<TContext, TEvent, TGuards[K]> };
  /** A function is an effect after the commit; `assign({ … })` is run in the step. */
  readonly actions?: { readonly [K in keyof TActions]: ActionImplementation<TContext, TEvent, TActions[K]> };
}

export type GuardImplementation<TContext, TEvent, TParams = unknown> =
  | GuardFunction<TContext, TEvent, TParams>
  | BuiltGuard<TContext, TEvent, TParams>;

export type ActionImplementation<
  TContext,
  TEvent,
  TParams = unknown,
  TRaised extends EventObject = EventObject,
  TEmitted extends EventObject = EventObject,
> =
  | ActionFunction<TContext, TEvent, TParams>
  | BuiltAction<TContext, TEvent, TRaised, TEmitted, TParams>
  | AssignConfig<TContext, TEvent, TParams>;
