import type { Checked } from '../../core/problem.js';
import { SCHEMA } from '../fields.js';
import { isIntegration } from './integrations.js';

/**
 * What a Task's Resource means, as far as its history tells it (States Language: Task State; Step Functions:
 * service integrations). A plain name is ours: a handler of that name, recorded as a Lambda function is, or as one that
 * is invoked and waited for.
 */
export type Resource =
  | { readonly kind: 'lambda'; readonly arn: string }
  | { readonly kind: 'activity'; readonly arn: string }
  | {
      readonly kind: 'service';
      readonly arn: string;
      /** The service: `lambda`, `sqs`, `aws-sdk:s3`. */
      readonly resourceType: string;
      /** The action, with its pattern: `invoke`, `sendMessage.waitForTaskToken`. */
      readonly resource: string;
    };

const LAMBDA = /^arn:aws[\w-]*:lambda:[^:]*:[^:]*:function:.+$/;
const ACTIVITY = /^arn:aws[\w-]*:states:[^:]*:[^:]*:activity:.+$/;
const SERVICE = /^arn:aws[\w-]*:states:[^:]*:[^:]*:(aws-sdk:[^:]+|[^:]+):(.+)$/;
const HANDLER = /^[A-Za-z_][\w.-]*$/;

const CALLBACK = '.waitForTaskToken';

/**
 * @example
 * parseResource('arn:aws:states:::sqs:sendMessage'); // => { value: { kind: 'service', arn: 'arn:aws:states:::sqs:sendMessage', resourceType: 'sqs', resource: 'sendMessage' } }
 * parseResource('createAccount'); // => { value: { kind: 'lambda', arn: 'createAccount' } }
 */
export function parseResource(text: string): Checked<Resource> {
  if (HANDLER.test(text) && text.endsWith(CALLBACK)) {
    return { value: { kind: 'service', arn: text, resourceType: 'lambda', resource: `invoke${CALLBACK}` } };
  }
  if (LAMBDA.test(text) || HANDLER.test(text)) return { value: { kind: 'lambda', arn: text } };
  if (ACTIVITY.test(text)) return { value: { kind: 'activity', arn: text } };
  const service = SERVICE.exec(text);
  const [, resourceType = '', resource = ''] = service ?? [];
  if (service !== null && isIntegration(resourceType, resource)) {
    return { value: { kind: 'service', arn: text, resourceType, resource } };
  }
  return {
    problem: {
      code: SCHEMA,
      message: text.startsWith('arn:')
        ? `The resource provided ${text} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`
        : 'Value is not a valid resource ARN',
      path: '',
      hint: 'write an ARN (Lambda function, activity, arn:aws:states:::service:action) or the name of a handler',
    },
  };
}

/** Whether the task is answered with its token. */
export function isCallback(resource: Resource): boolean {
  return resource.kind === 'service' && resource.resource.endsWith(CALLBACK);
}

const NESTED: ReadonlyMap<string, 'text' | 'value'> = new Map([
  ['startExecution.sync', 'text'],
  ['startExecution.sync:2', 'value'],
]);

/** Of a task that is an execution of its own: the form that its result gives the execution's input and output in. */
export function nestedForm(resource: Resource): 'text' | 'value' | undefined {
  const isStates = resource.kind === 'service' && resource.resourceType === 'states';
  return isStates ? NESTED.get(resource.resource) : undefined;
}

/** The resource as AWS names it where a result is too large. */
export function resourceLabel(resource: Resource): string {
  return resource.kind === 'service' ? resource.resourceType : resource.arn;
}
