import type { Command } from 'commander';
import type { Engine } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { jsonWord } from '../json-word.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { plain } from '../text/plain.js';

type Act = (run: Run) => Promise<void>;
type Options = StoreOption & AnswerOption;

interface ClaimOptions extends Options {
  readonly wait?: string;
}

interface SucceedOptions extends Options {
  readonly output?: string;
}

interface FailOptions extends Options {
  readonly error?: string;
  readonly cause?: string;
}

export function addTask(program: Command, act: Act): void {
  const group = program
    .command('task')
    .description('answer tasks that wait for their token: see docs/waiting.md');
  takesJson(takesStore(group.command('claim <activity>')))
    .description('take a task of an activity, and print its token and its input')
    .option('--wait <duration>', 'wait so long for one')
    .addHelpText(
      'after',
      '\nExample:\n  detent task claim arn:aws:states:us-east-1:000000000000:activity:approve',
    )
    .action((activity: string, options: ClaimOptions) => act(claim(activity, options)));
  takesJson(takesStore(group.command('succeed <token>')))
    .description('say that a task went well')
    .option('--output <json>', 'what it gave; - reads it from stdin')
    .addHelpText('after', `\nExample:\n  detent task succeed "$TOKEN" --output '{"approved": true}'`)
    .action((token: string, options: SucceedOptions) => act(succeed(token, options)));
  takesJson(takesStore(group.command('fail <token>')))
    .description('say that a task went wrong')
    .option('--error <name>', 'the name that Retriers and Catchers know it by')
    .option('--cause <text>', 'why')
    .addHelpText('after', '\nExample:\n  detent task fail "$TOKEN" --error Declined --cause "no budget"')
    .action((token: string, { error, cause, ...options }: FailOptions) =>
      act(saying(options, 'failed', (engine) => engine.failTask(token, given({ error, cause })))),
    );
  takesJson(takesStore(group.command('heartbeat <token>')))
    .description('say that a task is still worked on')
    .addHelpText('after', '\nExample:\n  detent task heartbeat "$TOKEN"')
    .action((token: string, options: Options) =>
      act(saying(options, 'beaten', (engine) => engine.heartbeatTask(token))),
    );
}

/** Ends with 1 where there is none. */
function claim(activity: string, { wait, ...options }: ClaimOptions): Run {
  return async (line) => {
    const task = await withStore(line, options, (engine) => engine.claimActivity(activity, given({ wait })));
    if (task === undefined) {
      line.terminal.err(`no task of ${plain(activity)} is waiting\n`);
      return EXIT.failed;
    }
    answer(line.terminal, options, task, () => `${task.token}\n${JSON.stringify(task.input)}\n`);
    return EXIT.done;
  };
}

function succeed(token: string, { output, ...options }: SucceedOptions): Run {
  return async (line) => {
    const value = output === undefined ? null : await jsonWord('--output', output, line.terminal);
    return saying(options, 'succeeded', (engine) => engine.succeedTask(token, value))(line);
  };
}

/** Says it of a task, whose token is not repeated. */
function saying(options: Options, answered: string, say: (engine: Engine) => Promise<void>): Run {
  return async (line) => {
    await withStore(line, options, say);
    answer(line.terminal, options, { answered }, () => `${answered}\n`);
    return EXIT.done;
  };
}
