import type { Command } from 'commander';
import { given } from '../../core/given.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { jsonWord } from '../json-word.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { plain } from '../text/plain.js';

interface Options extends StoreOption, AnswerOption {
  readonly data?: string;
  readonly one?: boolean;
}

export function addMessage(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('message <key> <value>')
    .description('hand a message to the executions that wait for this key and value: see docs/waiting.md')
    .option('--data <json>', 'what it says; - reads it from stdin')
    .option('--one', 'only to the one that waits longest');
  takesJson(takesStore(command))
    .addHelpText('after', `\nExample:\n  detent message order_id 1 --data '{"paid": true}'`)
    .action((key: string, value: string, options: Options) => act(correlate(key, value, options)));
}

/** Ends with 1 where nobody waits for it. */
function correlate(key: string, value: string, options: Options): Run {
  return async (line) => {
    const data =
      options.data === undefined ? undefined : await jsonWord('--data', options.data, line.terminal);
    const message = { key, value, ...given({ data }) };
    const correlated = await withStore(line, options, (engine) =>
      engine.correlate(message, options.one ? 'one' : 'all'),
    );
    answer(line.terminal, options, correlated, ({ instances }) =>
      instances.map((instance) => `${plain(instance)}\n`).join(''),
    );
    if (correlated.matched > 0) return EXIT.done;
    line.terminal.err(`nobody waits for ${plain(key)} = ${plain(value)}\n`);
    return EXIT.failed;
  };
}
