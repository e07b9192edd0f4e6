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
 * What is asked of a definition beyond its shape: `unknown` where it is right, so that the intersection of both is the
 * definition itself, and `OneOf` what is there where it is not.
 */
export type Checked<D, TContext, TEvent extends EventObject, TWords extends Words> = {
  // As a remapping, which the compiler does not look through for the types of functions while it infers D.
  [K in keyof D as `${K & string}`]: CheckedMember<
    D,
    K,
    Around<D, NoStates, TContext, EventDescriptor<TEvent>, TWords>,
    keyof RootConfig<TContext, TEvent>
  >;
};

// biome-ignore lint/complexity/noBannedTypes: no states at all
type NoStates = {};

/** What a state is looked at with: the whole definition, its siblings, and all that may be named. */
interface Around<TRoot, TSiblings, TContext, TDescriptor, TWords extends Words> {
  readonly root: TRoot;
  readonly siblings: TSiblings;
  readonly context: TContext;
  readonly descriptor: TDescriptor;
  readonly words: TWords;
}

type AnyAround = Around<unknown, unknown, unknown, unknown, Words>;

type Among<A extends AnyAround, TSiblings> = Around<
  A['root'],
  TSiblings,
  A['context'],
  A['descriptor'],
  A['words']
>;

type OwnStates<S> = S extends { readonly states: infer Own } ? Own : NoStates;

type StateType = 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

type StateKey = keyof StateConfig<unknown, EventObject>;

type CheckedState<S, A extends AnyAround> = { [K in keyof S]: CheckedMember<S, K, A, StateKey> };

type CheckedMember<S, K extends keyof S, A extends AnyAround, TKey> = undefined extends S[K]
  ? unknown
  : K extends 'states'
    ? CheckedStates<S[K], A>
    : K extends 'initial'
      ? CheckedInitial<S[K], OwnStates<S>>
      : K extends 'on'
        ? CheckedOn<S[K], OwnStates<S>, A>
        : K extends 'after'
          ? CheckedAfter<S[K], OwnStates<S>, A>
          : K extends 'always' | 'onDone' | 'onTimeout'
            ? CheckedTransitions<S[K], OwnStates<S>, A>
            : K extends 'target'
              ? CheckedTargets<S[K], OwnStates<S>, A>
              : K extends 'invoke'
                ? CheckedInvokes<S[K], OwnStates<S>, A>
                : K extends 'entry' | 'exit'
                  ? CheckedActions<S[K], A>
                  : K extends 'tags'
                    ? CheckedTags<S[K], A['words']['tag']>
                    : K extends 'type'
                      ? OneAmong<S[K], StateType>
                      : K extends 'history'
                        ? OneAmong<S[K], 'shallow' | 'deep'>
                        : K extends TKey
                          ? unknown
                          : OneOf<TKey>;

type CheckedStates<S, A extends AnyAround> = string extends keyof S
  ? unknown
  : { [K in keyof S]: CheckedState<S[K], Among<A, S>> };

type CheckedTags<V, TTag> = V extends string
  ? OneAmong<V, TTag>
  : V extends readonly (infer T)[]
    ? [T] extends [TTag]
      ? unknown
      : readonly (TTag | OneOf<TTag>)[]
    : unknown;

type OneAmong<V, T> = string extends V ? unknown : V extends T ? unknown : T | OneOf<T>;

type CheckedInitial<V, TOwn> = string extends V
  ? unknown
  : V extends string
    ? Below<V, TOwn>
    : V extends { readonly target: infer T }
      ? { readonly target: T extends string ? Below<T, TOwn> : unknown }
      : unknown;

type CheckedOn<S, TOwn, A extends AnyAround> = string extends keyof S
  ? unknown
  : {
      [K in keyof S]: K extends A['descriptor']
        ? CheckedTransitions<S[K], TOwn, A>
        : OneOf<A['words']['event']['type']>;
    };

type CheckedAfter<S, TOwn, A extends AnyAround> = string extends keyof S
  ? unknown
  : {
      [K in keyof S]: K extends number | `${number}${string}` | A['words']['delay']
        ? CheckedTransitions<S[K], TOwn, A>
        : OneOf<A['words']['delay']>;
    };

type CheckedTransitions<V, TOwn, A extends AnyAround> = string extends V
  ? unknown
  : V extends string
    ? CheckedTarget<V, TOwn, A>
    : V extends readonly unknown[]
      ? [V[number]] extends [CheckedItem<V[number], TOwn, A>]
        ? unknown
        : readonly CheckedItem<V[number], TOwn, A>[]
      : CheckedTransition<V, TOwn, A>;

/** Items of a list are of one union; each must fit one that is right. */
type CheckedItem<V, TOwn, A extends AnyAround> = V extends string
  ? V & CheckedTarget<V, TOwn, A>
  : V & CheckedTransition<V, TOwn, A>;

/** Nothing, where nothing is wrong: the compiler then names the member that has another shape. */
type Settled<C> = [{ [K in keyof C]: unknown extends C[K] ? never : K }[keyof C]] extends [never]
  ? unknown
  : C;

