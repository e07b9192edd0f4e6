import type { AnyEvent, EventObject } from './event-type.js';
import type { Expression, ScopeOf, Text } from './shape.js';

/** Everything that a machine may refer to by name, as far as it was declared. */
export interface Words {
  /** All events, which may be raised. */
  readonly event: EventObject;
  /** What may be emitted. */
  readonly emitted: EventObject;
  /** By name, the params that are given to it; unknown where it does not care. */
  readonly guards: unknown;
  readonly actions: unknown;
  /** By name, what carries it out. */
  readonly actors: unknown;
  readonly delay: string;
  readonly tag: string;
}

/** Nothing was declared, and any name will do. */
export interface AnyWords extends Words {
  readonly event: AnyEvent;
  readonly emitted: AnyEvent;
  readonly guards: { readonly [name: string]: unknown };
  readonly actions: { readonly [name: string]: unknown };
  readonly actors: { readonly [name: string]: unknown };
}

/** A name, or a name with params. Those that were declared are offered; `Checked` says whether it is one of them. */
export type Named<TContext, TEvent, TDeclared> =
  | NameIn<TDeclared>
  | Text
  | {
      readonly type: (keyof TDeclared & string) | Text;
      readonly params?: Params<TContext, TEvent>;
    };

type Params<TContext, TEvent> =
  | object
  | string
  | number
  | boolean
  | null
  | ((scope: ScopeOf<TContext, TEvent>) => unknown);

/** The names that may stand alone, without params. */
export type NameIn<TDeclared> = string extends keyof TDeclared
  ? string
  : {
      [K in keyof TDeclared & string]: undefined extends TDeclared[K] ? K : never;
    }[keyof TDeclared & string];

/** What may be given as params where these are wanted. */
export type ParamsFor<TParams> =
  | { readonly [K in keyof TParams]: TParams[K] | Expression }
  | ((scope: never) => TParams);

/** Milliseconds, `30s`, the name of a delay, or what gives one of these. */
export type DelayOf<TContext, TEvent, TWords extends Words> =
  | TWords['delay']
  | number
  | Text
  | ((scope: ScopeOf<TContext, TEvent>) => string | number);

/** What an actor's end brings: a machine's output, or what a handler gives. */
export type OutputOf<TActor> = TActor extends {
  readonly types?: { readonly face: { readonly output: infer O } };
}
  ? O
  : TActor extends (...args: never) => infer R
    ? Awaited<R>
    : unknown;
