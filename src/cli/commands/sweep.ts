import type { Command } from 'commander';
import { parseDuration } from '../../core/duration.js';
import type { SweepCounts } from '../../core/engine.js';
import type { Retention } from '../../core/retention.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT, Failure } from '../failure.js';
import { type RetentionOption, retentionOf, takesRetention } from '../retention-option.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { table } from '../text/table.js';

interface Options extends StoreOption, AnswerOption, RetentionOption {
  readonly olderThan?: string;
  readonly machine?: string;
}

export function addSweep(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('sweep')
    .description('delete now what has ended and is old')
    .option('--older-than <duration>', 'instances that ended longer ago, with all that is theirs')
    .option('--machine <name>', 'of this machine alone');
  takesJson(takesStore(takesRetention(command)))
    .addHelpText(
      'after',
      '\nExample:\n  detent sweep --older-than 30d --machine order\n  detent sweep --retention jobs=7d,journals=90d',
    )
    .action((options: Options) => act(sweep(options)));
}

function sweep(options: Options): Run {
  return async (line) => {
    const retention = wanted(options);
    const counts = await withStore(line, options, (engine) => engine.sweep(retention));
    answer(line.terminal, options, counts, countsText);
    return EXIT.done;
  };
}

function wanted(options: Options): Retention {
  const { olderThan, machine } = options;
  const retention = retentionOf(options);
  if ((olderThan === undefined) === (retention === undefined)) {
    throw new Failure('say what to delete: --older-than or --retention');
  }
  if (retention !== undefined) {
    if (machine !== undefined) throw new Failure('--machine goes with --older-than');
    return retention;
  }
  const duration = parseDuration(olderThan);
  if ('problem' in duration) throw new Failure(`--older-than: ${duration.problem.message}`);
  const instances = duration.value;
  return machine === undefined ? { instances } : { machines: { [machine]: { instances } } };
}

function countsText({ instances, journals, jobs, letters }: SweepCounts): string {
  return table([
    ['instances', String(instances)],
    ['journal entries', String(journals)],
    ['jobs', String(jobs)],
    ['letters', String(letters)],
  ]);
}
