import { Command } from 'commander';
import type { CommandLine, Run } from './command-line.js';
import { addCheck } from './commands/check.js';
import { addCreate } from './commands/create.js';
import { addDb } from './commands/db.js';
import { addDev } from './commands/dev.js';
import { addHistory } from './commands/history.js';
import { addJob } from './commands/job.js';
import { addJobs } from './commands/jobs.js';
import { addList } from './commands/list.js';
import { addPause } from './commands/pause.js';
import { addQueues } from './commands/queues.js';
import { addRetry } from './commands/retry.js';
import { addRun } from './commands/run.js';
import { addSchedule } from './commands/schedule.js';
import { addSend } from './commands/send.js';
import { addShow } from './commands/show.js';
import { addStop } from './commands/stop.js';
import { addSweep } from './commands/sweep.js';
import { addWorker } from './commands/worker.js';
import { EXIT, verdictOn } from './failure.js';

const COMMANDS = [
  addDev,
  addWorker,
  addRun,
  addCheck,
  addCreate,
  addSend,
  addShow,
  addList,
  addHistory,
  addJobs,
  addJob,
  addQueues,
  addRetry,
  addStop,
  addPause,
  addSweep,
  addSchedule,
  addDb,
];

/** Carries out one call of `detent` and answers its exit code. Everything there is to say was said then. */
export async function callProgram(version: string, line: CommandLine): Promise<number> {
  const { terminal, words } = line;
  let code: number = EXIT.done;
  const act = async (run: Run) => {
    code = await run(line);
  };
  const program = new Command('detent')
    .description('State machines that are never lost.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  for (const add of COMMANDS) add(program, act);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    const verdict = verdictOn(error, Boolean(terminal.env['DETENT_DEBUG']));
    if (verdict.text !== undefined) terminal.err(`${terminal.errColors.red('error:')} ${verdict.text}\n`);
    return verdict.code;
  }
}
