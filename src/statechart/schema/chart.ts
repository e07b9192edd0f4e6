import type { JobRetry } from '../../core/job.js';
import type { Json, JsonObject } from '../../core/json.js';
import type { Template as Expressions } from '../../expression/template.js';
import type { Op, Run } from '../run.js';

/**
 * A definition as it was read: every shorthand spelled out, every expression compiled, every place marked with
 * its pointer into the source. It knows nothing yet of targets (link) and functions (bind).
 */
export interface Chart {
  readonly id: string;
  readonly root: ChartState;
  readonly context: Template | undefined;
  /** Whether its expressions are those of a datamodel, not JSONata's. */
  readonly hasDatamodel: boolean;
  readonly onUnhandled: 'ignore' | 'reject';
  /** What becomes of a macrostep in which something fails that nothing takes care of. */
  readonly onStepError: 'undo' | 'continue';
  /** Whose semantics it has: XState's, or W3C's. */
  readonly dialect: DialectName;
  /** What it says of itself: for people, and for those who migrate from it. */
  readonly version: string | undefined;
  readonly migrations: readonly ChartMigration[];
  /** The states that guards ask for. */
  readonly asked: readonly ChartTarget[];
  /** Paths into context, event data, input and output that nobody is shown. */
  readonly sensitive: readonly string[];
  /** JSON Schemas of `input` and `context`. */
  readonly schemas: JsonObject | undefined;
  /** JSON Schemas of what comes with events, by name. */
  readonly events: JsonObject | undefined;
}

/** How instances of earlier versions move over. */
export interface ChartMigration {
  readonly path: string;
  /** Versions by the number that a store gave them, or by what they say of themselves, or hashes; none for any. */
  readonly from: readonly (number | string)[];
  /** By path, `path.*` for all that is below; undefined where nothing takes its place. */
  readonly states: ReadonlyMap<string, ChartTarget | undefined>;
  readonly context: ChartAssign | { readonly whole: Template; readonly path: string } | undefined;
}

export type DialectName = 'native' | 'scxml';

export interface ChartState {
  readonly key: string;
  readonly path: string;
  readonly type: StateType;
  /** Of a history state: whether it remembers the states below its parent, or only its parent's children. */
  readonly deep: boolean;
  readonly id: string | undefined;
  /** Where it is entered by default; of a history state, where it leads while nothing is remembered. */
  readonly initial: ChartInitial | undefined;
  readonly states: readonly ChartState[];
  /** In document order. */
  readonly on: readonly ChartListener[];
  readonly always: readonly ChartTransition[];
  readonly after: readonly ChartDelay[];
  readonly onDone: readonly ChartTransition[];
  readonly entry: readonly ChartAction[];
  readonly exit: readonly ChartAction[];
  readonly invoke: readonly ChartInvoke[];
  readonly output: Template | undefined;
  readonly tags: readonly string[];
}

/** Transitions, tried in this order, for events that match one of these descriptors. */
export interface ChartListener {
  readonly descriptors: readonly string[];
  readonly transitions: readonly ChartTransition[];
}

export type StateType = 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

export interface ChartInitial {
  readonly targets: readonly ChartTarget[];
  readonly actions: readonly ChartAction[];
}

/** The name of a state, and where it stands. */
export interface ChartTarget {
  readonly text: string;
  readonly path: string;
}

export interface ChartTransition {
  readonly path: string;
  /** None where the state stays as it is. */
  readonly targets: readonly ChartTarget[];
  readonly guard: ChartGuard | undefined;
  readonly actions: readonly ChartAction[];
  readonly reenter: boolean;
}

export interface ChartDelay {
  /** The key as it was written: part of the timer's name. */
  readonly key: string;
  /** Undefined where it is worked out as the state is entered. */
  readonly delayMs: number | undefined;
  readonly delay: Template | undefined;
  readonly transitions: readonly ChartTransition[];
}

export interface ChartInvoke {
  readonly path: string;
  /** A task for a handler, or another machine. */
  readonly kind: 'task' | 'machine';
  readonly src: string;
  readonly id: string | undefined;
  readonly input: Template | undefined;
  readonly timeoutMs: number | undefined;
  /** The longest silence of a task's handler. */
  readonly heartbeatMs: number | undefined;
  readonly onDone: readonly ChartTransition[];
  readonly onError: readonly ChartTransition[];
  readonly retry: readonly ChartRetry[];
  /** Event descriptors: what matches one is sent on to the machine. */
  readonly forward: readonly string[];
  /** Which machine it is, where that is worked out as it begins. */
  readonly machine: Template | undefined;
  /** Members of the input that are left out where they fail. */
  readonly params: Template | undefined;
  /** Done as it begins. */
  readonly actions: readonly ChartAction[];
  /** Done with each event that comes from the machine, before anything else. */
  readonly finalize: readonly ChartAction[];
}

