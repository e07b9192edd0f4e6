import type { Configuration, StateValue } from './configuration.js';
import { type HistoryValue, historyValueOf } from './history-value.js';
import { splitPath } from './node.js';
import type { AnyFace } from './typed/face.js';

/** XState's words: `done` at the end, `error` where a failed task was not taken, `stopped` from outside. */
export type SnapshotStatus = 'active' | 'done' | 'error' | 'stopped';

/** Where a machine stands between two events; never changed, every transition gives another. */
export class MachineSnapshot<TContext = unknown, TFace extends AnyFace = AnyFace> {
  readonly value: TFace['value'];
  readonly context: TContext;
  readonly status: SnapshotStatus;
  /** Absent where the machine has not ended with one: most snapshots are the smaller for it. */
  declare readonly output?: TFace['output'];
  declare readonly error?: unknown;
  readonly #configuration: Configuration;

  constructor(
    configuration: Configuration,
    context: TContext,
    status: SnapshotStatus,
    output: unknown,
    error: unknown,
  ) {
    this.value = configuration.value as TFace['value'];
    this.context = context;
    this.status = status;
    this.#configuration = configuration;
    if (output !== undefined) this.output = output;
    if (error !== undefined) this.error = error;
  }

  static configurationOf<TContext, TFace extends AnyFace>(
    snapshot: MachineSnapshot<TContext, TFace>,
  ): Configuration {
    return snapshot.#configuration;
  }

  /**
   * Whether the state of this path is active, or all those of a partial state value.
   *
   * `snapshot.matches('open.editing')`, `snapshot.matches({ open: 'editing' })`, `snapshot.matches('open')`
   */
  matches(value: TFace['path'] | TFace['value']): boolean {
    const wanted = typeof value === 'string' ? fromPath(splitPath(value)) : (value as StateValue);
    return matchesValue(wanted, this.value as StateValue);
  }

  /** Whether an active state has this tag. */
  hasTag(tag: TFace['tag']): boolean {
    return this.#configuration.active.some((node) => node.chart.tags.includes(tag));
  }

  /** Plain data; `resolveState` of the machine makes it a snapshot again. */
  toJSON(): {
    value: TFace['value'];
    context: TContext;
    status: SnapshotStatus;
    history?: HistoryValue;
    output?: unknown;
    error?: unknown;
  } {
    const { value, context, status, output, error } = this;
    const history = historyValueOf(this.#configuration);
    return {
      value,
      context,
      status,
      ...(history === undefined ? {} : { history }),
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
    };
  }
}

function fromPath(keys: readonly string[]): StateValue {
  const [last = '', ...outer] = keys.toReversed();
  return outer.reduce<StateValue>((value, key) => ({ [key]: value }), last);
}

/** XState's matchesState. */
function matchesValue(wanted: StateValue, actual: StateValue): boolean {
  if (typeof actual === 'string') return wanted === actual;
  if (typeof wanted === 'string') return Object.hasOwn(actual, wanted);
  return Object.keys(wanted).every((key) => {
    const inner = Object.hasOwn(actual, key) ? actual[key] : undefined;
    return inner !== undefined && matchesValue(wanted[key] ?? {}, inner);
  });
}
