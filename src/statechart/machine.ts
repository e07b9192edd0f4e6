import { isJsonObject, type Json, own, put } from '../core/json.js';
import type { Implementations } from '../core/language.js';
import { isError, Refused } from '../core/problem.js';
import { builtOf } from './builders.js';
import { compile, type StatechartProgram } from './compile.js';
import type { AnyEvent, EventObject, MachineConfig, MachineImplementations } from './config.js';
import type { StateValue } from './configuration.js';
import { type Extracted, extract, extractImplementation } from './extract.js';
import { type HistoryValue, historyAt } from './history-value.js';
import { DEFAULT_MACHINE_ID } from './schema/machine.js';
import { MachineSnapshot, type SnapshotStatus } from './snapshot.js';
import { configurationAt } from './state-value.js';

/** What a handler of an action is called with, as an engine calls it. */
export type ActionHandler = (input: unknown, info: unknown) => unknown;

/**
 * A machine, checked and compiled. Its source is plain JSON, whatever functions it was written with: an engine
 * publishes `source`, compiles it with `implementations` and runs actions by `handlers`.
 */
export class Machine<TContext = unknown, TEvent extends EventObject = AnyEvent> {
  readonly language = 'statechart';
  readonly id: string;
  readonly source: Json;
  readonly implementations: Implementations;
  /** The actions that were given as functions, by the name of their task. */
  readonly handlers: Readonly<Record<string, ActionHandler>>;
  readonly #program: StatechartProgram;
  /** Carries the types of context and event; it has no value. */
  declare readonly types?: { readonly context: TContext; readonly event: TEvent };

  constructor(source: Json, implementations: Implementations) {
    this.source = source;
    this.implementations = implementations;
    this.#program = compile(source, implementations);
    this.id = this.#program.id;
    this.handlers = handlersOf(implementations);
  }

  static programOf<TContext, TEvent extends EventObject>(
    machine: Machine<TContext, TEvent>,
  ): StatechartProgram {
    return machine.#program;
  }

  /**
   * The snapshot of a state value and a context, from wherever they were kept. A value that names a state
   * with states of its own stands for their initial ones. Throws Refused if there is no such state.
   */
  resolveState(kept: {
    readonly value: StateValue;
    readonly context: TContext;
    readonly history?: HistoryValue;
    readonly status?: SnapshotStatus;
    readonly output?: unknown;
    readonly error?: unknown;
  }): MachineSnapshot<TContext> {
    const { space } = this.#program;
    const history = historyAt(space, kept.history);
    const configuration = configurationAt(space, kept.value, history);
    if (configuration === undefined || history === undefined) {
      const [what, path] = history === undefined ? [kept.history, '/history'] : [kept.value, '/value'];
      const message = `the machine has no state ${JSON.stringify(what)}`;
      throw new Refused({ code: 'unknown-state', message, path });
    }
    const { context, status = 'active', output, error } = kept;
    if (typeof context === 'object' && context !== null) this.#program.shape.meet(context);
    return new MachineSnapshot(configuration, context, status, output, error);
  }
}

/**
 * Checks and compiles a machine. Functions may stand wherever an expression may; they are taken out under
 * generated names. Throws Refused with everything that is wrong, each with its place.
 *
 * @example
 * createMachine({ id: 'lamp', initial: 'off', states: { off: { on: { PRESS: 'on' } }, on: {} } }).id; // => 'lamp'
 */
export function createMachine<TContext = Record<string, never>, TEvent extends EventObject = AnyEvent>(
  config: MachineConfig<TContext, TEvent>,
  implementations: MachineImplementations<TContext, NoInfer<TEvent>> = {},
): Machine<TContext, TEvent> {
  const { source, problems, ...inline } = extract(config);
  if (problems.some(isError)) throw new Refused(problems);
  const id = isJsonObject(source) ? own(source, 'id') : undefined;
  return new Machine(
    source,
    implementationsOf(inline, implementations, typeof id === 'string' ? id : DEFAULT_MACHINE_ID),
  );
}

type Functions = Pick<Extracted, 'guards' | 'actions' | 'functions'>;

/** What stood in the machine itself, and what was given with it: functions, and what builders gave, as it is written. */
function implementationsOf(
  inline: Functions,
  given: Pick<Implementations, 'version' | 'compatible' | 'guards' | 'actions'>,
  id: string,
): Implementations {
  const made: Record<keyof Functions, Record<string, unknown>> = {
    guards: { ...inline.guards, ...given.guards },
    actions: { ...inline.actions, ...given.actions },
    functions: { ...inline.functions },
  };
  for (const kind of ['guards', 'actions'] as const) {
    for (const [name, fn] of Object.entries(made[kind])) {
      const built = builtOf(fn);
      if (built === undefined) continue;
      const taken = extractImplementation(built, kind === 'guards' ? 'guard' : 'actions', id, name);
      if (taken.problems.some(isError)) throw new Refused(taken.problems);
      put(made[kind], name, taken.source);
      for (const inner of ['guards', 'actions', 'functions'] as const)
        Object.assign(made[inner], taken[inner]);
    }
  }
  return { ...given, ...made };
}

function handlersOf({ actions = {} }: Implementations): Readonly<Record<string, ActionHandler>> {
  const handlers = Object.entries(actions).flatMap(([name, action]) => {
    if (typeof action !== 'function') return [];
    const handler: ActionHandler = (input, info) => {
      const { context, event, params } = input as { context: unknown; event: unknown; params?: unknown };
      return (action as (scope: unknown, params: unknown, info: unknown) => unknown)(
        { context, event },
        params,
        info,
      );
    };
    return [[name, handler] as const];
  });
  return Object.fromEntries(handlers);
}
