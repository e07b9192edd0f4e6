import type { Engine } from '../core/engine.js';
import { given } from '../core/given.js';
import type { Implementations } from '../core/language.js';
import { type Retention, sweepRules } from '../core/retention.js';
import { systemClock } from '../runtime/clock.js';
import { DurableEngine } from '../runtime/engine.js';
import type { Handlers } from '../runtime/handler.js';
import { Registry } from '../runtime/registry.js';
import type { Store } from '../store/store.js';
import { Collection, type DefinitionInput } from './collection.js';
import { prepare } from './ecmascript.js';
import { LANGUAGES } from './languages.js';
import { START_EXECUTION, startExecution } from './start-execution.js';
import { openStore } from './store-url.js';

export type { MapRunDescription } from '../asl/map-run/map-run-history.js';
export type { Engine, InstanceView, Receipt } from '../core/engine.js';
export { Refused } from '../core/problem.js';
export type { Handler, HandlerJob, Handlers } from '../runtime/handler.js';
export { describeMapRun, listMapRuns, type MapRunBounds, updateMapRun } from './map-runs.js';

export interface EngineOptions {
  /**
   * `sqlite:PATH`, `postgres://…` or `memory:` (the default); or a store that was opened with options that no URL
   * holds, such as a pool of your own (`detent/postgres`), which closes with the engine.
   */
  readonly db?: string | Store;
  /** What to publish: objects, texts (YAML or JSON), paths of files and folders, or what createMachine returns. */
  readonly definitions?: readonly DefinitionInput[];
  /** Named pure functions, by machine; those of a machine from createMachine come with it. */
  readonly implementations?: Readonly<Record<string, Implementations>>;
  /** What carries out tasks, by task name; those of the definitions come with them, and these go before. */
  readonly handlers?: Handlers;
  /** Whether this process steps instances and runs handlers; true unless said otherwise. */
  readonly worker?: boolean;
  /** Fail a machine's task at once that no handler is here for, instead of leaving it to another process. */
  readonly failFast?: boolean;
  /** Tasks that are left to workers elsewhere, whether there is a handler here or not. */
  readonly remote?: readonly string[];
  /** How long what nobody needs is kept; for ever, where nothing is said. A worker deletes what is older. */
  readonly retention?: Retention;
  /** Take jobs of these queues alone. */
  readonly queues?: readonly string[];
  /** Handlers that run at once; 100 if absent. */
  readonly concurrency?: number;
  /** How long running handlers may go on after `close`, in milliseconds, before they are told to stop; 0 if absent. */
  readonly drainMs?: number;
  /** Called with the instance's id before each of its steps and handlers, and with '' after them. */
  readonly note?: (instance: string) => void;
  /** Told of what the engine survives: broken I/O, above all, that it will try again. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Opens an engine on a database, publishes the definitions, and runs one worker of its own. Rejects with
 * Refused and every problem of every definition; nothing is opened or published then.
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const rules = sweepRules(options.retention ?? {});
  const collection = await Collection.of(options.definitions ?? []);
  const registry = new Registry({
    languages: LANGUAGES,
    implementations: { ...collection.implementations, ...options.implementations },
    handlers: {
      [START_EXECUTION]: startExecution((machine, options) => engine.create(machine, options)),
      ...Object.fromEntries(collection.handlers),
      ...options.handlers,
    },
    prepare,
  });
  for (const { language, source, machine } of collection.publications) {
    await prepare({ source });
    // Before anything is opened: an implementation that is missing here shows only when it is compiled.
    registry.language(language).compile(source, registry.implementations(machine));
  }
  const { store, identity } = await openStore(options.db ?? 'memory:');
  const engine: Engine = new DurableEngine({
    store,
    registry,
    identity,
    clock: systemClock,
    works: options.worker ?? true,
    failMissing: options.failFast ?? false,
    sweeps: rules,
    ...given({
      remote: options.remote,
      queues: options.queues,
      concurrency: options.concurrency,
      drainMs: options.drainMs,
      note: options.note,
      onError: options.onError,
    }),
  });
  try {
    for (const publication of collection.publications) await engine.publish(publication);
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}
