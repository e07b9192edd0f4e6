/** What stands for account and region in the names that AWS would give things. */
const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/detent`;

/** The region that task events name. */
export const TASK_REGION = REGION;

export function stateMachineArn(machine: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${machine}`;
}

/** The label of a Map stands behind the machine's name for the executions of its items. */
export function executionArn(machine: string, instance: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT}:execution:${machine}:${instance}`;
}

/** Of an execution of an Express workflow, or of a state that is tested. */
export function expressArn(machine: string, execution: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT}:express:${machine}:${execution}`;
}

/** Of the run of a Map with this label; its instance and the group of its executions are its id. */
export function mapRunArn(machine: string, label: string, instance: string, group: string): string {
  return `arn:aws:states:${REGION}:${ACCOUNT}:mapRun:${machine}/${label}:${instance}/${group}`;
}

const MAP_RUN_ARN = /^arn:aws[\w-]*:states:[^:]*:[^:]*:mapRun:[^:/]+\/[^:]+:(.+)\/([^/]+)$/;

/**
 * The instance, and the run within it, that the ARN of a Map run names; undefined if it is none of ours.
 *
 * @example
 * mapRunIn('arn:aws:states:us-east-1:000000000000:mapRun:shop/items:run/1.0'); // => { instance: 'run', mapRun: '1.0' }
 */
export function mapRunIn(arn: string): { readonly instance: string; readonly mapRun: string } | undefined {
  const [, instance, mapRun] = MAP_RUN_ARN.exec(arn) ?? [];
  return instance === undefined || mapRun === undefined ? undefined : { instance, mapRun };
}

const MACHINE_ARN = /^arn:aws[\w-]*:states:[^:]*:[^:]*:stateMachine:([^:/]+)(?::[^:]+)?$/;

/**
 * The machine that a state machine's ARN names, of whatever region and account, or that is named plainly; undefined if
 * it is neither. Versions and aliases are passed over: the newest definition it is.
 *
 * @example
 * machineIn('arn:aws:states:us-east-1:123456789012:stateMachine:billing:7'); // => 'billing'
 * machineIn('billing'); // => 'billing'
 * machineIn('arn:aws:s3:::billing'); // => undefined
 */
export function machineIn(text: string): string | undefined {
  if (!text.startsWith('arn:')) return text === '' ? undefined : text;
  return MACHINE_ARN.exec(text)?.[1];
}
