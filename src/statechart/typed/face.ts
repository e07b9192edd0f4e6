import type { StateValue } from '../configuration.js';
import type { EventObject } from './event-type.js';
import type { AnyStates, PathOf, StateValueOf } from './state-tree.js';

/** What a machine shows to those who use it, besides its context and the events that it takes. */
export interface Face<
  TStates = AnyStates,
  TInput = unknown,
  TOutput = unknown,
  TEmitted extends EventObject = EventObject,
  TTag extends string = string,
> {
  readonly states: TStates;
  /** The paths of its states, as `matches` takes them. */
  readonly path: PathOf<TStates>;
  /** Where it may stand. */
  readonly value: StateValueOf<TStates>;
  /** What it is started with. */
  readonly input: TInput;
  /** What it ends with. */
  readonly output: TOutput;
  /** What it tells those who watch. */
  readonly emitted: TEmitted;
  readonly tag: TTag;
}

/** Of any machine. */
export interface AnyFace {
  readonly states: unknown;
  readonly path: string;
  readonly value: StateValue;
  readonly input: unknown;
  readonly output: unknown;
  readonly emitted: EventObject;
  readonly tag: string;
}
