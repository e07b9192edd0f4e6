import type { AnyEvent, EventObject, EventsOf } from './event-type.js';

/** `types: {} as { context: …; events: … }`, as XState has it. For the compiler only; nothing of it is kept. */
export interface MachineTypes<
  TContext,
  TEvent extends EventObject,
  TInput,
  TOutput,
  TEmitted extends EventObject,
  TTag extends string,
  TAction extends ParameterizedObject = ParameterizedObject,
  TGuard extends ParameterizedObject = ParameterizedObject,
  TDelay extends string = string,
> {
  readonly context?: TContext;
  readonly events?: TEvent;
  readonly input?: TInput;
  readonly output?: TOutput;
  readonly emitted?: TEmitted;
  readonly tags?: TTag;
  /** `{ type: 'pack' } | { type: 'ship'; params: { to: string } }`: actions that are provided later, or by handlers. */
  readonly actions?: TAction;
  readonly guards?: TGuard;
  readonly delays?: TDelay;
  readonly children?: unknown;
  readonly actors?: unknown;
  readonly meta?: unknown;
}

/** A name, and what is given with it. */
export interface ParameterizedObject {
  readonly type: string;
  readonly params?: unknown;
}

/**
 * All events: of the map, of the union, or any where neither was given. While the compiler still infers them, each may be
 * its `never`, which has to come out as it went in.
 */
export type EventIn<TEvents, TEvent extends EventObject> = [TEvents] extends [never]
  ? TEvent
  : [keyof TEvents] extends [never]
    ? TEvent
    : [TEvent] extends [never]
      ? EventsOf<TEvents>
      : AnyEvent extends TEvent
        ? EventsOf<TEvents>
        : EventsOf<TEvents> | TEvent;

/** By name, the params of those that were named in `types` and of those that were given; any, where none was. */
export type DeclaredIn<TNamed extends ParameterizedObject, TGiven> = string extends TNamed['type']
  ? [keyof TGiven] extends [never]
    ? { readonly [name: string]: unknown }
    : TGiven
  : { readonly [K in TNamed as K['type']]: K['params'] } & TGiven;

/** What a machine starts with, before its functions are called and its expressions evaluated. */
export type ContextSource<TContext, TInput> = TContext | ((arg: { readonly input: TInput }) => TContext);

/**
 * The same type, from which nothing is inferred: what a builder gives raises no event, which says nothing of those that
 * there are. (`NoInfer` would do, but for unions of objects.)
 */
export type Known<T> = [T] extends [never] ? T : [T][T extends unknown ? 0 : never];
