import type { Json } from '../core/json.js';
import type { Implementations } from '../core/language.js';
import { isError, type Problem, Refused } from '../core/problem.js';
import { builtOf } from './builders.js';
import { compile, type StatechartProgram } from './compile.js';
import type { AnyEvent, EventObject, MachineImplementations, RootConfig } from './config.js';
import type { StateValue } from './configuration.js';
import { type HistoryValue, historyAt } from './history-value.js';
import { Findings } from './schema/findings.js';
import { MachineSnapshot, type SnapshotStatus } from './snapshot.js';
import { sourceOf } from './source.js';
import { configurationAt } from './state-value.js';
import type { Checked, Inferred } from './typed/checked.js';
import type {
  ContextSource,
  DeclaredIn,
  EventIn,
  Known,
  MachineTypes,
  ParameterizedObject,
} from './typed/declared.js';
import type { AnyFace, Face } from './typed/face.js';
import type { StatesOf } from './typed/state-tree.js';
import type { Words } from './typed/words.js';

/** What a handler of an action is called with, as an engine calls it. */
export type ActionHandler = (input: unknown, info: unknown) => unknown;

/**
 * A machine, checked and compiled. Its source is plain JSON, whatever functions it was written with: an engine
 * publishes `source`, compiles it with `implementations` and runs actions by `handlers`. Its config is not to be changed
 * any more.
 */
export class Machine<
  TContext = unknown,
  TEvent extends EventObject = AnyEvent,
  TFace extends AnyFace = AnyFace,
