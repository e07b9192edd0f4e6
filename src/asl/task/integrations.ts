/** What waits for an answer: a job's end, or somebody with the task's token. Step Functions: service integration patterns. */
type Pattern = 'sync' | 'sync:2' | 'waitForTaskToken';

const TOKEN: readonly Pattern[] = ['waitForTaskToken'];
const SYNC: readonly Pattern[] = ['sync'];

/**
 * The optimized integrations whose actions are few: by service, by action, the patterns that it has. Services that are not
 * here have more of them than are worth a list, or new ones. Step Functions: optimized integrations.
 */
const INTEGRATIONS: Readonly<Record<string, Readonly<Record<string, readonly Pattern[]>>>> = {
  apigateway: { invoke: TOKEN },
  batch: { submitJob: SYNC },
  databrew: { startJobRun: SYNC },
  dynamodb: { getItem: [], putItem: [], updateItem: [], deleteItem: [] },
  ecs: { runTask: ['sync', 'waitForTaskToken'] },
  events: { putEvents: TOKEN },
  glue: { startJobRun: SYNC },
  http: { invoke: [] },
  lambda: { invoke: TOKEN },
  mediaconvert: { createJob: SYNC },
  sns: { publish: TOKEN },
  sqs: { sendMessage: TOKEN },
  states: { startExecution: ['sync', 'sync:2', 'waitForTaskToken'] },
};

/**
 * Whether AWS has such an action of a service, with such a pattern, as far as that is known here.
 *
 * @example
 * isIntegration('sqs', 'sendMessage.waitForTaskToken'); // => true
 * isIntegration('dynamodb', 'query'); // => false
 * isIntegration('states', 'startExecution.sync:2'); // => true
 * isIntegration('aws-sdk:dynamodb', 'query'); // => true
 */
export function isIntegration(service: string, resource: string): boolean {
  const [, action = '', pattern] = /^([^.]*)(?:\.(.*))?$/.exec(resource) ?? [];
  if (service.startsWith('aws-sdk:')) return pattern === undefined || pattern === 'waitForTaskToken';
  if (!Object.hasOwn(INTEGRATIONS, service)) return true;
  const actions = INTEGRATIONS[service] ?? {};
  const patterns: readonly string[] | undefined = Object.hasOwn(actions, action)
    ? actions[action]
    : undefined;
  return patterns !== undefined && (pattern === undefined || patterns.includes(pattern));
}
