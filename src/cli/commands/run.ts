import type { Command } from 'commander';
import type { InstanceView } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { hasEnded } from '../../core/instance.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import { chosenMachine } from '../chosen-machine.js';
import type { Run } from '../command-line.js';
import { complainer } from '../complaint.js';
import { loadDefinitions, missingHandlers, openWith } from '../definitions.js';
import { EXIT } from '../failure.js';
import { follow } from '../follow.js';
import { eventWord, jsonWord } from '../json-word.js';
import { type RemoteOption, remoteOf, takesRemote } from '../remote-option.js';
import { type StoreOption, takesStore } from '../store-option.js';
import { historyLine } from '../text/history.js';
import { instanceText } from '../text/instance.js';

interface Options extends StoreOption, AnswerOption, RemoteOption {
  readonly machine?: string;
  readonly id?: string;
  readonly input?: string;
  readonly event: readonly string[];
  readonly untilIdle?: boolean;
  readonly handlers?: string;
}

export function addRun(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('run <file>')
    .description('run one instance of a machine here, and print how it ends')
    .option('--machine <name>', 'which machine, if the file has several')
    .option('--id <id>', "the instance's id; one is made if none is given")
    .option('--input <json>', 'its input; - reads it from stdin')
    .option('--event <name[=json]>', 'an event to send it, in order; may be repeated', collect, [])
    .option('--until-idle', 'stop when nothing more can happen without an event or a timer')
    .option('--handlers <file>', 'a module that exports the handlers of its tasks');
  takesJson(takesStore(takesRemote(command), 'memory:'))
    .addHelpText('after', `\nExample:\n  detent run order.yaml --event 'PAY={"amount": 40}' --until-idle`)
    .action((file: string, options: Options) => act(run(file, options)));
}

function collect(word: string, words: readonly string[]): readonly string[] {
  return [...words, word];
}

function run(file: string, options: Options): Run {
  return async (line) => {
    const { terminal } = line;
    const input =
      options.input === undefined ? undefined : await jsonWord('--input', options.input, terminal);
    const events = options.event.map(eventWord);
    const files = await loadDefinitions([file], line, options.handlers);
    if (files === undefined) return EXIT.failed;
    const { machine } = chosenMachine(files.machines, options.machine, file);
    for (const warning of missingHandlers(files, options)) terminal.err(`${warning}\n`);
    const db = options.db ?? 'memory:';
    const engine = await openWith(
      files,
      { db, onError: complainer(terminal), ...remoteOf(options) },
      line.openEngine,
    );
    try {
      const { id } = await engine.create(machine, given({ id: options.id, input }));
      for (const event of events) await engine.send(id, event);
      const view = await follow(engine, id, {
        onHistory: (entry) => terminal.err(historyLine(entry)),
        untilIdle: options.untilIdle ?? false,
      });
      answer(terminal, options, view, instanceText);
      return exitCode(view);
    } finally {
      await engine.close();
    }
  };
}

/** An instance that waits has not failed; one that was given up on has. */
function exitCode({ status, parked }: InstanceView): number {
  if (parked !== undefined) return EXIT.failed;
  return status === 'succeeded' || !hasEnded(status) ? EXIT.done : EXIT.failed;
}