> {
  readonly language = 'statechart';
  readonly id: string;
  readonly implementations: Implementations;
  /** The actions that were given as functions, by the name of their task. */
  readonly handlers: Readonly<Record<string, ActionHandler>>;
  /** Those that it invokes, where they were given with it. */
  readonly machines: readonly Machine[];
  readonly #program: StatechartProgram;
  /** Undefined while functions that it names are missing. */
  readonly #whole: StatechartProgram | undefined;
  readonly #config: unknown;
  readonly #given: Given;
  readonly #told: Told;
  readonly #findings = new Findings(false);
  #source: Json | undefined;
  /** Carries types; it has no value. */
  declare readonly types?: {
    readonly context: TContext;
    readonly event: TEvent;
    readonly face: TFace;
  };

  constructor(
    config: unknown,
    given: Given,
    tasks: Handlers = {},
    machines: readonly Machine[] = [],
    told: Told = same,
  ) {
    this.#config = config;
    this.#given = given;
    this.#told = told;
    this.#program = compile(config, given, {}, this.#findings);
    this.#whole = this.#findings.problems.some(isError) ? undefined : this.#program;
    const { guards, actions, functions } = this.#findings.functions;
    this.implementations = {
      ...given,
      guards: { ...guards, ...given.guards },
      actions: { ...actions, ...given.actions },
      functions,
    };
    this.id = this.#program.id;
    this.handlers = { ...(tasks as Machine['handlers']), ...handlersOf(this.implementations) };
    this.machines = machines;
  }

  /** What an engine publishes: worked out when it is first asked for. */
  get source(): Json {
    this.#source ??= sourceOf(this.#config, this.#findings.replaced);
    return this.#source;
  }

  /** What steps it. Throws Refused where functions that it names were not provided yet. */
  static programOf<TContext, TEvent extends EventObject, TFace extends AnyFace>(
    machine: Machine<TContext, TEvent, TFace>,
  ): StatechartProgram {
    return machine.#whole ?? machine.#refuse();
  }

  #refuse(): never {
    throw new Refused(this.#findings.problems.filter(isError).map(this.#told));
  }

  /**
   * The machine with functions for the names that had none yet, and others in the place of those that it was made with.
   *
   * @example
   * const door = createMachine({ initial: 'shut', states: { shut: { on: { PUSH: { target: 'open', guard: 'may' } } }, open: {} } });
   * const mine = door.provide({ guards: { may: () => true } });
   * transition(mine, initialTransition(mine)[0], { type: 'PUSH' })[0].value; // => 'open'
   */
  provide(given: MachineImplementations<TContext, TEvent>): Machine<TContext, TEvent, TFace> {
    const { guards, actions } = this.#given;
    const all = {
      ...this.#given,
      ...given,
      guards: { ...guards, ...given.guards },
      actions: { ...actions, ...given.actions },
    };
    return new Machine(this.#config, all, this.handlers, this.machines, this.#told);
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
  }): MachineSnapshot<TContext, TFace> {
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
 * generated names. Guards that are only named may be provided later. Throws Refused with everything that is wrong, each with
 * its place.
 *
 * @example
 * createMachine({ id: 'lamp', initial: 'off', states: { off: { on: { PRESS: 'on' } }, on: {} } }).id; // => 'lamp'
 */
export function createMachine<
  // biome-ignore lint/complexity/noBannedTypes: no fields, where there is no context
  TContext = {},
  TEvent extends EventObject = AnyEvent,
  // biome-ignore lint/complexity/noBannedTypes: no map of events
  TEvents = {},
  TInput = unknown,
  TOutput = unknown,
  TEmitted extends EventObject = EventObject,
  TTag extends string = string,
  TAction extends ParameterizedObject = ParameterizedObject,
  TGuard extends ParameterizedObject = ParameterizedObject,
  TDelay extends string = never,
  // biome-ignore lint/complexity/noBannedTypes: nothing was given
  TGuards = {},
  // biome-ignore lint/complexity/noBannedTypes: nothing was given
  TActions = {},
  // Never inferred: one parameter for what six others make is what the compiler has least to do with.
  TNames extends Names = NamesIn<TTag, TAction, TGuard, TDelay, TGuards, TActions>,
  TConfig = unknown,
>(
  config: {
    readonly types?: MachineTypes<TContext, TEvent, TInput, TOutput, TEmitted, TTag, TAction, TGuard, TDelay>;
    readonly context?: ContextSource<TContext, TInput>;
    readonly events?: TEvents;
  } & RootConfig<TContext, EventIn<TEvents, TEvent>, WordsIn<TEvents, TEvent, TEmitted, TNames>> &
    Inferred<TConfig> &
    Checked<TConfig, TContext, EventIn<TEvents, TEvent>, WordsIn<TEvents, TEvent, TEmitted, TNames>>,
  implementations?: MachineImplementations<TContext, EventIn<TEvents, TEvent>, TGuards, TActions>,
): Machine<TContext, EventIn<TEvents, TEvent>, Face<StatesOf<TConfig>, TInput, TOutput, TEmitted, TTag>> {
  return machineOf(config, implementations ?? {});
}

/** All that a machine of one literal may refer to. */
interface WordsIn<TEvents, TEvent extends EventObject, TEmitted extends EventObject, TNames extends Names> {
  readonly event: Known<EventIn<TEvents, TEvent>>;
  readonly emitted: NoInfer<TEmitted>;
  readonly guards: TNames['guards'];
  readonly actions: TNames['actions'];
  readonly actors: { readonly [name: string]: unknown };
  readonly delay: TNames['delay'];
  readonly tag: TNames['tag'];
}

/** What of it has a name of its own. */
type Names = Pick<Words, 'guards' | 'actions' | 'delay' | 'tag'>;

interface NamesIn<
  TTag extends string,
  TAction extends ParameterizedObject,
  TGuard extends ParameterizedObject,
  TDelay extends string,
  TGuards,
  TActions,
> {
  readonly guards: DeclaredIn<TGuard, TGuards>;
  readonly actions: DeclaredIn<TAction, TActions>;
  readonly delay: TDelay;
  readonly tag: NoInfer<TTag>;
}

/** What is given with a machine. */
export type Given = Pick<Implementations, 'version' | 'compatible' | 'guards' | 'actions'>;

/** A problem as whoever wrote the config is told of it, which may have been something else before. */
type Told = (problem: Problem) => Problem;

const same: Told = (problem) => problem;

/** Handlers of tasks that it invokes. */
type Handlers = Readonly<Record<string, (...args: never) => unknown>>;

/** Makes a machine of a config, whatever the compiler knows of it. */
export function machineOf<TContext, TEvent extends EventObject, TFace extends AnyFace>(
  config: unknown,
  given: Given,
  handlers?: Handlers,
  machines?: readonly Machine[],
  told?: Told,
): Machine<TContext, TEvent, TFace> {
  return new Machine(config, given, handlers, machines, told);
}

function handlersOf({ actions = {} }: Implementations): Readonly<Record<string, ActionHandler>> {
  const handlers = Object.entries(actions).flatMap(([name, action]) => {
    if (typeof action !== 'function' || builtOf(action) !== undefined) return [];
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
