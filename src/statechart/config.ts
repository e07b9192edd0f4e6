import type { Json } from '../core/json.js';

/** An event in a program: its type, and whatever comes with it. */
export interface EventObject {
  readonly type: string;
}

/** Any event; what comes with it is unknown until it is looked at. */
export interface AnyEvent extends EventObject {
  readonly [key: string]: unknown;
}

/** What functions of a machine are given. */
export interface ScopeOf<TContext, TEvent> {
  readonly context: TContext;
  readonly event: TEvent;
}

/**
 * A machine as it is written, in the shape of XState v5. Wherever data stands, a text `{% … %}` is a JSONata
 * expression over `{ context, event }`; wherever a function stands, so may an expression.
 */
export interface MachineConfig<TContext, TEvent extends EventObject> extends StateConfig<TContext, TEvent> {
  /** What the machine starts with: an object, which may hold expressions over `{ input }`, or a function. */
  readonly context?: TContext | ((arg: { readonly input: unknown }) => TContext);
  /** What becomes of an event that nothing takes: `ignore` if absent. */
  readonly onUnhandled?: 'ignore' | 'reject';
  /** What becomes of a macrostep in which something fails that no transition takes: `undo` if absent. */
  readonly onStepError?: 'undo' | 'continue';
  readonly version?: string;
  /** Paths into the context, data of events, input and output that nobody is shown: `card.number`. */
  readonly sensitive?: string | readonly string[];
  /** How instances of earlier versions move over; `true` where all of it stays as it stands. */
  readonly migrate?: true | MigrationConfig<TContext> | readonly (true | MigrationConfig<TContext>)[];
  /** For the compiler only: `types: {} as { events: … }`. Nothing of it is kept. */
  readonly types?: { readonly context?: TContext; readonly events?: TEvent };
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

export interface StateConfig<TContext, TEvent extends EventObject> {
  readonly id?: string;
  readonly type?: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly initial?:
    | string
    | { readonly target: string | readonly string[]; readonly actions?: Actions<TContext, TEvent> };
  readonly states?: Readonly<Record<string, StateConfig<TContext, TEvent>>>;
  /** By event name, `name.*` or `*`. */
  readonly on?: Readonly<Record<string, Transitions<TContext, TEvent> | undefined>>;
  /** Taken as soon as their guard allows. */
  readonly always?: Transitions<TContext, TEvent>;
  /** By duration: `1000` (milliseconds), `30s`, `1h30m`. */
  readonly after?: Readonly<Record<string | number, Transitions<TContext, TEvent>>>;
  /** Taken when a final child was entered; `event.output` is the child's. */
  readonly onDone?: Transitions<TContext, TEvent>;
  /** How long it may stay there, from when it was entered; then `onTimeout` is taken. */
  readonly timeout?: string | number;
  readonly onTimeout?: Transitions<TContext, TEvent>;
  /** Of a history state: `shallow` if absent. */
  readonly history?: 'shallow' | 'deep';
  /** Of a history state: where it leads while nothing is remembered. */
  readonly target?: string | readonly string[];
  readonly entry?: Actions<TContext, TEvent>;
  readonly exit?: Actions<TContext, TEvent>;
  readonly invoke?: InvokeConfig<TContext, TEvent> | readonly InvokeConfig<TContext, TEvent>[];
  /** Of a final state, and of the machine. */
  readonly output?: Data<TContext, TEvent>;
  readonly tags?: string | readonly string[];
  readonly description?: string;
  readonly meta?: Json;
}

/** Data, which may hold expressions, or a function that gives it. */
export type Data<TContext, TEvent> = Json | ((scope: ScopeOf<TContext, TEvent>) => unknown);

/** A target, a transition, or several that are tried in order. */
export type Transitions<TContext, TEvent extends EventObject> =
  | string
  | TransitionConfig<TContext, TEvent>
  | readonly (string | TransitionConfig<TContext, TEvent>)[];

export interface TransitionConfig<TContext, TEvent extends EventObject> {
  /** A sibling, `.child`, `#id`, or a path of keys, or several that are entered at once; without it the state stays as it is. */
  readonly target?: string | readonly string[];
  readonly guard?: GuardConfig<TContext, TEvent>;
  /** Done before the actions; every field is computed from the context before it. */
  readonly assign?: Assignment<TContext, TEvent>;
  readonly actions?: Actions<TContext, TEvent>;
  /** Whether the source is left and entered again. */
  readonly reenter?: boolean;
  readonly description?: string;
  readonly meta?: Json;
}

/** An expression, the name of an implementation, a name with params, or a function. */
export type GuardConfig<TContext, TEvent> =
  | string
  | { readonly type: string; readonly params?: Json }
  | { readonly and: readonly GuardConfig<TContext, TEvent>[] }
  | { readonly or: readonly GuardConfig<TContext, TEvent>[] }
  | { readonly not: GuardConfig<TContext, TEvent> }
  /** Whether a state is active: `#id`, or a path from the root. */
  | { readonly in: string }
  | GuardFunction<TContext, TEvent>;

export type GuardFunction<TContext, TEvent> = (scope: ScopeOf<TContext, TEvent>, params: unknown) => boolean;

export type Actions<TContext, TEvent extends EventObject> =
  | ActionConfig<TContext, TEvent>
  | readonly ActionConfig<TContext, TEvent>[];

export type ActionConfig<TContext, TEvent extends EventObject> =
  | string
  | { readonly type: string; readonly params?: Data<TContext, TEvent> }
  | BuiltAction<TContext, TEvent>
  | AssignConfig<TContext, TEvent>
  | { readonly raise: string | (Raised<TContext, TEvent> & HeldBack<TContext, TEvent>) }
  | {
      readonly send: Raised<TContext, TEvent> &
        HeldBack<TContext, TEvent> & {
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
  | { readonly emit: string | Raised<TContext, TEvent> }
  | {
      readonly log:
        | Data<TContext, TEvent>
        | { readonly label?: string; readonly value?: Data<TContext, TEvent> };
    }
  /** The actions of the first branch whose guard allows it. */
  | { readonly choose: readonly Branch<TContext, TEvent>[] }
  | ActionFunction<TContext, TEvent>;

type Raised<TContext, TEvent> =
  | { readonly type: string; readonly data?: Data<TContext, TEvent> }
  /** The whole event, as programs write theirs: `{ type, … }`. */
  | { readonly event: Data<TContext, TEvent> };

interface HeldBack<TContext, TEvent> {
  /** How long the event is held back: milliseconds, `30s`, or what gives one of these. */
  readonly delay?: string | number | ((scope: ScopeOf<TContext, TEvent>) => string | number);
  /** By which it can be cancelled in the meantime. */
  readonly id?: string;
}

export interface Branch<TContext, TEvent extends EventObject> {
  readonly guard?: GuardConfig<TContext, TEvent>;
  readonly assign?: Assignment<TContext, TEvent>;
  readonly actions?: Actions<TContext, TEvent>;
}

/** Runs after the commit, at least once; it cannot change the context. */
export type ActionFunction<TContext, TEvent> = (
  scope: ScopeOf<TContext, TEvent>,
  params: unknown,
  info: unknown,
) => unknown;

export interface AssignConfig<TContext, TEvent> {
  readonly assign: Assignment<TContext, TEvent>;
}

/**
 * What a builder (`assign`, `raise`, `and`, …) gives. It is a function for the compiler's sake, which infers the types of
 * context and event only from where a function is wanted; it is never called.
 */
export interface BuiltAction<TContext, TEvent> {
  (scope: ScopeOf<TContext, TEvent>, params: unknown, info: unknown): unknown;
  /** The action as it is written in a definition. */
  readonly built: object;
}

export interface BuiltGuard<TContext, TEvent> {
  (scope: ScopeOf<TContext, TEvent>, params: unknown): boolean;
  readonly built: object;
}

/** Fields with data, expressions or functions; or one function that gives several fields. */
export type Assignment<TContext, TEvent> =
  | {
      readonly [K in keyof TContext]?:
        | TContext[K]
        | string
        | ((scope: ScopeOf<TContext, TEvent>, params: unknown) => TContext[K]);
    }
  | ((scope: ScopeOf<TContext, TEvent>, params: unknown) => Partial<TContext>);

export interface InvokeConfig<TContext, TEvent extends EventObject> {
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
  readonly onDone?: Transitions<TContext, TEvent>;
  /** Without it, a failed task fails the machine; `event.error` is `{ name, message }`. */
  readonly onError?: Transitions<TContext, TEvent>;
  readonly description?: string;
  readonly meta?: Json;
}

/** The functions that a machine refers to by name. */
export interface MachineImplementations<TContext, TEvent extends EventObject> {
  /** Journaled with every event that they step; instances that began with it are stepped by no other version. */
  readonly version?: string;
  /** Earlier versions whose instances this one steps as well. */
  readonly compatible?: readonly string[];
  readonly guards?: Readonly<Record<string, GuardFunction<TContext, TEvent>>>;
  /** A function is an effect after the commit; `assign({ … })` is run in the step. */
  readonly actions?: Readonly<
    Record<
      string,
      ActionFunction<TContext, TEvent> | BuiltAction<TContext, TEvent> | AssignConfig<TContext, TEvent>
    >
  >;
}
