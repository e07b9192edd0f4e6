import { type Command, InvalidArgumentError } from 'commander';
import { MAX_QUEUE_CONCURRENCY } from '../../core/limits.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { wholeNumberOf } from '../number-option.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { plain } from '../text/plain.js';
import { queuesText } from '../text/queues.js';

type Act = (run: Run) => Promise<void>;
type Options = StoreOption & AnswerOption;

/** Lifts a limit. */
const NONE = 'none';

export function addQueues(program: Command, act: Act): void {
  takesJson(takesStore(program.command('queues').description('list the queues of jobs, and how they stand')))
    .addHelpText('after', '\nExample:\n  detent queues')
    .action((options: Options) => act(queues(options)));
  const group = program.command('queue').description('look after a queue of jobs: see docs/jobs.md');
  const limit = group
    .command('limit <queue>')
    .description('say how many of its jobs may be done at once, by all workers together')
    .argument('<concurrency>', `a whole number, or "${NONE}"`, concurrencyOf);
  takesJson(takesStore(limit))
    .addHelpText('after', '\nExample:\n  detent queue limit mail 10')
    .action((queue: string, concurrency: number | null, options: Options) =>
      act(limitQueue(queue, concurrency, options)),
    );
}

function queues(options: Options): Run {
  return async (line) => {
    const items = await withStore(line, options, (engine) => engine.queues());
    answer(line.terminal, options, { items }, () => queuesText(items));
    return EXIT.done;
  };
}

function limitQueue(queue: string, concurrency: number | null, options: Options): Run {
  return async (line) => {
    await withStore(line, options, (engine) => engine.limitQueue(queue, concurrency));
    const most = concurrency === null ? 'any number' : `at most ${concurrency}`;
    answer(line.terminal, options, { queue, concurrency }, () =>
      plain(`queue ${queue} lets ${most} of its jobs be done at once`).concat('\n'),
    );
    return EXIT.done;
  };
}

function concurrencyOf(word: string): number | null {
  if (word === NONE) return null;
  try {
    return wholeNumberOf(1, MAX_QUEUE_CONCURRENCY)(word);
  } catch {
    throw new InvalidArgumentError(
      `It must be a whole number from 1 to ${MAX_QUEUE_CONCURRENCY}, or "${NONE}".`,
    );
  }
}