type CheckedTransition<V, TOwn, A extends AnyAround> = Settled<{
  [K in keyof V]: K extends 'target'
    ? CheckedTargets<V[K], TOwn, A>
    : K extends 'assign'
      ? CheckedFields<V[K], A['context']>
      : K extends 'actions'
        ? CheckedActions<V[K], A>
        : K extends 'guard'
          ? CheckedGuard<V[K], A>
          : K extends 'reenter' | 'description' | 'meta'
            ? unknown
            : OneOf<'target' | 'guard' | 'assign' | 'actions' | 'reenter' | 'description' | 'meta'>;
}>;

type CheckedTargets<V, TOwn, A extends AnyAround> = string extends V
  ? unknown
  : V extends string
    ? CheckedTarget<V, TOwn, A>
    : V extends readonly (infer T)[]
      ? readonly CheckedTargetItem<T, TOwn, A>[]
      : unknown;

type CheckedTargetItem<T, TOwn, A extends AnyAround> = T extends string
  ? T & CheckedTarget<T, TOwn, A>
  : unknown;

type CheckedTarget<T extends string, TOwn, A extends AnyAround> = string extends T
  ? unknown
  : T extends KeyOf<A['siblings']> | `${string}\\${string}`
    ? unknown
    : T extends `#${infer Path}`
      ? Path extends IdIn<A['root']> | `${IdIn<A['root']>}.${string}`
        ? unknown
        : OneOf<`#${IdIn<A['root']>}`>
      : T extends `.${infer Path}`
        ? Below<Path, TOwn>
        : Below<T, A['siblings']>;

/** A path into these states. */
type Below<TPath extends string, TStates> = string extends TPath
  ? unknown
  : TPath extends KeyOf<TStates> | `${'#' | '.'}${string}` | `${string}\\${string}`
    ? unknown
    : TPath extends `${infer Head}.${infer Rest}`
      ? Head extends keyof TStates
        ? Below<Rest, OwnStates<TStates[Head]>>
        : OneOf<KeyOf<TStates>>
      : KeyOf<TStates> | OneOf<KeyOf<TStates>>;

/** The ids that states were given, and the machine's. */
type IdIn<S> =
  | (S extends { readonly id: infer I extends string } ? I : never)
  | (S extends { readonly states: infer Own } ? { [K in keyof Own]: IdIn<Own[K]> }[keyof Own] : never);

type CheckedInvokes<V, TOwn, A extends AnyAround> = V extends readonly unknown[]
  ? readonly CheckedInvokeItem<V[number], TOwn, A>[]
  : CheckedInvoke<V, TOwn, A>;

type CheckedInvokeItem<V, TOwn, A extends AnyAround> = V extends unknown
  ? V & CheckedInvoke<V, TOwn, A>
  : never;

type CheckedInvoke<V, TOwn, A extends AnyAround> = Settled<{
  [K in keyof V]: K extends 'onDone' | 'onError' ? CheckedTransitions<V[K], TOwn, A> : unknown;
}>;

type CheckedActions<V, A extends AnyAround> = string extends V
  ? unknown
  : V extends readonly unknown[]
    ? [V[number]] extends [CheckedActionItem<V[number], A>]
      ? unknown
      : readonly CheckedActionItem<V[number], A>[]
    : CheckedAction<V, A>;

type CheckedActionItem<V, A extends AnyAround> = V extends unknown ? V & CheckedAction<V, A> : never;

type CheckedAction<V, A extends AnyAround> = V extends AnyFunction
  ? unknown
  : V extends { readonly assign: infer F }
    ? Settled<{ readonly assign: CheckedFields<F, A['context']> }>
    : V extends { readonly raise: infer R extends string }
      ? Settled<{ readonly raise: OneAmong<R, A['words']['event']['type']> }>
      : CheckedNamed<V, A['words']['actions']>;

type CheckedGuard<V, A extends AnyAround> = V extends AnyFunction | Expression
  ? unknown
  : V extends { readonly not: infer G }
    ? Settled<{ readonly not: CheckedGuard<G, A> }>
    : V extends { readonly and: readonly (infer G)[] }
      ? Settled<{ readonly and: CheckedGuards<G, A> }>
      : V extends { readonly or: readonly (infer G)[] }
        ? Settled<{ readonly or: CheckedGuards<G, A> }>
        : CheckedNamed<V, A['words']['guards']>;

type CheckedGuards<V, A extends AnyAround> = [V] extends [CheckedGuardItem<V, A>]
  ? unknown
  : readonly CheckedGuardItem<V, A>[];

type CheckedGuardItem<V, A extends AnyAround> = V extends unknown ? V & CheckedGuard<V, A> : never;

type AnyFunction = (...args: never) => unknown;

/** A name among those that were declared, with the params that it was declared with. */
type CheckedNamed<V, TDeclared> = string extends keyof TDeclared
  ? unknown
  : V extends string
    ? OneAmong<V, NameIn<TDeclared>>
    : V extends { readonly type: infer N }
      ? N extends keyof TDeclared
        ? undefined extends TDeclared[N]
          ? unknown
          : V extends { readonly params: ParamsFor<TDeclared[N]> }
            ? unknown
            : { readonly params: OneOf<TDeclared[N]> }
        : { readonly type: OneOf<keyof TDeclared> }
      : unknown;

/** Only fields that the context has. */
type CheckedFields<F, TContext> = F extends AnyFunction
  ? unknown
  : unknown extends TContext
    ? unknown
    : Settled<{ [K in keyof F]: K extends keyof TContext ? unknown : OneOf<keyof TContext> }>;
