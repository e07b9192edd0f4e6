import type { Command } from 'commander';
import type { Engine, Receipt } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT, Failure, sentenceOf } from '../failure.js';
import { jsonWord } from '../json-word.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { plain } from '../text/plain.js';
import { takesWait, type WaitOption, waitOf } from '../wait-option.js';

interface Options extends StoreOption, AnswerOption, WaitOption {
  readonly data?: string;
  readonly create?: string | true;
  readonly id?: string;
}

export function addSend(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('send <instance> <event>')
    .description('send an event to an instance')
    .option('--data <json>', "the event's data; - reads it from stdin")
    .option('--create [machine]', 'create the instance if there is none, of the one machine if none is named')
    .option('--id <id>', "the event's id: sent again, it is applied once");
  takesJson(takesStore(takesWait(command)))
    .addHelpText(
      'after',
      `\nExample:\n  detent send order-1 PAY --data '{"amount": 40}' --create order --wait`,
    )
    .action((instance: string, event: string, options: Options) => act(send(instance, event, options)));
}

function send(instance: string, type: string, options: Options): Run {
  return async (line) => {
    const { id, data: word } = options;
    const data = word === undefined ? undefined : await jsonWord('--data', word, line.terminal);
    const receipt = await withStore(line, options, async (engine) => {
      const create = options.create === true ? await onlyMachine(engine) : options.create;
      return engine.send(
        instance,
        { type, ...given({ data, id }) },
        { ...given({ create }), ...waitOf(options) },
      );
    });
    answer(line.terminal, options, receipt, receiptText);
    return receipt.applied?.outcome.kind === 'rejected' ? EXIT.failed : EXIT.done;
  };
}

async function onlyMachine(engine: Engine): Promise<string> {
  const machines = (await engine.machines()).map(({ machine }) => machine);
  const [only] = machines;
  if (only === undefined) throw new Failure('--create: there is no machine in this store');
  if (machines.length === 1) return only;
  throw new Failure(`--create: name the machine, there are ${machines.length}: ${machines.join(', ')}`);
}

/** What became of an event, in a line. */
export function receiptText({ id, duplicate, applied }: Receipt): string {
  return plain(`${id}  ${fate(applied)}${duplicate ? ' (it was there already)' : ''}`).concat('\n');
}

function fate(applied: Receipt['applied']): string {
  if (applied === undefined) return 'accepted';
  const { revision, outcome } = applied;
  switch (outcome.kind) {
    case 'applied':
      return `applied at revision ${revision}`;
    case 'ignored':
      return `ignored at revision ${revision}: ${outcome.reason}`;
    case 'rejected':
      return `rejected at revision ${revision}: ${sentenceOf(outcome.problem)}`;
  }
}
