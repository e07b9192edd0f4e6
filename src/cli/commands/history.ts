import type { Command } from 'commander';
import type { Engine, WatchedHistory } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { hasEnded } from '../../core/instance.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT, Failure } from '../failure.js';
import { type PageOption, sayMore, takesPage } from '../page-option.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { historyLine } from '../text/history.js';

interface Options extends StoreOption, AnswerOption, PageOption {
  readonly follow?: boolean;
}

export function addHistory(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('history <instance>')
    .description('print what happened to an instance')
    .option('--follow', 'print what happens as well, until it has ended or Ctrl-C');
  takesJson(takesStore(takesPage(command)))
    .addHelpText('after', '\nExample:\n  detent history order-1 --follow')
    .action((instance: string, options: Options) =>
      act(options.follow ? followed(instance, options) : history(instance, options)),
    );
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

/** Each entry is a line, and with `--json` a document, as soon as it is there. */
function followed(instance: string, options: Options): Run {
  return async (line) => {
    const { limit, after } = options;
    if (limit !== undefined || after !== undefined)
      throw new Failure('--follow takes no --limit and no --after');
    const { out, err } = line.terminal;
    await withStore(line, options, (engine) =>
      watchToEnd(engine, instance, ({ entries, reset }) => {
        if (reset) err('some of it was deleted before it could be read\n');
        for (const entry of entries) out(options.json ? `${JSON.stringify(entry)}\n` : historyLine(entry));
      }),
    );
    return EXIT.done;
  };
}

/** Reads a history from its beginning until its instance has ended. */
async function watchToEnd(
  engine: Engine,
  instance: string,
  tell: (page: WatchedHistory) => void,
): Promise<void> {
  let after = '';
  for await (const page of engine.watch({ instance, after })) {
    tell(page);
    after = page.position;
    const view = await engine.read(instance);
    if (view === undefined || hasEnded(view.status)) break;
  }
  // What was committed between the last page and the end, the first page of another watch has at once.
  for await (const page of engine.watch({ instance, after })) {
    tell(page);
    if (page.entries.length === 0) return;
  }
}
