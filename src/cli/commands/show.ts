import type { Command } from 'commander';
import type { Engine, InstanceView } from '../../core/engine.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT, Failure } from '../failure.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { instanceText } from '../text/instance.js';

type Options = StoreOption & AnswerOption;

export function addShow(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program.command('show <instance>').description('show an instance as it stands');
  takesJson(takesStore(command))
    .addHelpText('after', '\nExample:\n  detent show order-1 --json')
    .action((instance: string, options: Options) => act(show(instance, options)));
}

function show(instance: string, options: Options): Run {
  return async (line) => {
    const view = await withStore(line, options, (engine) => existing(engine, instance));
    answer(line.terminal, options, view, instanceText);
    return EXIT.done;
  };
}

export async function existing(engine: Engine, instance: string): Promise<InstanceView> {
  const view = await engine.read(instance);
  if (view === undefined) throw new Failure(`there is no instance "${instance}"`);
  return view;
}
