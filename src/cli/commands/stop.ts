import type { Command } from 'commander';
import { given } from '../../core/given.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { receiptText } from './send.js';

interface Options extends StoreOption, AnswerOption {
  readonly error?: string;
  readonly cause?: string;
}

export function addStop(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('stop <instance>')
    .description('end a running instance from outside')
    .option('--error <name>', 'the error that it ends with')
    .option('--cause <text>', 'why');
  takesJson(takesStore(command))
    .addHelpText('after', '\nExample:\n  detent stop order-1 --cause "the customer gave up"')
    .action((instance: string, options: Options) => act(stop(instance, options)));
}

function stop(instance: string, options: Options): Run {
  return async (line) => {
    const { error, cause } = options;
    const reason = given({ error, cause });
    const receipt = await withStore(line, options, (engine) => engine.stop(instance, reason));
    answer(line.terminal, options, receipt, receiptText);
    return EXIT.done;
  };
}
