import type { Definition } from './definition.js';
import type { Effect } from './effect.js';
import type { Event, MigrateEvent, RedriveEvent } from './event.js';
import type { Graph } from './graph.js';
import type { Status } from './instance.js';
import type { Happening, Outcome } from './journal.js';
import type { Json, JsonObject } from './json.js';
import type { Problem } from './problem.js';
import type { Callback } from './task-token.js';

/** What a step gives back; the only way anything changes. */
export interface Step {
  /** Null only if the start event itself was rejected. */
  readonly state: Json;
  readonly status: Status;
  readonly effects: readonly Effect[];
  readonly history: readonly Happening[];
  readonly outcome: Outcome;
  /** The step stopped at a limit counted within its event and wants a `continue` before anything else. */
  readonly unfinished?: boolean;
  /** Which transitions were taken, in order, as JSON Pointers into the source; nothing of it is kept. */
  readonly taken?: readonly string[];
}

/**
 * A language that definitions are written in. Everything here is pure and synchronous: no clock, no chance
 * but the event's seed, no I/O. `step` never throws for what a user or an event did wrong; what it throws is
 * a bug, and counts as an attempt (rule 8).
 */
export interface Language<P extends Program = Program> {
  readonly name: string;
  /** Everything that is wrong with a source, at once; warnings are marked so. Never throws. */
  check(source: Json): readonly Problem[];
  /** Throws Refused with the problems if the source has errors or an implementation is missing. */
  compile(source: Json, implementations?: Implementations): P;
  /** Everything that is wrong with what an instance is to start with; where there is no such thing, nothing is. */
  checkInput?(program: P, input: Json): readonly Problem[];
  /** Everything that is wrong with the data of an event by this name. */
  checkEvent?(program: P, name: string, data?: Json): readonly Problem[];
  /** `state` is null before the start event. */
  step(program: P, state: Json, event: Event): Step;
  /**
   * Ends an instance, which has started, that can neither keep what an event made of it nor go on without: as it
   * was, but `failed`, and everything that it waited for cancelled.
   */
  fail(program: P, state: Json, event: Event, failure: Failure): Step;
  /** Lets an instance go on that failed, or ended otherwise without success; absent where a language has no such thing. */
  readonly redrive?: Redrive<P>;
  /**
   * Takes the state of an instance over that an earlier definition made. What it waits for and this definition too is
   * waited for still, under the same effects. Rejected, and nothing is changed, where this definition does not say how.
   */
  migrate?(program: P, state: Json, event: Event & MigrateEvent, from: Definition): Step;
  /** What people want to see of a state. Needs no program, so that an instance can be read where it cannot be stepped. */
  view(state: Json): View;
  /**
   * The task that is answered from outside under this effect, by `task.succeeded` or `task.failed`; undefined where
   * nothing waits for that any more, absent where a language has no such thing. Needs no program.
   */
  callback?(state: Json, effect: string): Callback | undefined;
  /** Where what nobody is to be shown stands in a context, an output and the like. Needs no program, as `view`. */
  sensitive?(source: Json): readonly string[];
  /** The machines that a source invokes by their names; absent where a language has no such thing. Needs no program. */
  invokes?(source: Json): readonly string[];
  /** The states that are active, as paths from the root (`a.b`), for highlighting. */
  active(program: P, state: Json): readonly string[];
  /** The names of the events that could be taken now. */
  accepts(program: P, state: Json): readonly string[];
  /**
   * The structure of a source. Needs no implementations, and draws what cannot be run yet as far as it can be read;
   * of a source with other errors it shows what could be made of it. Never throws.
   */
  graph(source: Json): Graph;
}

/** How a language lets instances go on that ended without success. */
export interface Redrive<P extends Program = Program> {
  /** Of which statuses. */
  readonly statuses: readonly Status[];
  /** The effects, or `start`, whose inputs the event has to bring along. */
  inputs(state: Json): readonly string[];
  step(program: P, state: Json, event: Event & RedriveEvent): Step;
}

/** A compiled definition. Languages extend it. */
export interface Program {
  readonly language: string;
  /** Every task name that it may ask for, as far as that is written in the definition. */
  readonly tasks: readonly string[];
  /** Whether it says what events look like. */
  readonly checksEvents?: boolean;
}

/**
 * Named pure functions that a definition refers to. `version` is journaled with every event they step, and a
 * definition that was published with them is stepped by no other version (rule 9), except by one that names it
 * as `compatible`: code that does as well for the instances that began under that version.
 * What a language finds under the other keys, and how it calls it, is the language's affair.
 */
export interface Implementations {
  readonly version?: string;
  readonly compatible?: readonly string[];
  readonly guards?: Readonly<Record<string, unknown>>;
  readonly actions?: Readonly<Record<string, unknown>>;
  /** Functions that were taken out of a definition written in TypeScript, by generated names. */
  readonly functions?: Readonly<Record<string, unknown>>;
}

/** Why an instance failed: a name, and a text for people. */
export interface Failure {
  readonly error: string;
  readonly cause: string;
}

/** What a message has to carry, for whoever waits for it. */
export interface Correlation {
  readonly key: string;
  readonly value: Json;
}

/** How often an instance was redriven, and why it cannot be now. */
export interface Redrivable {
  readonly count: number;
  /** When last, in milliseconds since 1970. */
  readonly at?: number;
  /** Absent where it can be. */
  readonly refusal?: string;
}

/** An instance's state as people read it. */
export interface View {
  /** Where it stands: a state's name, or an object of them where states nest. */
  readonly value: Json;
  readonly context: Json;
  readonly output: Json;
  /** Whether it could go on, where its language says so of what has ended. */
  readonly redrive?: Redrivable;
  /** The messages that it waits for, where it waits for any. */
  readonly awaits?: readonly Correlation[];
  /** What it was started with, where the language keeps that. */
  readonly input?: Json;
  /** Why it failed, where it did. */
  readonly error?: Failure;
  /** The part of its parent's definition that it runs as one of a group, as that is called. */
  readonly part?: string;
  /** The groups of children that it works on, and how far it is with each, in its language's words. */
  readonly groups?: readonly JsonObject[];
}
