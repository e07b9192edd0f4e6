import type { Surroundings } from '../expression/expression.js';
import type { Template } from '../expression/template.js';
import type { MachineEffect } from './machine-effect.js';
import type { MachineEvent } from './machine-event.js';

/** The data that a machine carries along; never changed in place. */
export type Context = Readonly<Record<string, unknown>>;

/** What functions of a machine are given. */
export interface Scope {
  readonly context: unknown;
  readonly event: MachineEvent;
}

/** A state, as far as it is asked for. */
export interface ActiveState {
  readonly index: number;
  readonly id: string;
}

/** What the closures of a compiled machine see of the macrostep they run in, and may do to it. */
export interface Run {
  readonly context: Context;
  readonly event: MachineEvent;
  /** For functions; one object as long as context and event stay as they are. */
  scope(): Scope;
  /** Throws where an expression finds nothing. */
  evaluate(template: Template): unknown;
  /** Undefined where the one expression that it is finds nothing. */
  find(template: Template): unknown;
  /** Whether the state of this number is active. */
  isIn(index: number): boolean;
  /** The ids of the active states, for languages that ask by id. */
  active(): readonly string[];
  /** A state has been entered, or left; told where it is asked while a transition is under way. */
  mark(state: ActiveState, isActive: boolean): void;
  /** Whether a guard allows it; one that fails does not, and raises `error.execution`. */
  allows(guard: Guard, place: string, path: string): boolean;
  /** Raises `error.execution`, and goes on. */
  failed(error: unknown, place: string, path: string): void;
  /** The id of the instance; undefined in a pure transition. */
  readonly instance: string | undefined;
  /** Whether an address that begins with `#_` is somebody's. */
  knows(address: string): boolean;
  /** A word that this instance has not made before. */
  unique(): string;
  /** Budget, time and chance. */
  surroundings(): Surroundings;
  /** What a producer gives if another event is the one at hand. */
  within(event: MachineEvent, producer: Producer): unknown;
  /** The context from here on. */
  assign(context: Context): void;
  emit(effect: MachineEffect): void;
  /** Puts an event into the internal queue, before anything from outside. */
  raise(event: MachineEvent): void;
  /** The machine has reached its end. */
  finish(output: unknown): void;
}

/** A value that depends on the run; `params` are those of the named action that it belongs to. */
export type Producer = (run: Run, params: unknown) => unknown;

/** A value, and how it is read where context, event and params are all that it depends on. */
export interface Value {
  readonly produce: Producer;
  readonly read?: (scope: Scope, params: unknown) => unknown;
}

/** Whether a transition may be taken, as a closure. */
export interface Guard {
  readonly allows: (run: Run) => boolean;
  /** The same, where context and event are all that it depends on. */
  readonly decides?: (scope: Scope) => boolean;
}

/** Gives the context as it is from here on; context and event are all that it depends on. */
export type Update = (scope: Scope) => Context;

/** One thing that a transition does, as a closure. */
export interface Op {
  readonly perform: (run: Run) => void;
  /** Where it does nothing but make this one effect, so that it need not be called at all. */
  readonly effect?: MachineEffect;
  /** Where it does nothing but change the context. */
  readonly update?: Update;
  /** For people: `entry of "idle"`. */
  readonly place: string;
  /** Pointer into the source. */
  readonly path: string;
}
