import type { Execution } from '../../asl/execution.js';
import type { ExecutionStatus } from '../../asl/execution-status.js';
import { toAwsHistory } from '../../asl/history-form.js';
import type { HistoryEntry } from '../../core/journal.js';
import type { Json, JsonObject } from '../../core/json.js';

/** How an execution ended. */
export interface Simulated {
  readonly status: ExecutionStatus;
  /** Of one that succeeded. */
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** Its history events as GetExecutionHistory gives them: payloads as JSON text, `timestamp` in milliseconds since 1970. */
  readonly history: readonly JsonObject[];
}

/** The answer for an execution that has ended, a plain object. */
export function simulated(
  status: ExecutionStatus,
  ended: Execution,
  entries: () => readonly HistoryEntry[],
): Simulated {
  return new Ending(status, ended, entries);
}

/** Its history is put into AWS's form for those who ask: that takes longer than many an execution. */
class Ending implements Simulated {
  declare readonly status: ExecutionStatus;
  declare readonly output?: Json;
  declare readonly error?: string;
  declare readonly cause?: string;
  declare readonly history: readonly JsonObject[];
  readonly #entries: () => readonly HistoryEntry[];
  #history: readonly JsonObject[] | undefined;

  constructor(
    status: ExecutionStatus,
    { output, error, cause }: Execution,
    entries: () => readonly HistoryEntry[],
  ) {
    this.#entries = entries;
    this.status = status;
    if (output !== undefined) this.output = output;
    if (error !== undefined) this.error = error;
    if (cause !== undefined) this.cause = cause;
    Object.defineProperty(this, 'history', Ending.#lazily);
    Object.setPrototypeOf(this, Object.prototype);
  }

  /** One for all: an object literal with a getter gives each object a shape of its own, which costs an engine more than the execution. */
  static readonly #lazily = {
    enumerable: true,
    get(this: Ending): readonly JsonObject[] {
      this.#history ??= toAwsHistory(this.#entries());
      return this.#history;
    },
  };
}
