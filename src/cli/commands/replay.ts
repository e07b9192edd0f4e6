import { type Command, Option } from 'commander';
import { given } from '../../core/given.js';
import { STATUSES, type Status } from '../../core/instance.js';
import { type Replayed, replayInstances } from '../../embed/replay.js';
import { openStore } from '../../embed/store-url.js';
import { type AnswerOption, takesJson } from '../answer.js';
import { chosenMachine } from '../chosen-machine.js';
import type { Run } from '../command-line.js';
import { loadDefinitions } from '../definitions.js';
import { EXIT } from '../failure.js';
import { wholeNumberOf } from '../number-option.js';
import { existingStore, type StoreOption, takesStore } from '../store-option.js';
import { divergenceText, ReplaySummary, summaryText } from '../text/replay.js';

interface Options extends StoreOption, AnswerOption {
  readonly machine?: string;
  readonly status?: Status;
  readonly parked?: boolean;
  readonly limit?: number;
}

/** Instances between two lines that say how far it has come. */
const PROGRESS_EVERY = 1_000;

export function addReplay(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('replay <definition> [instances...]')
    .description('say which instances would have gone otherwise with a changed definition, and where')
    .option('--machine <name>', 'which machine, if the file has several')
    .addOption(new Option('--status <status>', 'only those of this status').choices(STATUSES))
    .option('--parked', 'only those that were given up on')
    .option(
      '--limit <n>',
      'at most so many, the newest (default: all)',
      wholeNumberOf(1, Number.MAX_SAFE_INTEGER),
    );
  takesJson(takesStore(command))
    .addHelpText('after', '\nExample:\n  detent replay order.yaml --status running')
    .action((file: string, instances: string[], options: Options) => act(replay(file, instances, options)));
}

function replay(file: string, instances: readonly string[], options: Options): Run {
  return async (line) => {
    const { terminal } = line;
    const url = existingStore(options, terminal.env);
    const files = await loadDefinitions([file], line, undefined);
    if (files === undefined) return EXIT.failed;
    const { machine, language: name, source } = chosenMachine(files.machines, options.machine, file);
    const languages = await line.languages();
    const language = languages.find((candidate) => candidate.name === name);
    if (language === undefined) throw new Error(`the language ${name} was not handed in`);
    const implementations = files.implementations[machine];
    const program = language.compile(source, implementations);
    const { status, parked, limit } = options;
    const { store } = await openStore(url);
    const summary = new ReplaySummary();
    try {
      for await (const replayed of replayInstances({
        ...{ store, languages, changed: { language, program } },
        query: { machine, ...given({ status, parked }) },
        ...given({ implementations, limit, instances: instances.length === 0 ? undefined : instances }),
      })) {
        summary.add(replayed);
        if (replayed.divergence !== undefined)
          terminal.out(options.json ? jsonLine(replayed) : divergenceText(replayed));
        if (summary.instances % PROGRESS_EVERY === 0)
          terminal.err(`${summary.instances} instances, ${summary.different} differ\n`);
      }
    } finally {
      await store.close();
    }
    if (options.json) terminal.out(jsonLine({ summary: summary.document }));
    else terminal.err(summaryText(summary.document));
    return summary.different > 0 ? EXIT.failed : EXIT.done;
  };
}

function jsonLine(document: Replayed | object): string {
  return `${JSON.stringify(document)}\n`;
}
