import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Engine } from '../core/engine.js';
import type { CommandLine } from './command-line.js';
import { Failure } from './failure.js';

const DEFAULT_DB = 'sqlite:detent.db';

export interface StoreOption {
  readonly db?: string;
}

/** Adds `--db`. */
export function takesStore(command: Command, fallback = `$DETENT_DB, else ${DEFAULT_DB}`): Command {
  return command.option(
    '--db <url>',
    `the store: sqlite:PATH, postgres://… or memory: (default: ${fallback})`,
  );
}

/** The store that a command means. */
export function storeOf({ db }: StoreOption, env: NodeJS.ProcessEnv): string {
  return db ?? (env['DETENT_DB'] || DEFAULT_DB);
}

/** The same, of a store that is there: a file that is not is not made, since it would only hide a wrong path. */
export function existingStore(option: StoreOption, env: NodeJS.ProcessEnv): string {
  const db = storeOf(option, env);
  const path = /^sqlite:(.+)$/.exec(db)?.[1];
  if (path !== undefined && !existsSync(path)) {
    throw new Failure(`there is no store at ${db}: start one with "detent dev", or name another with --db`);
  }
  return db;
}

/**
 * Does something with a store that is there, without stepping anything: that is left to the process that
 * works on it, if one runs.
 */
export async function withStore<T>(
  { openEngine, terminal }: CommandLine,
  option: StoreOption,
  action: (engine: Engine) => Promise<T>,
): Promise<T> {
  const db = existingStore(option, terminal.env);
  const engine = await openEngine({ db, worker: false });
  try {
    return await action(engine);
  } finally {
    await engine.close();
  }
}
