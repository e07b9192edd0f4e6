import type { Command } from 'commander';
import type { SendOptions } from '../core/engine.js';
import { given } from '../core/given.js';

/** How long `--wait` waits if it is not told. */
const DEFAULT_WAIT = '5s';

export interface WaitOption {
  readonly wait?: string | true;
}

/** Adds `--wait`. */
export function takesWait(command: Command): Command {
  return command.option(
    '--wait [duration]',
    `wait until it was applied, ${DEFAULT_WAIT} at most if no duration is given`,
  );
}

export function waitOf({ wait }: WaitOption): Pick<SendOptions, 'wait'> {
  return given({ wait: wait === true ? DEFAULT_WAIT : wait });
}
