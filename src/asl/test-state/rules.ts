import { isJsonArray, isJsonObject, type Json } from '../../core/json.js';
import { Refused } from '../../core/problem.js';
import { MAX_DATA_BYTES } from '../limits.js';
import { exceedsDataLimit } from '../payload.js';
import type { CompiledState } from '../program.js';
import { parseResource } from '../task/resource.js';
import { INSPECTION_LEVELS, type StateMock, type StateTestRequest, VALIDATION_MODES } from './request.js';
import { checkMockResult } from './service-result.js';
import type { TestSubject } from './subject.js';

/** States that are made of others: their work is never done in a test. */
const COMPOSITE: readonly string[] = ['Map', 'Parallel'];

/** Where an option of a state's configuration stands in AWS's words. */
const CONFIGURATION = {
  retrierRetryCount: 'RetrierRetryCount',
  errorCausedByState: 'ErrorCausedByState',
  mapIterationFailureCount: 'MapIterationFailureCount',
  mapItemReaderData: 'MapItemReaderData',
} as const;

/** What AWS refuses of a test, in its words where they were recorded. `isCarriedOut`: someone is there to do a Task's work. */
export function checkRequest(subject: TestSubject, request: StateTestRequest, isCarriedOut: boolean): void {
  const { inspectionLevel: level, mock } = request;
  if (level !== undefined && !INSPECTION_LEVELS.includes(level))
    refuse('inspectionLevel', `Value '${level}' should be one of [${INSPECTION_LEVELS.join(', ')}]`);
  checkSizes(request);
  if (mock === undefined) checkUnmocked(subject, request, isCarriedOut);
  else checkMock(subject, request, mock);
}

function checkSizes({ input, variables, stateConfiguration }: StateTestRequest): void {
  if (input !== undefined && exceedsDataLimit(input))
    refuse('input', `Input exceeds ${MAX_DATA_BYTES} bytes`);
  if (variables !== undefined && exceedsDataLimit(variables))
    refuse('variables', `Variables exceed ${MAX_DATA_BYTES} bytes`);
  if ((stateConfiguration?.mapItemReaderData?.length ?? 0) > MAX_DATA_BYTES)
    refuse('stateConfiguration/mapItemReaderData', `MapItemReaderData exceeds ${MAX_DATA_BYTES} characters`);
}

function checkUnmocked(
  { state, resource }: TestSubject,
  request: StateTestRequest,
  isCarriedOut: boolean,
): void {
  const { stateConfiguration = {}, context, roleArn } = request;
  for (const [option, name] of Object.entries(CONFIGURATION)) {
    if (stateConfiguration[option as keyof typeof CONFIGURATION] === undefined) continue;
    refuse(
      `stateConfiguration/${option}`,
      `TestState does not support ${name} when a mock is not specified.`,
    );
  }
  if (context !== undefined)
    refuse('context', 'TestState does not support Context when a mock is not specified.');
  if (COMPOSITE.includes(state.type)) {
    const types = 'Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]';
    throw refused(
      'InvalidDefinition',
      'definition',
      `TestState API does not support Map or Parallel states. ${types}`,
    );
  }
  if (state.type !== 'Task') return;
  const pattern = callback(resource);
  if (pattern !== undefined)
    throw refused(
      'InvalidDefinition',
      'definition',
      `TestState API does not support ${pattern} without a mock`,
    );
  if (roleArn === undefined && !isCarriedOut)
    refuse('roleArn', 'RoleArn must be specified when testing a Task state');
}

/** What a Task waits for that no test can wait for. */
function callback(resource: string): string | undefined {
  const parsed = parseResource(resource);
  if (!('value' in parsed)) return undefined;
  const { value } = parsed;
  if (value.kind === 'activity') return 'Activity tasks';
  const pattern = value.kind === 'service' ? /\.(sync|waitForTaskToken)/.exec(value.resource) : null;
  return pattern === null ? undefined : `the '${pattern[0]}' service integration pattern`;
}

function checkMock({ state, resource }: TestSubject, request: StateTestRequest, mock: StateMock): void {
  const { result, errorOutput, fieldValidationMode: mode = 'STRICT' } = mock;
  if (request.revealSecrets === true)
    refuse('revealSecrets', 'TestState does not support RevealSecrets when a mock is specified.');
  if (!VALIDATION_MODES.includes(mode))
    refuse('mock/fieldValidationMode', `Value '${mode}' should be one of [${VALIDATION_MODES.join(', ')}]`);
  if (state.type !== 'Task' && !COMPOSITE.includes(state.type))
    refuse('mock', `State type '${state.type}' is not supported when a mock is specified`);
  if ((result === undefined) === (errorOutput === undefined))
    refuse('mock', 'A test mock should have only one of the following fields: [result, errorOutput].');
  if (errorOutput !== undefined) {
    if (errorOutput.error === undefined)
      refuse('mock/errorOutput', 'A mocked error must have the field: [error].');
    checkConfiguration(state, request);
    return;
  }
  if (result === undefined) return;
  if (exceedsDataLimit(result)) refuse('mock/result', 'Mocked result exceeds 262144 bytes');
  if (state.type === 'Task') checkMockResult(resource, result, mode);
  else checkComposite(state, result);
}

/** A Parallel gives one result a branch, and a Map a list of them, or where it has written them. */
function checkComposite({ type, inner, processor }: CompiledState, result: Json): void {
  if (processor?.writes) {
    if (!isJsonObject(result)) refuse('mock/result', 'Mocked result must be a JSON object.');
    return;
  }
  if (!isJsonArray(result)) refuse('mock/result', 'Mocked result must be an array.');
  if (type !== 'Parallel' || result.length === inner.length) return;
  const wanted = 'the same number of items as number of Parallel branches';
  refuse('mock/result', `Mocked result must contain ${wanted}.`);
}

function checkConfiguration(state: CompiledState, { stateConfiguration = {} }: StateTestRequest): void {
  const { errorCausedByState, mapIterationFailureCount } = stateConfiguration;
  if (mapIterationFailureCount !== undefined && state.type !== 'Map')
    refuse('stateConfiguration/mapIterationFailureCount', 'MapIterationFailureCount is for Map states.');
  if (errorCausedByState !== undefined && !COMPOSITE.includes(state.type))
    refuse('stateConfiguration/errorCausedByState', 'ErrorCausedByState is for Map and Parallel states.');
}

function refuse(field: string, message: string): never {
  throw refused('ValidationException', field, message);
}

function refused(code: string, field: string, message: string): Refused {
  return new Refused({ code, message, path: `/${field}` });
}
