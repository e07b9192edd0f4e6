import { isJsonObject, type Json, own } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { compileDataFlow } from '../data-flow.js';
import { dataLimitFailure } from '../errors.js';
import { compileJsonataField } from '../jsonata-query.js';
import { compilePayloadField } from '../path-query.js';
import { exceedsDataLimit } from '../payload.js';
import type { CompiledState, StateSource, StateType } from '../program.js';
import { compileSeconds } from '../seconds.js';
import { callbackOf } from '../task/callback.js';
import { nestedOf } from '../task/nested.js';
import { requestOf } from '../task/request.js';
import { isCallback, nestedForm, parseResource, type Resource, resourceLabel } from '../task/resource.js';
import type { Work } from '../task/work.js';
import { compileRecovery, compileState, compileTransition, leaveFor } from './state.js';

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
    const work = workOf(resource);
    const own: Pick<CompiledState, 'enter' | 'resume'> = {
      enter(thread) {
        work.prepare?.(thread);
        const selected = flow.select(thread);
        const input = flow.payload(thread, selected);
        if (input !== thread.input && exceedsDataLimit(input))
          throw dataLimitFailure(resourceLabel(resource));
        const terms = {
          timeout: timeout(thread, selected),
          heartbeat: heartbeat(thread, selected),
          role: role(thread, selected),
        };
        return { kind: 'wait', waiting: work.begin(thread, input, terms) };
      },
      resume(thread, answer, waited) {
        const taken = work.take(thread, answer, waited);
        if ('waiting' in taken) return { kind: 'wait', waiting: taken.waiting };
        thread.observe('result', taken.result);
        return leaveFor(transition.next, flow.leave(thread, taken.result));
      },
    };
    return compileState(source, {
      ...recovery,
      ...own,
      tasks: isLeftToOthers(resource) ? [] : [resource.arn],
    });
  },
};

/** How the work of a resource is done. */
function workOf(resource: Resource): Work {
  if (isCallback(resource)) return callbackOf(resource);
  const form = nestedForm(resource);
  return form === undefined ? requestOf(resource) : nestedOf(resource, form);
}

/** Whether nobody here needs a handler: workers elsewhere come for an activity's tasks, and executions need none. */
function isLeftToOthers(resource: Resource): boolean {
  return resource.kind === 'activity' || nestedForm(resource) !== undefined;
}

function compileResource({ fields }: StateSource): Resource {
  fields.require('Resource');
  const text = fields.text('Resource');
  if (text === undefined) return { kind: 'lambda', arn: '' };
  const parsed = parseResource(text);
  if ('problem' in parsed) {
    fields.report({ ...parsed.problem, path: fields.at('Resource') });
    return { kind: 'lambda', arn: text };
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
