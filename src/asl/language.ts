import type { Json } from '../core/json.js';
import type { Language, View } from '../core/language.js';
import { isError, type Problem, Refused } from '../core/problem.js';
import type { Callback } from '../core/task-token.js';
import { readDefinition, type WorkflowType } from './compile.js';
import { fromState, MAIN_THREAD, type Thread } from './execution.js';
import { problemOf } from './finding.js';
import { graphOf } from './graph.js';
import { MAX_DATA_BYTES } from './limits.js';
import { MapRun } from './map-run/map-run.js';
import { mapRunView } from './map-run/map-run-view.js';
import type { AslProgram } from './program.js';
import { redrivableOf, redrive } from './redrive.js';
import { fail, step } from './step.js';

/**
 * Amazon States Language: workflows as AWS Step Functions runs them, with its errors and its history events.
 *
 * @example
 * asl.check({ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }); // => []
 */
export const asl: Language<AslProgram> = {
  name: 'asl',
  check: (source) => checkWorkflow(source),
  compile: (source) => compileWorkflow(source),
  step,
  fail,
  redrive,
  callback: callbackOf,
  view: viewOf,
  active(_, state) {
    return threadsOf(state).map(({ state: name }) => name);
  },
  accepts: () => [],
  graph: graphOf,
};

/** The same for Express workflows. */
export const expressAsl: Language<AslProgram> = {
  ...asl,
  check: (source) => checkWorkflow(source, 'EXPRESS'),
  compile: (source) => compileWorkflow(source, 'EXPRESS'),
};

/** Everything that is wrong with a definition as a workflow of a type. */
export function checkWorkflow(source: Json, type?: WorkflowType): readonly Problem[] {
  return readDefinition(source, type).findings.map(problemOf);
}

/** Throws Refused with the problems if the definition has errors. */
export function compileWorkflow(source: Json, type?: WorkflowType): AslProgram {
  const { findings, program } = readDefinition(source, type);
  const errors = findings.filter(isError).map(problemOf);
  if (errors.length > 0) throw new Refused(errors);
  return program;
}

function callbackOf(state: Json, effect: string): Callback | undefined {
  const found = threadsOf(state).find(({ waiting }) => waiting?.callback?.effect === effect);
  const callback = found?.waiting?.callback;
  if (callback === undefined) return undefined;
  const { secret, dueAt, heartbeat } = callback;
  const until = Math.min(dueAt, heartbeat?.dueAt ?? dueAt);
  return { secret, dueAt: until, maxOutputBytes: MAX_DATA_BYTES };
}

/** `value` is the state that the execution is in, or ended in, `context` the input of the one it is in. */
function viewOf(state: Json): View {
  if (state === null) return { value: null, context: null, output: null };
  const execution = fromState(state);
  const main = execution.threads[MAIN_THREAD];
  const isPortion = execution.start.role === 'portion';
  const part = execution.start.label ?? (isPortion ? execution.start.role : undefined);
  const failure = execution.error !== undefined || execution.cause !== undefined;
  const awaits = Object.values(execution.threads).flatMap(({ waiting }) =>
    waiting?.message === undefined ? [] : [{ key: waiting.message.key, value: waiting.message.value }],
  );
  const redrive = redrivableOf(execution);
  const standing = main === undefined ? (execution.failed ?? {}) : execution.threads;
  const groups = Object.values(standing).flatMap(({ mapRun }) =>
    mapRun === undefined ? [] : [mapRunView(new MapRun(mapRun))],
  );
  return {
    value: main?.state ?? execution.last ?? null,
    context: main?.input ?? null,
    output: (isPortion ? execution.start.input : execution.output) ?? null,
    ...(awaits.length > 0 ? { awaits } : {}),
    ...(redrive === undefined ? {} : { redrive }),
    input: execution.start.input,
    ...(part === undefined ? {} : { part }),
    ...(groups.length > 0 ? { groups } : {}),
    ...(failure ? { error: { error: execution.error ?? '', cause: execution.cause ?? '' } } : {}),
  };
}

function threadsOf(state: Json): readonly Thread[] {
  return state === null ? [] : Object.values(fromState(state).threads);
}
