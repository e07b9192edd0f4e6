import type { Json, JsonObject } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { TASK_REGION } from '../arn.js';
import { ERRORS, StateFailure } from '../errors.js';
import { failureDetails, WHOLE } from '../history.js';
import type { Resource } from './resource.js';
import type { Terms } from './work.js';

const PREFIX = { lambda: 'LambdaFunction', activity: 'Activity', service: 'Task' } as const;

/** Writes down how the work of a Task goes, under the names that its Resource has in AWS's histories. */
export class TaskEvents {
  readonly #resource: Resource;
  readonly #prefix: string;
  readonly #names: JsonObject;

  constructor(resource: Resource) {
    this.#resource = resource;
    this.#prefix = PREFIX[resource.kind];
    this.#names =
      resource.kind === 'service' ? { resourceType: resource.resourceType, resource: resource.resource } : {};
  }

  scheduled(thread: ActiveThread, input: Json, { timeout, heartbeat, role }: Terms): void {
    const { kind, arn } = this.#resource;
    const limits = {
      ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
      ...(heartbeat === undefined || kind === 'lambda' ? {} : { heartbeatInSeconds: heartbeat }),
      ...(role === undefined ? {} : { taskCredentials: { roleArn: role } }),
    };
    const asked =
      kind === 'service'
        ? { ...this.#names, region: TASK_REGION, parameters: input }
        : { resource: arn, input, inputDetails: WHOLE };
    thread.record(`${this.#prefix}Scheduled`, { ...asked, ...limits });
  }

  /** `at` in milliseconds since 1970, where that is not now. A Lambda function's start has no details. */
  started(thread: ActiveThread, at?: number): void {
    const details = this.#resource.kind === 'lambda' ? undefined : this.#names;
    thread.record(`${this.#prefix}Started`, details, at === undefined ? undefined : { at });
  }

  /** What was asked for is on its way, and this is what who took it said. */
  submitted(thread: ActiveThread, output: Json): void {
    thread.record(`${this.#prefix}Submitted`, this.#with(output));
  }

  succeeded(thread: ActiveThread, output: Json): void {
    thread.record(`${this.#prefix}Succeeded`, this.#with(output));
  }

  failed(thread: ActiveThread, failure: StateFailure): never {
    const timedOut = failure.error === ERRORS.timeout || failure.error === ERRORS.heartbeatTimeout;
    thread.record(`${this.#prefix}${timedOut ? 'TimedOut' : 'Failed'}`, {
      ...this.#names,
      ...failureDetails(failure.error, failure.cause),
    });
    throw failure;
  }

  /** Timeouts have no cause, as on AWS. */
  timedOut(thread: ActiveThread, error: typeof ERRORS.timeout | typeof ERRORS.heartbeatTimeout): never {
    return this.failed(thread, new StateFailure(error, undefined));
  }

  #with(output: Json): JsonObject {
    return { ...this.#names, output, outputDetails: WHOLE };
  }
}
