import { type Command, Option } from 'commander';
import type { Engine, Receipt } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { STATUSES, type Status } from '../../core/instance.js';
import { SCHEDULE_MACHINE } from '../../core/schedule-id.js';
import { NamedSchedule } from '../../server/named-schedule.js';
import { scheduleDocument } from '../../server/schedule-document.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { CommandLine, Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { type PageOption, sayMore, takesPage } from '../page-option.js';
import { type SpecificationOption, specificationOf, takesSpecification } from '../specification-option.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { schedulesText, scheduleText } from '../text/schedule.js';
import { takesWait, type WaitOption, waitOf } from '../wait-option.js';
import { receiptText } from './send.js';

type Act = (run: Run) => Promise<void>;
type Options = StoreOption & AnswerOption;
type SpecifiedOptions = Options & SpecificationOption;
type ListOptions = Options & PageOption & { readonly status?: Status };
type TellOptions = Options & WaitOption & { readonly note?: string };

/** What a schedule is told without any data. */
const EVENTS = [
  ['resume', 'let a paused schedule go on with its next time'],
  ['trigger', 'fire a schedule now, paused or not'],
  ['skip', 'leave out the next time of a schedule'],
] as const;

export function addSchedule(program: Command, act: Act): void {
  const group = program
    .command('schedule')
    .description('start runs and send events at times: see docs/schedules.md');
  addAdd(group, act);
  addUpdate(group, act);
  addList(group, act);
  takesJson(takesStore(group.command('show <name>').description('show a schedule as it stands'))).action(
    (name: string, options: Options) => act(show(name, options)),
  );
  const pause = group
    .command('pause <name>')
    .description('let a schedule fire no more until it is resumed')
    .option('--note <text>', 'why');
  takesJson(takesStore(takesWait(pause))).action((name: string, options: TellOptions) =>
    act(tell(name, 'pause', options)),
  );
  for (const [type, description] of EVENTS) {
    const command = group.command(`${type} <name>`).description(description);
    takesJson(takesStore(takesWait(command))).action((name: string, options: TellOptions) =>
      act(tell(name, type, options)),
    );
  }
  const remove = group.command('remove <name>').description('end a schedule; its runs go on');
  takesJson(takesStore(remove)).action((name: string, options: Options) =>
    act(answering(options, (engine) => new NamedSchedule(engine, name).stop())),
  );
}

function addAdd(group: Command, act: Act): void {
  const command = group.command('add <name>').description('create a schedule');
  takesJson(takesStore(takesSpecification(command)))
    .addHelpText(
      'after',
      `\nExamples:\n  detent schedule add nightly --cron '30 2 * * *' --time-zone Europe/Berlin --start report` +
        `\n  detent schedule add poll --every 15m --send inbox --type CHECK`,
    )
    .action((name: string, options: SpecifiedOptions) => act(add(name, options)));
}

function addUpdate(group: Command, act: Act): void {
  const command = group.command('update <name>').description('replace the whole specification of a schedule');
  takesJson(takesStore(takesWait(takesSpecification(command))))
    .addHelpText('after', `\nExample:\n  detent schedule update nightly --file nightly.yaml`)
    .action((name: string, options: SpecifiedOptions & WaitOption) => act(update(name, options)));
}

function addList(group: Command, act: Act): void {
  const command = group
    .command('list')
    .description('list schedules')
    .addOption(new Option('--status <status>', 'only those of this status').choices(STATUSES));
  takesJson(takesStore(takesPage(command))).action((options: ListOptions) => act(list(options)));
}

function add(name: string, options: SpecifiedOptions): Run {
  return async (line) => {
    const specification = await specificationOf(options, line.terminal);
    const { view } = await withStore(line, options, (engine) =>
      new NamedSchedule(engine, name).create(specification),
    );
    answer(line.terminal, options, scheduleDocument(view), () => `${name}\n`);
    return EXIT.done;
  };
}

function update(name: string, options: SpecifiedOptions & WaitOption): Run {
  return async (line) => {
    const data = await specificationOf(options, line.terminal);
    return answering(options, (engine) =>
      new NamedSchedule(engine, name).tell({ type: 'update', data }, waitOf(options)),
    )(line);
  };
}

function list(options: ListOptions): Run {
  return async (line) => {
    const { status, limit, after } = options;
    const query = { machine: SCHEDULE_MACHINE, ...given({ status, limit, after }) };
    const page = await withStore(line, options, (engine) => engine.list(query));
    const document = { ...page, items: page.items.map(scheduleDocument) };
    answer(line.terminal, options, document, ({ items }) => schedulesText(items));
    sayMore(line.terminal, page);
    return EXIT.done;
  };
}

function show(name: string, options: Options): Run {
  return async (line) => {
    const view = await withStore(line, options, (engine) => new NamedSchedule(engine, name).read());
    answer(line.terminal, options, scheduleDocument(view), scheduleText);
    return EXIT.done;
  };
}

function tell(name: string, type: string, options: TellOptions): Run {
  const { note } = options;
  const event = { type, ...given({ data: note === undefined ? undefined : { note } }) };
  return answering(options, (engine) => new NamedSchedule(engine, name).tell(event, waitOf(options)));
}

/** Does something that is answered with a receipt. */
function answering(options: Options, ask: (engine: Engine) => Promise<Receipt>): Run {
  return async (line: CommandLine) => {
    const receipt = await withStore(line, options, ask);
    answer(line.terminal, options, receipt, receiptText);
    return receipt.applied?.outcome.kind === 'rejected' ? EXIT.failed : EXIT.done;
  };
}
