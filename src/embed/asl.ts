import { inspect } from '../analysis/inspect.js';
import type { WorkflowType } from '../asl/compile.js';
import { checkWorkflow, compileWorkflow } from '../asl/language.js';
import type { AslProgram } from '../asl/program.js';
import type { StateTestAnswer, StateTestRequest } from '../asl/test-state/request.js';
import { type Json, toJson } from '../core/json.js';
import { isError, type Problem, Refused } from '../core/problem.js';
import { locateProblems, parseSource } from '../formats/source.js';
import { simulateProgram } from './simulation/simulate.js';
import { type SimulateOptions, simulateTerms } from './simulation/simulate-options.js';
import type { Simulated } from './simulation/simulated.js';
import { type StateTestOptions, testSource } from './simulation/test-state.js';

export type { WorkflowType } from '../asl/compile.js';
export type { ExecutionStatus } from '../asl/execution-status.js';
export type { AslProgram } from '../asl/program.js';
export type { HttpRequest, HttpResponse } from '../asl/test-state/http-exchange.js';
export type {
  InspectionData,
  InspectionLevel,
  StateConfiguration,
  StateMock,
  StateTestAnswer,
  StateTestRequest,
} from '../asl/test-state/request.js';
export type { Json } from '../core/json.js';
export { type Problem, Refused } from '../core/problem.js';

export type { Handler, HandlerJob, Handlers } from '../runtime/handler.js';
export type { SimulateOptions } from './simulation/simulate-options.js';
export type { Simulated } from './simulation/simulated.js';
export type { StateTestOptions } from './simulation/test-state.js';

/** A workflow: the object, or its text in JSON or YAML. */
export type AslDefinition = string | object;

export interface WorkflowOptions {
  /** An EXPRESS workflow may wait for no token, no activity and no execution, and has five minutes. STANDARD by default. */
  readonly type?: WorkflowType;
}

/**
 * Everything that is wrong with a workflow, at once: what AWS refuses, in its words, and warnings beyond AWS, marked so.
 * In a text each problem has its line and column. Never throws.
 *
 * @example
 * check({ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }); // => []
 * check('StartAt: A\nStates: { A: { Type: Pass, Next: B }, C: { Type: Succeed } }')[0]?.message; // => "Missing 'Next' target: B"
 * const task = { Type: 'Task', Resource: 'ask.waitForTaskToken', End: true };
 * check({ StartAt: 'A', States: { A: task } }, { type: 'EXPRESS' })[0]?.path; // => '/States/A/Resource'
 */
export function check(definition: AslDefinition, { type }: WorkflowOptions = {}): readonly Problem[] {
  const wrong = typeProblem(type);
  return wrong === undefined ? read(definition, (source) => problemsOf(source, type)).problems : [wrong];
}

/**
 * A workflow read once, to be run often. Throws Refused, which holds the problems, if it has errors.
 *
 * @example
 * compile({ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }).startAt; // => 'A'
 */
export function compile(definition: AslDefinition, { type }: WorkflowOptions = {}): AslProgram {
  const wrong = typeProblem(type);
  if (wrong !== undefined) throw new Refused(wrong);
  const { source, problems } = read(definition, (it) => checkWorkflow(it, type));
  const errors = problems.filter(isError);
  if (source === undefined || errors.length > 0) throw new Refused(errors);
  return compileWorkflow(source, type);
}

/**
 * Runs an execution to its end, in memory and on a clock of its own: Waits, pauses before retries, timeouts and missed
 * heartbeats take no time. Tasks are carried out by `handlers`, whose promises are awaited. A program that `compile` made is
 * taken as well. The input is a value, a text included, never JSON text; if absent, it is `{}`.
 *
 * Throws Refused if the definition has errors, if the input, the context or the variables are no JSON or too large, and if
 * nothing can ever end the execution.
 *
 *     const { status, output } = await simulate(workflow, { id: 7 }, {
 *       handlers: { charge: ({ id }) => ({ receipt: `r-${id}` }) },
 *     });
 */
export async function simulate(
  definition: AslDefinition | AslProgram,
  input?: unknown,
  options: SimulateOptions = {},
): Promise<Simulated> {
  return simulateProgram(programOf(definition, options), input, simulateTerms(options, programOf));
}

/**
 * Tests one state as AWS's TestState does, with values in place of JSON texts: what it leads to, what it gives, and at the
 * inspection levels DEBUG and TRACE what each step of its data flow leaves. The definition is the state, or a whole machine
 * of which the request names one (`stateName`). A `mock` is what the work of a Task, Map or Parallel came to; without one a
 * Task is carried out by `handlers`.
 *
 * Throws Refused where AWS refuses, with AWS's error as the code (InvalidDefinition, ValidationException) and its words.
 *
 *     const { status, nextState } = await testState(workflow, {
 *       stateName: 'Charge',
 *       input: { amount: 5 },
 *       mock: { errorOutput: { error: 'CardDeclined', cause: 'no funds' } },
 *     });
 */
export async function testState(
  definition: AslDefinition,
  request: StateTestRequest = {},
  options: StateTestOptions = {},
): Promise<StateTestAnswer> {
  return testSource(sourceOf(definition), request, options);
}

/** Throws Refused. */
function sourceOf(definition: AslDefinition): Json {
  const { source, problems } = typeof definition === 'string' ? parseSource(definition) : jsonOf(definition);
  if (source !== undefined) return source;
  throw new Refused(problems);
}

/** Throws Refused. */
function programOf(definition: AslDefinition | AslProgram, options: WorkflowOptions = {}): AslProgram {
  if (!isProgram(definition)) return compile(definition, options);
  const { type = typeOf(definition) } = options;
  if (type === typeOf(definition)) return definition;
  const message = `type: the program was compiled as a workflow of the type ${typeOf(definition)}`;
  throw new Refused({ code: 'invalid-option', message, path: '/type' });
}

function typeOf({ express }: AslProgram): WorkflowType {
  return express ? 'EXPRESS' : 'STANDARD';
}

function typeProblem(type: unknown): Problem | undefined {
  if (type === undefined || type === 'STANDARD' || type === 'EXPRESS') return undefined;
  return { code: 'invalid-option', message: 'type: it is "STANDARD" or "EXPRESS"', path: '/type' };
}

/** Whether it is a workflow that was compiled already. */
function isProgram(definition: AslDefinition | AslProgram): definition is AslProgram {
  return (
    typeof definition === 'object' &&
    definition !== null &&
    'states' in definition &&
    definition.states instanceof Map
  );
}

/** A workflow's source, unless its text leaves none, and all that is wrong with it. */
function read(definition: AslDefinition, problemsIn: (source: Json) => readonly Problem[]): Read {
  if (typeof definition === 'string') {
    const parsed = parseSource(definition);
    const { source, problems } = parsed;
    if (source === undefined) return { problems };
    return { source, problems: [...problems, ...locateProblems(problemsIn(source), parsed)] };
  }
  const { source, problems } = jsonOf(definition);
  return source === undefined ? { problems } : { source, problems: problemsIn(source) };
}

interface Read {
  readonly source?: Json;
  readonly problems: readonly Problem[];
}

function jsonOf(definition: object): Read {
  const json = toJson(definition);
  return 'problem' in json ? { problems: [json.problem] } : { source: json.value, problems: [] };
}

/** What is wrong with a source; what only looks wrong is asked where nothing else is. */
function problemsOf(source: Json, type: WorkflowType | undefined): readonly Problem[] {
  const problems = checkWorkflow(source, type);
  return problems.some(isError) ? problems : [...problems, ...inspect(compileWorkflow(source, type), source)];
}
