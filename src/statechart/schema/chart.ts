import type { Json } from '../../core/json.js';
import type { Template as Expressions } from '../../expression/template.js';

/**
 * A definition as it was read: every shorthand spelled out, every expression compiled, every place marked with
 * its pointer into the source. It knows nothing yet of targets (link) and functions (bind).
 */
export interface Chart {
  readonly id: string;
  readonly root: ChartState;
  readonly context: Template | undefined;
  readonly onUnhandled: 'ignore' | 'reject';
}

export interface ChartState {
  readonly key: string;
  readonly path: string;
  readonly type: 'atomic' | 'compound' | 'final';
  readonly id: string | undefined;
  readonly initial: ChartInitial | undefined;
  readonly states: readonly ChartState[];
  /** By event descriptor, in document order. */
  readonly on: readonly (readonly [string, readonly ChartTransition[]])[];
  readonly always: readonly ChartTransition[];
  readonly after: readonly ChartDelay[];
  readonly onDone: readonly ChartTransition[];
  readonly entry: readonly ChartAction[];
  readonly exit: readonly ChartAction[];
  readonly invoke: readonly ChartInvoke[];
  readonly output: Template | undefined;
  readonly tags: readonly string[];
}

export interface ChartInitial {
  readonly target: string;
  readonly path: string;
  readonly actions: readonly ChartAction[];
}

export interface ChartTransition {
  readonly path: string;
  readonly target: string | undefined;
  readonly targetPath: string;
  readonly guard: ChartGuard | undefined;
  readonly actions: readonly ChartAction[];
  readonly reenter: boolean;
}

export interface ChartDelay {
  /** The key as it was written: part of the timer's name. */
  readonly key: string;
  readonly delayMs: number;
  readonly transitions: readonly ChartTransition[];
}

export interface ChartInvoke {
  readonly path: string;
  readonly src: string;
  readonly id: string | undefined;
  readonly input: Template | undefined;
  readonly timeoutMs: number | undefined;
  readonly onDone: readonly ChartTransition[];
  readonly onError: readonly ChartTransition[];
}

export type ChartGuard =
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

export type ChartAction = ChartAssign | ChartRaise | ChartSend | ChartNamed;

export interface ChartAssign {
  readonly kind: 'assign';
  readonly path: string;
  /** Fields in order, or one function that gives several. */
  readonly fields: readonly (readonly [string, Template])[] | FunctionTemplate;
}

export interface ChartRaise {
  readonly kind: 'raise';
  readonly path: string;
  readonly type: string;
  readonly data: Template | undefined;
}

export interface ChartSend {
  readonly kind: 'send';
  readonly path: string;
  readonly to: Template;
  readonly type: string;
  readonly data: Template | undefined;
}

/** An effect after the commit, or an implementation that is pure: that is decided when functions are bound. */
export interface ChartNamed {
  readonly kind: 'named';
  readonly path: string;
  readonly name: string;
  readonly params: Template | undefined;
}

/** A value that is worked out when it is needed. */
export type Template =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'expression'; readonly template: Expressions }
  | FunctionTemplate;

/** What a TypeScript function leaves in the source: its name, as the text `{@ name @}`. */
export interface FunctionTemplate {
  readonly kind: 'function';
  readonly path: string;
  readonly name: string;
}
