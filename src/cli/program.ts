import { Command } from 'commander';
import type { CommandLine, Run } from './command-line.js';
import { EXIT, verdictOn } from './failure.js';

type Add = (program: Command, act: (run: Run) => Promise<void>) => void;

type Load = () => Promise<Add>;

const loadQueues: Load = async () => (await import('./commands/queues.js')).addQueues;
const loadPause: Load = async () => (await import('./commands/pause.js')).addPause;

/** The commands by their first word, in the order in which help has them; only what is called is loaded. */
const COMMANDS: ReadonlyMap<string, Load> = new Map([
  ['dev', async () => (await import('./commands/dev.js')).addDev],
  ['worker', async () => (await import('./commands/worker.js')).addWorker],
  ['run', async () => (await import('./commands/run.js')).addRun],
  ['check', async () => (await import('./commands/check.js')).addCheck],
  ['paths', async () => (await import('./commands/paths.js')).addPaths],
  ['explore', async () => (await import('./commands/explore.js')).addExplore],
  ['convert', async () => (await import('./commands/convert.js')).addConvert],
  ['diagram', async () => (await import('./commands/diagram.js')).addDiagram],
  ['types', async () => (await import('./commands/types.js')).addTypes],
  ['replay', async () => (await import('./commands/replay.js')).addReplay],
  ['create', async () => (await import('./commands/create.js')).addCreate],
  ['send', async () => (await import('./commands/send.js')).addSend],
  ['show', async () => (await import('./commands/show.js')).addShow],
  ['list', async () => (await import('./commands/list.js')).addList],
  ['history', async () => (await import('./commands/history.js')).addHistory],
  ['jobs', async () => (await import('./commands/jobs.js')).addJobs],
  ['job', async () => (await import('./commands/job.js')).addJob],
  ['message', async () => (await import('./commands/message.js')).addMessage],
  ['task', async () => (await import('./commands/task.js')).addTask],
  ['queues', loadQueues],
  ['queue', loadQueues],
  ['migrate', async () => (await import('./commands/migrate.js')).addMigrate],
  ['retry', async () => (await import('./commands/retry.js')).addRetry],
  ['stop', async () => (await import('./commands/stop.js')).addStop],
  ['pause', loadPause],
  ['resume', loadPause],
  ['sweep', async () => (await import('./commands/sweep.js')).addSweep],
  ['schedule', async () => (await import('./commands/schedule.js')).addSchedule],
  ['db', async () => (await import('./commands/db.js')).addDb],
]);

const VERSION = ['--version', '-V'];

/** What must be known to understand these words: one command if they begin with its name, else each of them. */
function called(word: string): Iterable<Load> {
  if (VERSION.includes(word)) return [];
  const command = COMMANDS.get(word);
  return command === undefined ? new Set(COMMANDS.values()) : [command];
}

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
  try {
    for (const load of called(words[0] ?? '')) (await load())(program, act);
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    const verdict = verdictOn(error, Boolean(terminal.env['DETENT_DEBUG']));
    if (verdict.text !== undefined) terminal.err(`${terminal.errColors.red('error:')} ${verdict.text}\n`);
    return verdict.code;
  }
}
