import type { Command } from 'commander';
import { DEFAULT_HOST, DEFAULT_PORT } from '../../server/address.js';
import { takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import type { DevOptions } from '../dev-work.js';
import { portOf } from '../number-option.js';
import { takesRemote } from '../remote-option.js';
import { retentionOf, takesRetention } from '../retention-option.js';
import { takesStore } from '../store-option.js';
import { supervise } from '../supervise.js';

export function addDev(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('dev [files...]')
    .description('serve machines from files and folders, and work on them, until Ctrl-C')
    .option('--port <n>', 'the port of the HTTP API, 0 for any that is free', portOf, DEFAULT_PORT)
    .option('--host <address>', 'the address it listens on', DEFAULT_HOST)
    .option('--handlers <file>', 'a module that exports the handlers of tasks')
    .option('--no-open', 'do not open a browser');
  takesJson(takesStore(takesRetention(takesRemote(command))))
    .addHelpText('after', '\nExample:\n  detent dev machines/ --handlers handlers.mjs --port 0')
    .action((files: string[], options: DevOptions) => act(dev(files, options)));
}

/** The process that was called only watches over another, started with the same words, that does the work. */
function dev(paths: readonly string[], options: DevOptions): Run {
  return async (line) => {
    // Here already: it is this process that was called wrongly.
    retentionOf(options);
    const { supervised } = line;
    if (supervised === undefined) return supervise(line);
    // Only the process that works needs a server; the others start faster without it.
    const { work } = await import('../dev-work.js');
    return work(paths, options, line, supervised);
  };
}
