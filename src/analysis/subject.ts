import type { SpawnEffect, TaskEffect, TimerEffect } from '../core/effect.js';
import type { Json } from '../core/json.js';
import type { Language, Program, Step } from '../core/language.js';
import type { TaskResult } from './samples.js';

/** What is answered once. */
export type Asking = TaskEffect | TimerEffect | SpawnEffect;

/** What there is to be covered in a machine, each by its name. */
export interface Inventory {
  readonly states: readonly string[];
  /** By a name that is unique: a pointer into the source, or the two states. */
  readonly transitions: ReadonlyMap<string, string>;
  readonly events: readonly string[];
}

/**
 * A machine as an explorer sees it: a language's step, and what has to be known of the language besides. `step`, `view`,
 * `active` and `accepts` are the language's own.
 */
export interface Subject {
  readonly language: Language;
  readonly program: Program;
  readonly inventory: Inventory;
  /** Inputs that are worth a try. */
  readonly inputs: readonly Json[];
  /** A state without what only counts: two alike go on alike. */
  essence(state: Json): Json;
  /** What invariants see of a state. */
  sight(state: Json): Readonly<Record<string, Json>>;
  /** What may come with an event; none where nothing is known, and then it comes alone. */
  payloads(event: string): readonly Json[];
  /** How what was asked for in a state may end. */
  results(asked: Asking, name: string, state: Json): readonly TaskResult[];
  /** What people call what a step asked for. */
  nameOf(asked: Asking, step: Step): string;
  /** The transitions that a step took, by the names of the inventory. */
  taken(step: Step): readonly string[];
  /** The states that a step came to or through. */
  states(step: Step): readonly string[];
}
