import type { Engine } from '../core/engine.js';
import { given } from '../core/given.js';
import { nameProblem } from '../core/identifier.js';
import { Refused } from '../core/problem.js';
import { type AnswerOption, answer } from './answer.js';
import type { CommandLine } from './command-line.js';
import { complainer } from './complaint.js';
import { loadDefinitions, openWith } from './definitions.js';
import { drainMsOf } from './drain-option.js';
import { EXIT } from './failure.js';
import { type RetentionOption, retentionOf } from './retention-option.js';
import { type StoreOption, storeOf } from './store-option.js';
import type { Supervised } from './supervisor/supervised.js';
import { table } from './text/table.js';

export interface WorkerOptions extends StoreOption, AnswerOption, RetentionOption {
  readonly handlers?: string;
  readonly queues?: readonly string[];
  readonly concurrency: number;
  readonly drain: string;
}

/** What `worker` does in the process that works: steps and handles, and drains when it is asked to stop. */
export async function workOn(
  paths: readonly string[],
  options: WorkerOptions,
  line: CommandLine,
  supervised: Supervised,
): Promise<number> {
  let engine: Engine | undefined;
  try {
    const stopped = supervised.stopped.then(() => 'stopped' as const);
    const opened = await Promise.race([open(paths, options, line, supervised), stopped]);
    if (opened === 'stopped') return EXIT.done;
    if (opened === undefined) {
      supervised.refused();
      return EXIT.failed;
    }
    engine = opened;
    supervised.ready('');
    if (supervised.birth.start === 1) await announce(engine, options, line);
    await supervised.stopped;
    return EXIT.done;
  } catch (error) {
    supervised.refused();
    throw error;
  } finally {
    await engine?.close();
  }
}

async function open(
  paths: readonly string[],
  options: WorkerOptions,
  line: CommandLine,
  supervised: Supervised,
): Promise<Engine | undefined> {
  const { queues, concurrency } = options;
  for (const queue of queues ?? []) {
    const problem = nameProblem('a queue', queue);
    if (problem !== undefined) throw new Refused({ ...problem, path: '/queues' });
  }
  const files = await loadDefinitions(paths, line, options.handlers);
  if (files === undefined) return undefined;
  const work = {
    db: storeOf(options, line.terminal.env),
    // What is missing here may be elsewhere (rule 9).
    failFast: false,
    note: (instance: string) => supervised.note(instance && `stepping ${instance}`),
    onError: complainer(line.terminal),
    concurrency,
    drainMs: drainMsOf(options.drain),
    ...given({ queues, retention: retentionOf(options) }),
  };
  return openWith(files, work, line.openEngine);
}

async function announce(engine: Engine, options: WorkerOptions, { terminal }: CommandLine): Promise<void> {
  const { store } = engine;
  const { queues, concurrency } = options;
  const machines = await engine.machines();
  const document = { db: store, machines: machines.map(({ machine }) => machine), queues, concurrency };
  if (options.json) return answer(terminal, options, document, () => '');
  const rows = [
    ['  store', store],
    ['  queues', queues?.join(', ') ?? 'all'],
    ['  concurrency', String(concurrency)],
  ];
  terminal.err(
    `${terminal.errColors.bold('worker')}\n${table(rows)}\nSIGTERM or Ctrl-C drains and ends it.\n`,
  );
}