/** How what failed is tried again; the first of several that takes the error decides, and each counts for itself. */
export interface ChartRetry extends JobRetry {
  readonly jitter: boolean;
  /** Names of errors; any where there are none. */
  readonly errors: readonly string[];
}

export type ChartGuard =
  | { readonly kind: 'and' | 'or'; readonly path: string; readonly guards: readonly ChartGuard[] }
  | { readonly kind: 'not'; readonly path: string; readonly guard: ChartGuard }
  | {
      /** Whether a state is active. */
      readonly kind: 'in';
      readonly path: string;
      readonly target: ChartTarget;
    }
  | {
      readonly kind: 'expression';
      readonly path: string;
      readonly text: string;
      readonly template: Expressions;
    }
  | {
      readonly kind: 'named';
      readonly path: string;
      readonly name: string;
      readonly params: Template | undefined;
    };

export type ChartAction =
  | ChartAssign
  | ChartRaise
  | ChartSend
  | ChartCancel
  | ChartEmit
  | ChartLog
  | ChartChoose
  | ChartNamed
  | DatamodelAction;

export interface ChartAssign {
  readonly kind: 'assign';
  readonly path: string;
  /** Fields in order, or one function that gives several. */
  readonly fields: readonly (readonly [string, Template])[] | FunctionTemplate;
}

/** A name and data, or a template that gives the whole event, as programs write theirs: `{ type, … }`. */
export type ChartEvent =
  | { readonly type: string; readonly data: Template | undefined }
  | { readonly whole: Template };

export interface ChartRaise {
  readonly kind: 'raise';
  readonly path: string;
  readonly event: ChartEvent;
  readonly delay: ChartPause | undefined;
}

export interface ChartSend {
  readonly kind: 'send';
  readonly path: string;
  /** To itself where it is absent. */
  readonly to: Template | undefined;
  readonly event: ChartEvent;
  readonly delay: ChartPause | undefined;
}

/** How long an event is held back, and the name by which it can be cancelled in the meantime. */
export interface ChartPause {
  /** Milliseconds, or a duration as people write it. */
  readonly delay: Template;
  readonly id: string | undefined;
  readonly path: string;
}

/** Takes back an event that was held back under this name. */
export interface ChartCancel {
  readonly kind: 'cancel';
  readonly path: string;
  readonly id: Template;
}

/** Tells those who watch from outside. */
export interface ChartEmit {
  readonly kind: 'emit';
  readonly path: string;
  readonly event: ChartEvent;
}

export interface ChartLog {
  readonly kind: 'log';
  readonly path: string;
  readonly label: string | undefined;
  readonly value: Template | undefined;
}

/** The actions of the first branch whose guard allows it. */
export interface ChartChoose {
  readonly kind: 'choose';
  readonly path: string;
  readonly branches: readonly ChartBranch[];
}

export interface ChartBranch {
  readonly guard: ChartGuard | undefined;
  readonly actions: readonly ChartAction[];
}

/** An effect after the commit, or an implementation that is pure: that is decided when functions are bound. */
export interface ChartNamed {
  readonly kind: 'named';
  readonly path: string;
  readonly name: string;
  readonly params: Template | undefined;
}

/** An action that a datamodel has read. */
export interface DatamodelAction {
  readonly kind: 'datamodel';
  readonly path: string;
  /** The key that it is known by. */
  readonly name: string;
  /** Actions within it. */
  readonly inner: readonly ChartAction[];
  /** `ops` binds the actions within; they are done with `run.perform`. */
  bind(ops: (actions: readonly ChartAction[]) => readonly Op[]): (run: Run) => void;
}

/** A value that is worked out when it is needed. */
export type Template =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'expression'; readonly template: Expressions }
  | SettledTemplate
  | FunctionTemplate;

/** A value, or members of an object, of which whatever fails raises an error and is left out (SCXML 5.7). */
export interface SettledTemplate {
  readonly kind: 'settled';
  readonly path: string;
  readonly parts: Template | readonly (readonly [string, Template])[];
}

/** What a TypeScript function leaves in the source: its name, as the text `{@ name @}`. */
export interface FunctionTemplate {
  readonly kind: 'function';
  readonly path: string;
  readonly name: string;
}
