import { type Command, Option } from 'commander';
import { given } from '../../core/given.js';
import { STATUSES, type Status } from '../../core/instance.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { type PageOption, sayMore, takesPage } from '../page-option.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { instancesText } from '../text/instance.js';

interface Options extends StoreOption, AnswerOption, PageOption {
  readonly machine?: string;
  readonly status?: Status;
  readonly parked?: boolean;
}

export function addList(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('list')
    .description('list instances')
    .option('--machine <name>', 'only those of this machine')
    .addOption(new Option('--status <status>', 'only those of this status').choices(STATUSES))
    .option('--parked', 'only those that were given up on');
  takesJson(takesStore(takesPage(command)))
    .addHelpText('after', '\nExample:\n  detent list --machine order --status running --limit 20')
    .action((options: Options) => act(list(options)));
}

function list(options: Options): Run {
  return async (line) => {
    const { machine, status, parked, limit, after } = options;
    const query = given({ machine, status, parked, limit, after });
    const page = await withStore(line, options, (engine) => engine.list(query));
    answer(line.terminal, options, page, ({ items }) => instancesText(items));
    sayMore(line.terminal, page);
    return EXIT.done;
  };
}
