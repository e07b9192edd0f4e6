import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { DEFAULT_HOST, DEFAULT_PORT } from '../../server/address.js';
import { takesJson } from '../answer.js';
import type { CommandLine, Run } from '../command-line.js';
import type { DevOptions } from '../dev-work.js';
import { portOf } from '../number-option.js';
import { takesStore } from '../store-option.js';
import { Supervisor } from '../supervisor/supervisor.js';

export function addDev(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('dev [files...]')
    .description('serve machines from files and folders, and work on them, until Ctrl-C')
    .option('--port <n>', 'the port of the HTTP API, 0 for any that is free', portOf, DEFAULT_PORT)
    .option('--host <address>', 'the address it listens on', DEFAULT_HOST)
    .option('--handlers <file>', 'a module that exports the handlers of tasks')
    .option('--no-open', 'do not open a browser');
  takesJson(takesStore(command))
    .addHelpText('after', '\nExample:\n  detent dev machines/ --handlers handlers.mjs --port 0')
    .action((files: string[], options: DevOptions) => act(dev(files, options)));
}

/** The process that was called only watches over another, started with the same words, that does the work. */
function dev(paths: readonly string[], options: DevOptions): Run {
  return async (line) => {
    const { supervised } = line;
    if (supervised === undefined) return supervise(line);
    // Only the process that works needs a server; the others start faster without it.
    const { work } = await import('../dev-work.js');
    return work(paths, options, line, supervised);
  };
}

async function supervise({ terminal, words }: CommandLine): Promise<number> {
  const supervisor = new Supervisor({
    script: fileURLToPath(new URL('../main.js', import.meta.url)),
    args: words,
    // The process writes into our pipes, and cannot see the terminal behind them.
    env: { ...terminal.env, ...(terminal.errColors.isColorSupported ? { FORCE_COLOR: '1' } : {}) },
    stdout: terminal.out,
    stderr: terminal.err,
    say: (sentence) => terminal.err(`${terminal.errColors.yellow(sentence)}\n`),
  });
  const stop = () => supervisor.stop();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    return await supervisor.run();
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
