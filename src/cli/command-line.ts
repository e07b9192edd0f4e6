import type { Engine } from '../core/engine.js';
import type { Language } from '../core/language.js';
import type { EngineOptions } from '../embed/engine.js';
import type { Supervised } from './supervisor/supervised.js';
import type { Terminal } from './terminal.js';

/** What commands work with; handed in, so that tests need no process. */
export interface CommandLine {
  readonly terminal: Terminal;
  readonly openEngine: (options: EngineOptions) => Promise<Engine>;
  /** Those that definitions are checked with; loaded when they are asked for. */
  readonly languages: () => Promise<readonly Language[]>;
  /** Present in the process that a supervisor started. */
  readonly supervised?: Supervised | undefined;
  /** The words of this call, for the process that does the work. */
  readonly words: readonly string[];
}

/** What a command does once its words are understood; answers the exit code. */
export type Run = (command: CommandLine) => Promise<number>;
