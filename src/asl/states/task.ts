import { JOB_ERRORS } from '../../core/job.js';
import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { TASK_REGION } from '../context.js';
import { compileDataFlow } from '../data-flow.js';
import { dataLimitFailure, ERRORS, runtimeFailure, StateFailure } from '../errors.js';
import { failureDetails, WHOLE } from '../history.js';
import { compileJsonataField, compileTyped, isExpressionText } from '../jsonata-query.js';
import { DEFAULT_TASK_TIMEOUT_SECONDS } from '../limits.js';
import { compilePathText, compilePayloadField } from '../path-query.js';
import { exceedsDataLimit } from '../payload.js';
import type { Answer, CompiledState, StateSource, StateType } from '../program.js';
import { refuseForeign } from '../query.js';
import { parseResource, type Resource, resourceLabel } from '../resource.js';
import { compileRecovery, compileState, compileTransition, leaveFor } from './state.js';

/** Seconds, if the state names any. */
type Seconds = (thread: ActiveThread, selected: Json) => number | undefined;

/** Has work done by a handler and goes on with its result. States Language: Task State. */
export const task: StateType = {
  name: 'Task',
  compile(source) {
    const { fields } = source;
    const transition = compileTransition(fields);
    const resource = compileResource(source);
    const flow = compileDataFlow(source, { payload: 'task', assign: true });
    const timeout = compileSeconds(source, 'TimeoutSeconds');
    const heartbeat = compileSeconds(source, 'HeartbeatSeconds');
    const role = compileCredentials(source, resource);
    const recovery = compileRecovery(source, transition);
    const work: Pick<CompiledState, 'enter' | 'resume'> = {
      enter(thread) {
        const selected = flow.select(thread);
        const input = flow.payload(thread, selected);
        if (input !== thread.input && exceedsDataLimit(input))
          throw dataLimitFailure(resourceLabel(resource));
        const terms = {
          timeout: timeout(thread, selected),
          heartbeat: heartbeat(thread, selected),
          role: role(thread, selected),
        };
        return { kind: 'wait', waiting: { for: 'task', effect: schedule(thread, resource, input, terms) } };
      },
      resume(thread, answer) {
        const result = takeAnswer(thread, resource, answer);
        thread.observe('result', result);
        return leaveFor(transition.next, flow.leave(thread, result));
      },
    };
    return compileState(source, { ...recovery, ...work, tasks: [resource.arn] });
  },
};

function compileResource({ fields }: StateSource): Resource {
  fields.require('Resource');
  const text = fields.text('Resource');
  if (text === undefined) return { kind: 'lambda', arn: '' };
  const parsed = parseResource(text);
  if ('problem' in parsed) {
    fields.report({ ...parsed.problem, path: fields.at('Resource') });
    return { kind: 'lambda', arn: text };
  }
  if (parsed.value.kind === 'service' && parsed.value.resource.includes('.waitForTaskToken')) {
    fields.report({
      code: 'not-supported',
      message: 'Waiting for a task token is not supported yet',
      path: fields.at('Resource'),
    });
  }
  return parsed.value;
}

/** The role that a task is to take, which its handler is not told: it is written down. Step Functions: Credentials. */
function compileCredentials(
  { fields, queryLanguage }: StateSource,
  resource: Resource,
): (thread: ActiveThread, selected: Json) => string | undefined {
  const credentials = fields.object('Credentials');
  if (credentials === undefined) return () => undefined;
  if (resource.kind === 'activity') {
    credentials.report({
      message: "The field 'Credentials' is not supported for activities",
      path: credentials.path,
    });
  } else if (!credentials.has('RoleArn') && !credentials.has('RoleArn.$')) {
    credentials.report({
      message: "The field 'RoleArn' is required but was missing",
      path: credentials.path,
    });
  }
  const make =
    queryLanguage === 'JSONPath'
      ? compilePayloadField(fields, 'Credentials')
      : compileJsonataField(fields, 'Credentials');
  return (thread, selected) => {
    const made = make?.(thread, selected);
    const role = isJsonObject(made) ? own(made, 'RoleArn') : undefined;
    return typeof role === 'string' ? role : undefined;
  };
}

function compileSeconds(source: StateSource, field: 'TimeoutSeconds' | 'HeartbeatSeconds'): Seconds {
  const { fields, queryLanguage } = source;
  refuseForeign(source, 'JSONPath', [`${field}Path`]);
  if (queryLanguage === 'JSONata' && isExpressionText(fields.any(field))) {
    const value = compileTyped(fields, field, 'number');
    return (thread) => wholeSeconds(value?.(thread) ?? null, field);
  }
  fields.atMostOne(field, `${field}Path`);
  const fixed = fields.integer(field, { min: 1, max: DEFAULT_TASK_TIMEOUT_SECONDS });
  const path = queryLanguage === 'JSONPath' ? compilePathText(fields, `${field}Path`) : undefined;
  if (path === undefined) return () => fixed;
  return (thread, selected) => wholeSeconds(path.get(thread, selected), `${field}Path`);
}

