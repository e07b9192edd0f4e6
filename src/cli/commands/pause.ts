import type { Command } from 'commander';
import type { Pausable } from '../../core/queue.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT, Failure } from '../failure.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { plain } from '../text/plain.js';

interface Options extends StoreOption, AnswerOption {
  readonly machine?: string;
  readonly queue?: string;
}

const CHANGES = {
  pause: { past: 'paused', description: 'let nothing more be done of an instance, a machine or a queue' },
  resume: { past: 'resumed', description: 'let go on what was paused' },
} as const;

type Change = keyof typeof CHANGES;

export function addPause(program: Command, act: (run: Run) => Promise<void>): void {
  for (const change of ['pause', 'resume'] as const) {
    const command = program
      .command(`${change} [instance]`)
      .description(CHANGES[change].description)
      .option('--machine <name>', 'all instances of a machine')
      .option('--queue <name>', 'a queue of jobs');
    takesJson(takesStore(command))
      .addHelpText('after', `\nExample:\n  detent ${change} order-1\n  detent ${change} --machine order`)
      .action((instance: string | undefined, options: Options) => act(setPaused(change, instance, options)));
  }
}

function setPaused(change: Change, instance: string | undefined, options: Options): Run {
  return async (line) => {
    const target = targetOf(instance, options);
    const changed = await withStore(line, options, (engine) => engine[change](target));
    const [kind, name] = Object.entries(target)[0] as [string, string];
    const document = { ...target, paused: change === 'pause', changed };
    answer(line.terminal, options, document, () =>
      plain(`${kind} ${name} ${changed ? 'is' : 'was already'} ${CHANGES[change].past}`).concat('\n'),
    );
    return EXIT.done;
  };
}

function targetOf(instance: string | undefined, { machine, queue }: Options): Pausable {
  const named: Pausable[] = [];
  if (instance !== undefined) named.push({ instance });
  if (machine !== undefined) named.push({ machine });
  if (queue !== undefined) named.push({ queue });
  const [target, ...rest] = named;
  if (target !== undefined && rest.length === 0) return target;
  throw new Failure('name one thing: an instance, --machine or --queue');
}
