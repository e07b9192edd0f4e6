import type { WorkflowType } from '../../asl/compile.js';
import type { AslProgram } from '../../asl/program.js';
import type { Given } from '../../asl/step.js';
import { variableNameFault } from '../../asl/variable-name.js';
import { correlationOf } from '../../core/correlation.js';
import { given } from '../../core/given.js';
import { isJsonObject, type Json, type JsonObject, own, toJson } from '../../core/json.js';
import { didYouMean, type Problem, Refused } from '../../core/problem.js';
import type { Handlers } from '../../runtime/handler.js';
import type { MissingHandlers } from './handlers-at-work.js';

export interface SimulatedMessage {
  readonly key: string;
  readonly value: unknown;
  readonly data?: unknown;
  /** 0 if absent: once the execution has come to where it waits first. */
  readonly afterMs?: number;
}

export interface SimulateOptions {
  /** What carries out the tasks, by name or ARN, as an engine's handlers do. No time passes while they work. */
  readonly handlers?: Handlers;
  /**
   * Who is given the token of a task that waits for it, by the same name or ARN: what is given here answers the token, once
   * the task's handler is done. Where there is nobody, nobody answers.
   */
  readonly callbacks?: Handlers;
  /**
   * Other workflows, which tasks run executions of, by name. Those that nobody waits for run on the same clock, until the
   * execution itself has ended.
   */
  readonly machines?: Readonly<Record<string, string | object>>;
  /** What is said to whoever waits for its key and value by then (Message states), in milliseconds after the start. */
  readonly messages?: readonly SimulatedMessage[];
  /** What becomes of a task without a handler: it fails with HandlerMissing (the default), or gives what it is given. */
  readonly missingHandlers?: MissingHandlers;
  /** What stands in the context object instead of what would: `{ Execution: { Name: 'run-7' } }`. */
  readonly context?: object;
  /** Variables that are assigned already. */
  readonly variables?: object;
  /** The type of the workflow: that of the program, or STANDARD, by default. */
  readonly type?: WorkflowType;
  /** When it begins: milliseconds since 1970, or a Date; the machine's time by default. */
  readonly now?: number | Date;
  /** What `$random`, jitter, UUIDs and their like derive from: the same seed, the same run. */
  readonly seed?: string;
  /** Stops the execution: it ends ABORTED. */
  readonly signal?: AbortSignal;
  /**
   * For how many milliseconds of real time the handlers at work may all be silent, 3,000 by default. Then the clock jumps
   * to what is due next, which is their timeout if nothing else is.
   */
  readonly patienceMs?: number;
}

/** How long all handlers of a simulation may be silent, in milliseconds of real time. */
const PATIENCE_MS = 3_000;

/** The furthest instant that a timestamp can be written for, in milliseconds since 1970. */
export const LAST_INSTANT_MS = 8_640_000_000_000_000;

/** What an execution has where nothing else is asked for. */
const NAME = 'simulation';

/** A message on its way, and when it arrives, in milliseconds since 1970. */
export interface Posted {
  readonly at: number;
  readonly subject: string;
  readonly output: Json;
}

/** Options that were looked at. */
export interface SimulateTerms {
  /** Absent where it begins as any other. */
  readonly given: Given | undefined;
  /** Names of the execution and of its machine. */
  readonly instance: string;
  readonly machine: string;
  readonly handlers: Handlers;
  readonly callbacks: Handlers;
  readonly machines: ReadonlyMap<string, AslProgram>;
  readonly messages: readonly Posted[];
  readonly missing: MissingHandlers;
  readonly now: number;
  readonly seed: string;
  readonly patienceMs: number;
  readonly signal: AbortSignal | undefined;
}

/** The options that there are: one that is misspelt would do nothing, and nobody would notice. */
const OPTIONS = {
  ...{ handlers: true, callbacks: true, machines: true, messages: true, missingHandlers: true },
  ...{ context: true, variables: true, type: true, now: true, seed: true, signal: true, patienceMs: true },
} satisfies Record<keyof SimulateOptions, true>;

/** How the definitions of other workflows are read. Throws Refused. */
export type Compile = (definition: string | object) => AslProgram;