function wholeSeconds(value: Json, field: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) {
    return Math.min(value, DEFAULT_TASK_TIMEOUT_SECONDS);
  }
  throw runtimeFailure(
    `The ${field} field refers to value ${JSON.stringify(value)} which is not a valid integer.`,
  );
}

/** What a task is asked for with, besides its input. */
interface Terms {
  readonly timeout: number | undefined;
  readonly heartbeat: number | undefined;
  readonly role: string | undefined;
}

/** Asks for the task and writes that down. Gives the effect's id. */
function schedule(thread: ActiveThread, resource: Resource, input: Json, terms: Terms): string {
  thread.record(scheduledType(resource), scheduledDetails(resource, input, terms));
  const id = thread.turn.nextEffectId();
  thread.turn.effects.push({
    type: 'task',
    id,
    name: resource.arn,
    input,
    ask: true,
    timeoutMs: (terms.timeout ?? DEFAULT_TASK_TIMEOUT_SECONDS) * 1_000,
    ...(terms.heartbeat === undefined ? {} : { heartbeatMs: terms.heartbeat * 1_000 }),
  });
  return id;
}

/** Writes down how the task went and gives its result. Throws StateFailure if it went wrong. */
function takeAnswer(thread: ActiveThread, resource: Resource, answer: Answer): Json {
  if (answer.type === 'timer.fired') throw new Error('a task is not answered by a timer');
  if (answer.startedAt !== undefined) {
    thread.record(`${EVENT_PREFIX[resource.kind]}Started`, startedDetails(resource), answer.startedAt);
  }
  if (answer.type === 'task.failed') return failed(thread, resource, taskFailure(resource, answer));
  if (exceedsDataLimit(answer.output)) {
    return failed(thread, resource, dataLimitFailure(resourceLabel(resource)));
  }
  thread.record(`${EVENT_PREFIX[resource.kind]}Succeeded`, {
    ...serviceDetails(resource),
    output: answer.output,
    outputDetails: WHOLE,
  });
  return answer.output;
}

function failed(thread: ActiveThread, resource: Resource, failure: StateFailure): never {
  const timedOut = failure.error === ERRORS.timeout || failure.error === ERRORS.heartbeatTimeout;
  thread.record(`${EVENT_PREFIX[resource.kind]}${timedOut ? 'TimedOut' : 'Failed'}`, {
    ...serviceDetails(resource),
    ...failureDetails(failure.error, failure.cause),
  });
  throw failure;
}

/** The errors that we give to jobs ourselves have AWS's names here; timeouts have no cause, as on AWS. */
function taskFailure(
  resource: Resource,
  { error, cause }: { readonly error: string; readonly cause: string },
): StateFailure {
  if (error === JOB_ERRORS.timeout) return new StateFailure(ERRORS.timeout, undefined);
  if (error === JOB_ERRORS.heartbeat) return new StateFailure(ERRORS.heartbeatTimeout, undefined);
  if (error === JOB_ERRORS.resultTooLarge) return dataLimitFailure(resourceLabel(resource));
  return new StateFailure(error, cause);
}

const EVENT_PREFIX = { lambda: 'LambdaFunction', activity: 'Activity', service: 'Task' } as const;

function scheduledType(resource: Resource): string {
  return `${EVENT_PREFIX[resource.kind]}Scheduled`;
}

function scheduledDetails(resource: Resource, input: Json, { timeout, heartbeat, role }: Terms): JsonObject {
  const limits = {
    ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
    ...(heartbeat === undefined || resource.kind === 'lambda' ? {} : { heartbeatInSeconds: heartbeat }),
    ...(role === undefined ? {} : { taskCredentials: { roleArn: role } }),
  };
  return resource.kind === 'service'
    ? { ...serviceDetails(resource), region: TASK_REGION, parameters: input, ...limits }
    : { resource: resource.arn, input, inputDetails: WHOLE, ...limits };
}

/** A Lambda function's start has no details. */
function startedDetails(resource: Resource): JsonObject | undefined {
  if (resource.kind === 'lambda') return undefined;
  return resource.kind === 'service' ? serviceDetails(resource) : {};
}

function serviceDetails(resource: Resource): JsonObject {
  return resource.kind === 'service'
    ? { resourceType: resource.resourceType, resource: resource.resource }
    : {};
}
