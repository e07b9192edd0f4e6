import type { Expression, RootConfig, StateConfig } from '../config.js';
import type { EventDescriptor, EventObject } from './event-type.js';
import type { KeyOf } from './state-tree.js';
import type { NameIn, ParamsFor, Words } from './words.js';

/** What a name should have been; the compiler shows it beside the name that is none of these. */
export interface OneOf<T> {
  readonly 'is one of'?: never;
  readonly '~of': T;
}

/**
 * Where a definition is inferred. It asks nothing, so that what an editor offers inside the definition is what `Checked`
 * asks there, and not what happens to stand there already.
 */
export type Inferred<D> = [D] extends [never] ? D : unknown;

/**
 * Accepts a target or `initial` that is still empty, or no more than `.` or `#`, which `createMachine` refuses when it runs: an
 * error in the call would keep the compiler from inferring definitions with functions, and editors from offering what could
 * stand there. Written as text that is upper and lower case at once, for a literal would itself be offered.
 */
type Blank = Uppercase<string> & Lowercase<string>;

/**
 * What is asked of a definition beyond its shape: itself where it is right, and `OneOf` what is there where it is not. Not
 * `unknown` where it is right: a member that is known hides what index signatures of the shape say of it, and what is
 * written there would lose its literals.
 */
export type Checked<D, TContext, TEvent extends EventObject, TWords extends Words> = {
  // As a remapping, which the compiler does not look through for the types of functions while it infers D.
  [K in keyof D as `${K & string}`]: NoStates extends D
    ? unknown
    : CheckedMember<
        D,
        K,
        Around<Whole<D, TContext, EventDescriptor<TEvent>, TWords>, NoStates>,
        keyof RootConfig<TContext, TEvent>
      >;
};

// biome-ignore lint/complexity/noBannedTypes: no states at all
type NoStates = {};

/** The whole definition, and all that may be named anywhere in it. */
interface Whole<TRoot, TContext, TDescriptor, TWords extends Words> {
  readonly root: TRoot;
  readonly context: TContext;
  readonly descriptor: TDescriptor;
  readonly words: TWords;
  /** Guards and actions of which nothing more need be asked. */
  readonly guard: Expression | PlainlyNamed<TWords['guards']>;
  readonly action: PlainlyNamed<TWords['actions']>;
}

/** What a state is looked at with. */
interface Around<TWhole extends AnyWhole, TSiblings> {
  readonly whole: TWhole;
  readonly siblings: TSiblings;
  readonly descriptor: TWhole['descriptor'];
  readonly key: KeyOf<TSiblings>;
  readonly transition: PlainTransition<KeyOf<TSiblings>, TWhole['guard'], TWhole['action']>;
}

interface AnyWhole {
  readonly root: unknown;
  readonly context: unknown;
  readonly descriptor: unknown;
  readonly words: Words;
  readonly guard: unknown;
  readonly action: unknown;
}

interface AnyAround {
  readonly whole: AnyWhole;
  readonly siblings: unknown;
  readonly descriptor: unknown;
  readonly key: string;
  readonly transition: unknown;
}

/**
 * Transitions that are right as a whole, whatever their functions do: most are, and one look at all of them costs the
 * compiler a tenth of what a look at each of their members does.
 */
interface PlainTransition<TTarget, TGuard, TAction> {
  readonly target?: TTarget;
  readonly guard?: TGuard;
  readonly actions?: TAction | readonly TAction[];
  readonly assign?: AnyFunction;
  readonly reenter?: unknown;
  readonly description?: unknown;
  readonly meta?: unknown;
}

type TransitionKey = keyof PlainTransition<never, never, never>;

type PlainlyNamed<TDeclared> =
  | AnyFunction
  | (string extends keyof TDeclared
      ? string | { readonly type: string }
      :
          | NameIn<TDeclared>
          | { [K in keyof TDeclared]: { readonly type: K } & GivenParams<TDeclared[K]> }[keyof TDeclared]);

type GivenParams<TParams> = undefined extends TParams
  ? { readonly params?: unknown }
  : { readonly params: ParamsFor<TParams> };

type OwnStates<S> = S extends { readonly states: infer Own } ? Own : NoStates;

type StateType = 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

type StateKey = keyof StateConfig<unknown, EventObject>;

/** Where nothing has to be there, it is not this state that is known, but what states look like. */
type CheckedState<S, A extends AnyAround> = NoStates extends S
  ? S
  : { [K in keyof S]: CheckedMember<S, K, A, StateKey> };

type CheckedMember<S, K extends keyof S, A extends AnyAround, TKey> = K extends keyof Members<S, S, A>
  ? Members<S, S[K], A>[K]
  : K extends TKey
    ? S[K]
    : OneOf<TKey>;