/** Throws Refused. */
export function simulateTerms(options: SimulateOptions, compile: Compile): SimulateTerms {
  for (const name of Object.keys(options)) if (!Object.hasOwn(OPTIONS, name)) refuseUnknown(name);
  const {
    handlers = {},
    callbacks = {},
    machines,
    missingHandlers = 'fail',
    seed = NAME,
    patienceMs = PATIENCE_MS,
    signal,
  } = options;
  const now = Number(options.now ?? Date.now());
  if (!(Math.abs(now) <= LAST_INSTANT_MS)) refuse('now', 'it must be a Date or milliseconds since 1970');
  if (!(patienceMs >= 0)) refuse('patienceMs', 'it must be a number of milliseconds');
  if (missingHandlers !== 'fail' && missingHandlers !== 'pass-through')
    refuse('missingHandlers', 'it is "fail" or "pass-through"');
  checkHandlers('handlers', handlers);
  checkHandlers('callbacks', callbacks);
  const begun = givenOf(options);
  return {
    given: begun,
    handlers,
    callbacks,
    messages: options.messages === undefined ? [] : postedOf(options.messages, now),
    machines: machines === undefined ? NONE : compiled(machines, compile),
    seed,
    patienceMs,
    signal,
    now,
    missing: missingHandlers,
    instance: nameIn(begun?.context, 'Execution'),
    machine: nameIn(begun?.context, 'StateMachine'),
  };
}

const NONE: ReadonlyMap<string, AslProgram> = new Map();

function compiled(
  machines: Readonly<Record<string, string | object>>,
  compile: Compile,
): ReadonlyMap<string, AslProgram> {
  return new Map(Object.entries(machines).map(([name, machine]) => [name, compile(machine)]));
}

/** The next first. */
function postedOf(messages: readonly SimulatedMessage[], now: number): readonly Posted[] {
  return messages.map((message, i) => posted(message, i, now)).sort((a, b) => a.at - b.at);
}

function posted({ key, value, data, afterMs = 0 }: SimulatedMessage, i: number, now: number): Posted {
  const output = {
    key,
    value: asJson(`messages/${i}/value`, value),
    data: asJson(`messages/${i}/data`, data),
  };
  const subject = correlationOf(String(key), output.value);
  if ('problem' in subject) refuse(`messages/${i}`, subject.problem.message);
  if (!(afterMs >= 0)) refuse(`messages/${i}`, 'afterMs must be a number of milliseconds');
  return { at: now + afterMs, subject: subject.value, output };
}

function checkHandlers(option: string, handlers: Handlers): void {
  for (const name of Object.keys(handlers))
    if (typeof handlers[name] !== 'function') refuse(`${option}/${name}`, 'it must be a function');
}

/** A value that a program handed in, as JSON. Throws Refused. */
export function asJson(name: string, value: unknown): Json {
  const json = toJson(value);
  if ('value' in json) return json.value;
  const { path, message } = json.problem;
  throw new Refused({ ...json.problem, path: `/${name}${path}`, message: `${name}: ${message}` });
}

/** One that has to be an object, or absent. */
export function asObject(name: string, value: unknown): JsonObject | undefined {
  if (value === undefined) return undefined;
  const json = asJson(name, value);
  return isJsonObject(json) ? json : refuse(name, 'it must be an object');
}

function givenOf(options: SimulateOptions): Given | undefined {
  if (options.context === undefined && options.variables === undefined) return undefined;
  const context = asObject('context', options.context);
  const variables = asObject('variables', options.variables);
  for (const name of Object.keys(variables ?? {})) {
    const fault = variableNameFault(name);
    if (fault !== undefined) refuse(`variables/${name}`, fault.message);
  }
  return given({ context, variables });
}

function nameIn(context: JsonObject | undefined, member: string): string {
  const group = context === undefined ? undefined : own(context, member);
  const name = isJsonObject(group) ? own(group, 'Name') : undefined;
  return typeof name === 'string' && name !== '' ? name : NAME;
}

function refuseUnknown(name: string): never {
  const { hint } = didYouMean(name, Object.keys(OPTIONS));
  const problem: Problem = {
    code: 'invalid-option',
    message: `there is no option "${name}"`,
    path: `/${name}`,
  };
  throw new Refused(hint === undefined ? problem : { ...problem, hint });
}

function refuse(name: string, reason: string): never {
  const problem: Problem = { code: 'invalid-option', message: `${name}: ${reason}`, path: `/${name}` };
  throw new Refused(problem);
}
