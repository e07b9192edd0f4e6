import type { Command } from 'commander';
import { JOB_CONCURRENCY } from '../../runtime/job-runner.js';
import { takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { DRAIN, drainMsOf } from '../drain-option.js';
import { namesOf } from '../names-option.js';
import { concurrencyOf } from '../number-option.js';
import { retentionOf, takesRetention } from '../retention-option.js';
import { takesStore } from '../store-option.js';
import { supervise } from '../supervise.js';
import type { WorkerOptions } from '../worker-work.js';

/** What a process takes to end once its work is done or given up, in milliseconds. */
const CLOSE_MS = 5_000;

export function addWorker(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('worker [files...]')
    .description('step instances and run handlers on a store, with any number of others, until SIGTERM')
    .option('--handlers <file>', 'a module that exports the handlers of tasks')
    .option('--queues <names>', 'take jobs of these queues alone, with commas between', namesOf)
    .option('--concurrency <n>', 'handlers that run at once', concurrencyOf, JOB_CONCURRENCY)
    .option('--drain <duration>', 'how long handlers may go on after SIGTERM', DRAIN);
  takesJson(takesStore(takesRetention(command)))
    .addHelpText(
      'after',
      '\nExample:\n  detent worker machines/ --handlers handlers.mjs --queues mail,default --concurrency 20',
    )
    .action((files: string[], options: WorkerOptions) => act(worker(files, options)));
}

/** As with dev, the process that was called watches over the one that does the work. */
function worker(paths: readonly string[], options: WorkerOptions): Run {
  return async (line) => {
    const drainMs = drainMsOf(options.drain);
    // Here already: it is this process that was called wrongly.
    retentionOf(options);
    const { supervised } = line;
    if (supervised === undefined) return supervise(line, drainMs + CLOSE_MS);
    const { workOn } = await import('../worker-work.js');
    return workOn(paths, options, line, supervised);
  };
}
