import { type Command, Option } from 'commander';
import type { Engine, MigrateOptions, MigrationGroup, MigrationReport } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { STATUSES, type Status } from '../../core/instance.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { lineWith } from '../definitions.js';
import { EXIT } from '../failure.js';
import { wholeNumberOf } from '../number-option.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { migrationText } from '../text/migration.js';

interface Options extends StoreOption, AnswerOption {
  readonly to?: number;
  readonly from?: number;
  readonly instance?: string;
  readonly status?: Status;
  readonly dryRun?: boolean;
}

const VERSION = wholeNumberOf(1, Number.MAX_SAFE_INTEGER);

export function addMigrate(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('migrate <machine> [files...]')
    .description(
      'take live instances over to another version of their machine, which says how; the files are published first',
    )
    .option('--to <version>', 'the version to go to (default: the newest)', VERSION)
    .option('--from <version>', 'only those of this version', VERSION)
    .option('--instance <id>', 'only this one')
    .addOption(new Option('--status <status>', 'only those of this status').choices(STATUSES))
    .option('--dry-run', 'only say what would become of them');
  takesJson(takesStore(command))
    .addHelpText(
      'after',
      '\nExample:\n  detent migrate order order.yaml --dry-run\n  detent migrate order --to 3 --status failed',
    )
    .action((machine: string, files: string[], options: Options) => act(migrate(machine, files, options)));
}

function migrate(machine: string, paths: readonly string[], options: Options): Run {
  return async (line) => {
    const files = await lineWith(paths, line);
    if (files === undefined) return EXIT.failed;
    const report = await withStore(files.line, options, async (engine) => {
      for (const { machine: name, language, source } of files.machines) {
        if (name === machine) await engine.publish({ machine: name, language, source });
      }
      const { to, from, instance, status, dryRun } = options;
      return wholeReport(engine, machine, given({ to, from, instance, status, dryRun }));
    });
    answer(line.terminal, options, report, migrationText);
    return report.groups.some(({ problem }) => problem !== undefined) ? EXIT.failed : EXIT.done;
  };
}

/** All pages as one. A version that was published meanwhile is for the next call. */
async function wholeReport(
  engine: Engine,
  machine: string,
  options: MigrateOptions,
): Promise<Omit<MigrationReport, 'next'>> {
  const { next, ...first } = await engine.migrate(machine, options);
  const groups = new Map<string, MigrationGroup>();
  let [seen, current, after] = [first.seen, first.current, next];
  add(groups, first.groups);
  while (after !== undefined) {
    const page: MigrationReport = await engine.migrate(machine, { ...options, to: first.to, after });
    add(groups, page.groups);
    seen += page.seen;
    current += page.current;
    after = page.next;
  }
  return { ...first, seen, current, groups: [...groups.values()] };
}

function add(groups: Map<string, MigrationGroup>, more: readonly MigrationGroup[]): void {
  for (const group of more) {
    const { from, status, before, after, problem } = group;
    const key = JSON.stringify([from, status, before, after, problem?.message]);
    const known = groups.get(key);
    groups.set(key, known === undefined ? group : sum(known, group));
  }
}

function sum(a: MigrationGroup, b: MigrationGroup): MigrationGroup {
  const both = (what: 'cancelled' | 'started') => ({
    timers: a[what].timers + b[what].timers,
    tasks: a[what].tasks + b[what].tasks,
    machines: a[what].machines + b[what].machines,
  });
  return {
    ...a,
    count: a.count + b.count,
    kept: a.kept + b.kept,
    cancelled: both('cancelled'),
    started: both('started'),
  };
}
