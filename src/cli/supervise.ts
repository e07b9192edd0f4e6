import { fileURLToPath } from 'node:url';
import type { CommandLine } from './command-line.js';
import { Supervisor } from './supervisor/supervisor.js';

/**
 * Watches over a process that is started with the same words and does the work, until a signal asks it to stop;
 * answers the exit code. `stopMs`: how long it may take to end then.
 */
export async function supervise({ terminal, words }: CommandLine, stopMs?: number): Promise<number> {
  const supervisor = new Supervisor({
    script: fileURLToPath(new URL('./main.js', import.meta.url)),
    args: words,
    // The process writes into our pipes, and cannot see the terminal behind them.
    env: { ...terminal.env, ...(terminal.errColors.isColorSupported ? { FORCE_COLOR: '1' } : {}) },
    stdout: terminal.out,
    stderr: terminal.err,
    say: (sentence) => terminal.err(`${terminal.errColors.yellow(sentence)}\n`),
    ...(stopMs === undefined ? {} : { stopMs }),
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
