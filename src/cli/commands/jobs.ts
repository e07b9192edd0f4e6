import { type Command, Option } from 'commander';
import { given } from '../../core/given.js';
import { JOB_STATUSES, type JobStatus } from '../../core/job.js';
import { jobDocument } from '../../server/job-document.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT } from '../failure.js';
import { type PageOption, sayMore, takesPage } from '../page-option.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { jobsText } from '../text/jobs.js';

interface Options extends StoreOption, AnswerOption, PageOption {
  readonly instance?: string;
  readonly queue?: string;
  readonly name?: string;
  readonly status?: JobStatus;
}

export function addJobs(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('jobs')
    .description('list the tasks that handlers have, had or will have')
    .option('--instance <id>', 'only those of this instance')
    .option('--queue <name>', 'only those of this queue')
    .option('--name <name>', 'only those for the handler of this name')
    .addOption(new Option('--status <status>', 'only those of this status').choices(JOB_STATUSES));
  takesJson(takesStore(takesPage(command)))
    .addHelpText('after', '\nExample:\n  detent jobs --queue mail --status failed')
    .action((options: Options) => act(jobs(options)));
}

function jobs(options: Options): Run {
  return async (line) => {
    const { instance, queue, name, status, limit, after } = options;
    const query = given({ instance, queue, name, status, limit, after });
    const page = await withStore(line, options, (engine) => engine.jobs(query));
    const document = { ...page, items: page.items.map(jobDocument) };
    answer(line.terminal, options, document, () => jobsText(page.items));
    sayMore(line.terminal, page);
    return EXIT.done;
  };
}
