import type { Command } from 'commander';
import type { Engine, InstanceView, ReadOptions } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { lineWith } from '../definitions.js';
import { EXIT, Failure } from '../failure.js';
import { wholeNumberOf } from '../number-option.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { instanceText } from '../text/instance.js';

interface Options extends StoreOption, AnswerOption {
  readonly revision?: number;
}

export function addShow(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('show <instance> [files...]')
    .description(
      'show an instance as it stands, or stood; the files hold functions that its machine needs for that',
    )
    .option(
      '--revision <n>',
      'as it stood after so many events (default: as it stands)',
      wholeNumberOf(1, Number.MAX_SAFE_INTEGER),
    );
  takesJson(takesStore(command))
    .addHelpText('after', '\nExample:\n  detent show order-1 --json\n  detent show order-1 --revision 3')
    .action((instance: string, files: string[], options: Options) => act(show(instance, files, options)));
}

function show(instance: string, paths: readonly string[], options: Options): Run {
  return async (line) => {
    const files = await lineWith(paths, line);
    if (files === undefined) return EXIT.failed;
    const { revision } = options;
    const view = await withStore(files.line, options, (engine) =>
      existing(engine, instance, given({ revision })),
    );
    answer(line.terminal, options, view, instanceText);
    return EXIT.done;
  };
}

export async function existing(
  engine: Engine,
  instance: string,
  options: ReadOptions = {},
): Promise<InstanceView> {
  const view = await engine.read(instance, options);
  if (view === undefined) throw new Failure(`there is no instance "${instance}"`);
  return view;
}
