import { given as present } from '../core/given.js';
import { put } from '../core/json.js';
import { Refused } from '../core/problem.js';
import { assign } from './builders.js';
import type {
  ActionImplementation,
  AnyEvent,
  Assignment,
  BuiltAction,
  EventObject,
  GuardImplementation,
  RootConfig,
  ScopeOf,
  StateConfig,
} from './config.js';
import { Machine, machineOf } from './machine.js';
import { resolveMachines } from './named.js';
import type { Checked, Inferred } from './typed/checked.js';
import type { ContextSource, EventIn, MachineTypes } from './typed/declared.js';
import type { Face } from './typed/face.js';
import type { StatesOf } from './typed/state-tree.js';

/** What was declared, for machines to be written with. */
export interface Setup<
  TContext,
  TEvent extends EventObject,
  TInput,
  TOutput,
  TEmitted extends EventObject,
  TTag extends string,
  TGuards,
  TActions,
  TActors,
  TDelays,
> {
  /** As `createMachine`, with every name checked against what was declared. */
  createMachine<TConfig>(
    config: {
      readonly context?: ContextSource<TContext, TInput>;
    } & RootConfig<TContext, TEvent, WordsOf<TEvent, TEmitted, TTag, TGuards, TActions, TActors, TDelays>> &
      Inferred<TConfig> &
      Checked<
        TConfig,
        TContext,
        TEvent,
        WordsOf<TEvent, TEmitted, TTag, TGuards, TActions, TActors, TDelays>
      >,
  ): Machine<TContext, TEvent, Face<StatesOf<TConfig>, TInput, TOutput, TEmitted, TTag>>;
  /** An action that sees context and event as the machine's. */
  createAction<TAction extends ActionImplementation<TContext, TEvent, unknown, TEvent, TEmitted>>(
    action: TAction,
  ): TAction;
  assign(assignment: Assignment<TContext, TEvent>): BuiltAction<TContext, TEvent, never, never>;
  /** A state that is written apart; its targets and names are looked at in the machine that it becomes part of. */
  createStateConfig<TState>(
    state: StateConfig<
      TContext,
      TEvent,
      WordsOf<TEvent, TEmitted, TTag, TGuards, TActions, TActors, TDelays>
    > &
      TState,
  ): TState;
  /** The same with more guards, actions and delays, or others under the same names. */
  extend<
    TMoreGuards = Record<never, never>,
    TMoreActions = Record<never, never>,
    TMoreDelays = Record<never, never>,
  >(
    more: Named<TContext, TEvent, TEmitted, TMoreGuards, TMoreActions, TMoreDelays>,
  ): Setup<
    TContext,
    TEvent,
    TInput,
    TOutput,
    TEmitted,
    TTag,
    Omit<TGuards, keyof TMoreGuards> & TMoreGuards,
    Omit<TActions, keyof TMoreActions> & TMoreActions,
    TActors,
    Omit<TDelays, keyof TMoreDelays> & TMoreDelays
  >;
}

/** What is referred to by name, and may be declared in several steps. */
interface Named<
  TContext,
  TEvent extends EventObject,
  TEmitted extends EventObject,
  TGuards,
  TActions,
  TDelays,
> {
  readonly guards?: { readonly [K in keyof TGuards]: GuardImplementation<TContext, TEvent, TGuards[K]> };
  readonly actions?: {
    readonly [K in keyof TActions]: ActionImplementation<TContext, TEvent, TActions[K], TEvent, TEmitted>;
  };
  readonly delays?: TDelays & {
    readonly [K in keyof TDelays]: string | number | ((scope: ScopeOf<TContext, TEvent>) => string | number);
  };
}

interface WordsOf<
  TEvent extends EventObject,
  TEmitted extends EventObject,
  TTag extends string,
  TGuards,
  TActions,
  TActors,
  TDelays,
> {
  readonly event: TEvent;
  readonly emitted: TEmitted;
  readonly guards: TGuards;
  readonly actions: TActions;
  readonly actors: [keyof TActors] extends [never] ? { readonly [name: string]: unknown } : TActors;
  readonly delay: keyof TDelays & string;
  readonly tag: TTag;
}

/**
 * Declares the types, and what is referred to by name, before the machine is written: XState's `setup`. An actor is a
 * machine, or a task's handler.
 *
 * @example
 * const { createMachine: make } = setup({ guards: { never: () => false } });
 * make({ initial: 'a', states: { a: { on: { GO: { target: 'b', guard: 'never' } } }, b: {} } }).id; // => '(machine)'
 */
export function setup<
  TContext = Record<never, never>,
  TEvent extends EventObject = AnyEvent,
  TEvents = Record<never, never>,
  TInput = unknown,
  TOutput = unknown,
  TEmitted extends EventObject = EventObject,
  TTag extends string = string,
  TGuards = Record<never, never>,
  TActions = Record<never, never>,
  TActors = Record<never, never>,
  TDelays = Record<never, never>,
>(declared: {
  readonly types?: MachineTypes<TContext, TEvent, TInput, TOutput, TEmitted, TTag>;
  readonly events?: TEvents;
  readonly guards?: {
    readonly [K in keyof TGuards]: GuardImplementation<TContext, EventIn<TEvents, TEvent>, TGuards[K]>;
  };
  readonly actions?: {
    readonly [K in keyof TActions]: ActionImplementation<
      TContext,
      EventIn<TEvents, TEvent>,
      TActions[K],
      EventIn<TEvents, TEvent>,
      TEmitted
    >;
  };
  readonly actors?: TActors;
  readonly delays?: TDelays & {
    readonly [K in keyof TDelays]:
      | string
      | number
      | ((scope: ScopeOf<TContext, EventIn<TEvents, TEvent>>) => string | number);
  };
}): Setup<
  TContext,
  EventIn<TEvents, TEvent>,
  TInput,
  TOutput,
  TEmitted,
  TTag,
  TGuards,
  TActions,
  TActors,
  TDelays
> {
  const { actors, delays, guards, actions, events } = declared;
  const machines: Machine[] = [];
  const handlers: Record<string, (...args: never) => unknown> = {};
  const ids: Record<string, string> = {};
  for (const [name, actor] of Object.entries<unknown>(actors ?? {})) {
    if (typeof actor === 'function') put(handlers, name, actor as (...args: never) => unknown);
    else if (actor instanceof Machine) {
      machines.push(actor as Machine);
      put(ids, name, actor.id);
    } else throw noActor(name);
  }
  const given = { guards: { ...guards }, actions: { ...actions } };
  return {
    createMachine(config) {
      const whole = { ...present({ events, delays }), ...config };
      return machineOf(resolveMachines(whole, ids), given, handlers, machines);
    },
    createAction: (action) => action,
    assign: (assignment) => assign(assignment as never),
    createStateConfig: (state) => state,
    extend: (more) =>
      setup({
        ...declared,
        guards: { ...guards, ...more.guards },
        actions: { ...actions, ...more.actions },
        ...(more.delays === undefined ? {} : { delays: { ...delays, ...more.delays } }),
      } as never) as never,
  };
}

function noActor(name: string): Refused {
  const message = `the actor ${JSON.stringify(name)} is neither a machine nor a task's handler`;
  const hint = 'observables and callbacks have no place here: what does I/O is a task';
  return new Refused({ code: 'unknown-actor', message, path: '', hint });
}
