import type { Command } from 'commander';
import { given } from '../../core/given.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { type PageOption, sayMore, takesPage } from '../page-option.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { historyLine } from '../text/history.js';

type Options = StoreOption & AnswerOption & PageOption;

export function addHistory(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program.command('history <instance>').description('print what happened to an instance');
  takesJson(takesStore(takesPage(command)))
    .addHelpText('after', '\nExample:\n  detent history order-1')
    .action((instance: string, options: Options) => act(history(instance, options)));
}

function history(instance: string, options: Options): Run {
  return async (line) => {
    const { limit, after } = options;
    const page = await withStore(line, options, (engine) =>
      engine.history(instance, given({ limit, after })),
    );
    answer(line.terminal, options, page, ({ items }) => items.map(historyLine).join(''));
    sayMore(line.terminal, page);
    return EXIT.done;
  };
}
