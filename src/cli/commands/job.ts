import type { Command } from 'commander';
import type { Engine } from '../../core/engine.js';
import { given } from '../../core/given.js';
import type { Job } from '../../core/job.js';
import { LAST_PRIORITY, MAX_JOB_ATTEMPTS } from '../../core/limits.js';
import { Refused } from '../../core/problem.js';
import { jobDocument } from '../../server/job-document.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { jsonWord } from '../json-word.js';
import { wholeNumberOf } from '../number-option.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { jobText } from '../text/jobs.js';
import { plain } from '../text/plain.js';

type Act = (run: Run) => Promise<void>;
type Options = StoreOption & AnswerOption;

interface AddOptions extends Options {
  readonly id?: string;
  readonly input?: string;
  readonly queue?: string;
  readonly priority?: number;
  readonly delay?: string;
  readonly attempts?: number;
  readonly backoff?: string;
  readonly timeout?: string;
  readonly heartbeat?: string;
}

export function addJob(program: Command, act: Act): void {
  const group = program
    .command('job')
    .description('put jobs into queues, and look after them: see docs/jobs.md');
  addAdd(group, act);
  const commands = [
    ['show', 'show a job as it stands', existing],
    ['cancel', 'cancel a job that has not ended', (engine: Engine, id: string) => engine.cancelJob(id)],
    [
      'retry',
      'try a job again that failed or was cancelled',
      (engine: Engine, id: string) => engine.retryJob(id),
    ],
  ] as const;
  for (const [name, description, ask] of commands) {
    const command = group.command(`${name} <job>`).description(description);
    takesJson(takesStore(command))
      .addHelpText('after', `\nExample:\n  detent job ${name} mail-1`)
      .action((id: string, options: Options) => act(asking(options, (engine) => ask(engine, id))));
  }
}

function addAdd(group: Command, act: Act): void {
  const command = group
    .command('add <name>')
    .description('put a job into a queue, for the handler of this name, and print its id')
    .option('--id <id>', 'its id; one is made if none is given')
    .option('--input <json>', 'its input; - reads it from stdin')
    .option('--queue <name>', 'its queue; "default" if absent')
    .option(
      '--priority <n>',
      `from 1, which comes first, to ${LAST_PRIORITY}`,
      wholeNumberOf(1, LAST_PRIORITY),
    )
    .option('--delay <duration>', 'how long it waits before it may be done')
    .option('--attempts <n>', 'how often it is tried at most', wholeNumberOf(1, MAX_JOB_ATTEMPTS))
    .option('--backoff <duration>', 'the pause after the first attempt that failed')
    .option('--timeout <duration>', 'how long one attempt may take')
    .option('--heartbeat <duration>', 'the longest silence of its handler');
  takesJson(takesStore(command))
    .addHelpText(
      'after',
      `\nExample:\n  detent job add greet --input '{"to": "Ada"}' --delay 5m --attempts 5`,
    )
    .action((name: string, options: AddOptions) => act(add(name, options)));
}

function add(name: string, options: AddOptions): Run {
  return async (line) => {
    const { id, input, queue, priority, delay, attempts, backoff, timeout, heartbeat } = options;
    const value = input === undefined ? undefined : await jsonWord('--input', input, line.terminal);
    const asked = { id, queue, priority, delay, attempts, backoff, timeout, heartbeat, input: value };
    const job = await withStore(line, options, (engine) => engine.enqueue(name, given(asked)));
    answer(line.terminal, options, jobDocument(job), () => `${plain(job.id)}\n`);
    return EXIT.done;
  };
}

/** Asks for something that is answered with a job. */
function asking(options: Options, ask: (engine: Engine) => Promise<Job>): Run {
  return async (line) => {
    const job = await withStore(line, options, ask);
    answer(line.terminal, options, jobDocument(job), () => jobText(job));
    return EXIT.done;
  };
}

async function existing(engine: Engine, id: string): Promise<Job> {
  const job = await engine.job(id);
  if (job !== undefined) return job;
  throw new Refused({ code: 'unknown-job', message: `there is no job "${id}"`, path: '' });
}
