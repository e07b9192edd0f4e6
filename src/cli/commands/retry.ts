import type { Command } from 'commander';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { instanceText } from '../text/instance.js';
import { existing } from './show.js';

type Options = StoreOption & AnswerOption;

export function addRetry(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('retry <instance>')
    .description(
      'let an instance go on that failed, or was parked because stepping it failed again and again',
    );
  takesJson(takesStore(command))
    .addHelpText('after', '\nExample:\n  detent retry order-1')
    .action((instance: string, options: Options) => act(retry(instance, options)));
}

function retry(instance: string, options: Options): Run {
  return async (line) => {
    const view = await withStore(line, options, async (engine) => {
      await engine.retry(instance);
      return existing(engine, instance);
    });
    answer(line.terminal, options, view, instanceText);
    return EXIT.done;
  };
}