/** By the key of a state, what is asked of what stands there; of all other keys nothing is. */
interface Members<S, V, A extends AnyAround> {
  readonly states: CheckedStates<V, A>;
  readonly initial: CheckedInitial<V, OwnStates<S>>;
  readonly on: CheckedOn<V, S, A>;
  readonly after: CheckedAfter<V, S, A>;
  readonly always: CheckedTransitions<V, S, A>;
  readonly onDone: CheckedTransitions<V, S, A>;
  readonly onTimeout: CheckedTransitions<V, S, A>;
  readonly target: CheckedTargets<V, S, A>;
  readonly invoke: CheckedInvokes<V, S, A>;
  readonly entry: CheckedActions<V, A>;
  readonly exit: CheckedActions<V, A>;
  readonly tags: CheckedTags<V, A['whole']['words']['tag']>;
  readonly type: OneAmong<V, StateType>;
  readonly history: OneAmong<V, 'shallow' | 'deep'>;
}

type CheckedStates<V, A extends AnyAround> = string extends keyof V
  ? V
  : { [K in keyof V]: CheckedState<V[K], Around<A['whole'], V>> };

type CheckedTags<V, TTag> = V extends string
  ? OneAmong<V, TTag>
  : V extends readonly (infer T)[]
    ? [T] extends [TTag]
      ? V
      : readonly (TTag | OneOf<TTag>)[]
    : V;

type OneAmong<V, T> = string extends V ? V : V extends T | undefined ? V : T | OneOf<T>;

type CheckedInitial<V, TOwn> = string extends V
  ? V
  : V extends string
    ? Below<V, TOwn>
    : V extends { readonly target: infer T }
      ? T extends string
        ? { readonly [K in keyof V]: K extends 'target' ? Below<T, TOwn> : V[K] }
        : V
      : V;

type CheckedOn<V, S, A extends AnyAround> = keyof V extends A['descriptor']
  ? { [K in keyof V]: CheckedTransitions<V[K], S, A> }
  : string extends keyof V
    ? V
    : {
        [K in keyof V]: K extends A['descriptor']
          ? CheckedTransitions<V[K], S, A>
          : OneOf<A['whole']['words']['event']['type']>;
      };

type CheckedAfter<V, S, A extends AnyAround> = string extends keyof V
  ? V
  : {
      [K in keyof V]: K extends number | `${number}${string}` | A['whole']['words']['delay']
        ? CheckedTransitions<V[K], S, A>
        : OneOf<A['whole']['words']['delay']>;
    };

type CheckedTransitions<V, S, A extends AnyAround> = V extends A['key']
  ? V
  : V extends A['transition']
    ? keyof V extends TransitionKey
      ? V
      : Settled<V, CheckedParts<V, S, A>>
    : string extends V
      ? V
      : V extends string
        ? CheckedTarget<V, S, A>
        : V extends readonly unknown[]
          ? [CheckedItem<V[number], S, A>] extends [V[number]]
            ? V
            : readonly CheckedItem<V[number], S, A>[]
          : Settled<V, CheckedParts<V, S, A>>;

/** Items of a list are of one union; each must fit one that is right. */
type CheckedItem<V, S, A extends AnyAround> = V extends unknown ? CheckedTransitions<V, S, A> : never;

/** The whole, where none of its members is wrong: the compiler then names the member that has another shape. */
type Settled<V, C> = [C] extends [V] ? V : C;

type CheckedParts<V, S, A extends AnyAround> = {
  [K in keyof V]: K extends 'target'
    ? CheckedTargets<V[K], S, A>
    : K extends 'assign'
      ? CheckedFields<V[K], A['whole']['context']>
      : K extends 'actions'
        ? CheckedActions<V[K], A>
        : K extends 'guard'
          ? CheckedGuard<V[K], A>
          : K extends TransitionKey
            ? V[K]
            : OneOf<TransitionKey>;
};

type CheckedTargets<V, S, A extends AnyAround> = string extends V
  ? V
  : V extends string
    ? CheckedTarget<V, S, A>
    : V extends readonly (infer T)[]
      ? readonly CheckedTargetItem<T, S, A>[]
      : V;

type CheckedTargetItem<T, S, A extends AnyAround> = T extends string ? CheckedTarget<T, S, A> : T;

type CheckedTarget<T extends string, S, A extends AnyAround> = string extends T
  ? T
  : T extends A['key'] | `${string}\\${string}`
    ? T
    : T extends `#${infer Path}`
      ? Path extends IdIn<A['whole']['root']> | `${IdIn<A['whole']['root']>}.${string}`
        ? T
        : `#${IdIn<A['whole']['root']>}` | Unless<Path, `#${IdIn<A['whole']['root']>}`>
      : T extends `.${infer Path}`
        ? Below<Path, OwnStates<S>, T, '.'>
        : Below<T, A['siblings']>;

