import type { Command } from 'commander';
import { given } from '../../core/given.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { jsonWord } from '../json-word.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';

interface Options extends StoreOption, AnswerOption {
  readonly id?: string;
  readonly input?: string;
}

export function addCreate(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('create <machine>')
    .description('create an instance of a machine and print its id')
    .option('--id <id>', 'its id; one is made if none is given')
    .option('--input <json>', 'its input; - reads it from stdin');
  takesJson(takesStore(command))
    .addHelpText('after', `\nExample:\n  detent create order --id order-1 --input '{"item": "lamp"}'`)
    .action((machine: string, options: Options) => act(create(machine, options)));
}

function create(machine: string, options: Options): Run {
  return async (line) => {
    const { input, id } = options;
    const value = input === undefined ? undefined : await jsonWord('--input', input, line.terminal);
    const view = await withStore(line, options, (engine) =>
      engine.create(machine, given({ id, input: value })),
    );
    answer(line.terminal, options, view, () => `${view.id}\n`);
    return EXIT.done;
  };
}