/** The text itself, if it is a path into these states, or ends in one; `TBefore` is what of it stands before that. */
type Below<TPath extends string, TStates, TText = TPath, TBefore extends string = ''> = string extends TPath
  ? TText
  : TPath extends KeyOf<TStates> | `${'#' | '.'}${string}` | `${string}\\${string}`
    ? TText
    : TPath extends `${infer Head}.${infer Rest}`
      ? Head extends keyof TStates
        ? Below<Rest, OwnStates<TStates[Head]>, TText, `${TBefore}${Head}.`>
        : OneOf<`${TBefore}${KeyOf<TStates>}`>
      : `${TBefore}${KeyOf<TStates>}` | Unless<TPath, `${TBefore}${KeyOf<TStates>}`>;

/** An error where something was written that is not among these; nothing where it is only begun. */
type Unless<TPath extends string, TNames> = TPath extends '' ? Blank : OneOf<TNames>;

/** The ids that states were given, and the machine's. */
type IdIn<S> =
  | (S extends { readonly id: infer I extends string } ? I : never)
  | (S extends { readonly states: infer Own } ? { [K in keyof Own]: IdIn<Own[K]> }[keyof Own] : never);

type CheckedInvokes<V, S, A extends AnyAround> = V extends readonly unknown[]
  ? readonly CheckedInvokeItem<V[number], S, A>[]
  : CheckedInvoke<V, S, A>;

type CheckedInvokeItem<V, S, A extends AnyAround> = V extends unknown ? CheckedInvoke<V, S, A> : never;

type CheckedInvoke<V, S, A extends AnyAround> = Settled<
  V,
  { [K in keyof V]: K extends 'onDone' | 'onError' ? CheckedTransitions<V[K], S, A> : V[K] }
>;

type CheckedActions<V, A extends AnyAround> = V extends A['whole']['action']
  ? V
  : string extends V
    ? V
    : V extends readonly unknown[]
      ? [V[number]] extends [CheckedActionItem<V[number], A>]
        ? V
        : readonly CheckedActionItem<V[number], A>[]
      : CheckedAction<V, A>;

type CheckedActionItem<V, A extends AnyAround> = V extends A['whole']['action'] ? V : V & CheckedAction<V, A>;

type CheckedAction<V, A extends AnyAround> = V extends AnyFunction
  ? V
  : V extends { readonly assign: infer F }
    ? Settled<V, With<V, 'assign', CheckedFields<F, A['whole']['context']>>>
    : V extends { readonly raise: infer R extends string }
      ? Settled<V, With<V, 'raise', OneAmong<R, A['whole']['words']['event']['type']>>>
      : CheckedNamed<V, A['whole']['words']['actions']>;

/** The same with another member of this name. */
type With<V, TKey, T> = { [K in keyof V]: K extends TKey ? T : V[K] };

type CheckedGuard<V, A extends AnyAround> = V extends AnyFunction | Expression
  ? V
  : V extends { readonly not: infer G }
    ? Settled<V, With<V, 'not', CheckedGuard<G, A>>>
    : V extends { readonly and: readonly (infer G)[] }
      ? Settled<V, With<V, 'and', CheckedGuards<G, A>>>
      : V extends { readonly or: readonly (infer G)[] }
        ? Settled<V, With<V, 'or', CheckedGuards<G, A>>>
        : CheckedNamed<V, A['whole']['words']['guards']>;

type CheckedGuards<V, A extends AnyAround> = readonly CheckedGuardItem<V, A>[];

type CheckedGuardItem<V, A extends AnyAround> = V extends unknown ? V & CheckedGuard<V, A> : never;

type AnyFunction = (...args: never) => unknown;

/** A name among those that were declared, with the params that it was declared with. */
type CheckedNamed<V, TDeclared> = string extends keyof TDeclared
  ? V
  : V extends string
    ? OneAmong<V, NameIn<TDeclared>>
    : V extends { readonly type: infer N }
      ? N extends keyof TDeclared
        ? undefined extends TDeclared[N]
          ? V
          : V extends { readonly params: ParamsFor<TDeclared[N]> }
            ? V
            : { readonly params: OneOf<TDeclared[N]> }
        : { readonly type: OneOf<keyof TDeclared> }
      : V;

/** Only fields that the context has. */
type CheckedFields<F, TContext> = F extends AnyFunction
  ? F
  : unknown extends TContext
    ? F
    : Settled<F, { [K in keyof F]: K extends keyof TContext ? F[K] : OneOf<keyof TContext> }>;
