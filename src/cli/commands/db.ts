import type { Command } from 'commander';
import type { SchemaStatus } from '../../store/postgres/schema.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { EXIT, Failure } from '../failure.js';
import { type StoreOption, storeOf, takesStore } from '../store-option.js';

interface Options extends StoreOption, AnswerOption {}

export function addDb(program: Command, act: (run: Run) => Promise<void>): void {
  const db = program.command('db').description('look after the tables of a PostgreSQL store');
  const migrate = db.command('migrate').description('bring the tables to the version of this program');
  takesJson(takesStore(migrate))
    .addHelpText('after', '\nExample:\n  detent db migrate --db postgres://detent@db.internal/orders')
    .action((options: Options) => act(migration(options)));
  const status = db.command('status').description('say which version the tables have, and change nothing');
  takesJson(takesStore(status))
    .addHelpText('after', '\nExample:\n  detent db status --db postgres://detent@db.internal/orders')
    .action((options: Options) => act(inspection(options)));
}

function migration(options: Options): Run {
  return async ({ terminal }) => {
    const url = postgresUrl(options, terminal.env);
    const { migratePostgres } = await import('../../store/postgres/administration.js');
    answer(terminal, options, await migratePostgres({ url }), statusText);
    return EXIT.done;
  };
}

/** Fails where a migration is due, so that a script can tell. */
function inspection(options: Options): Run {
  return async ({ terminal }) => {
    const url = postgresUrl(options, terminal.env);
    const { postgresStatus } = await import('../../store/postgres/administration.js');
    const status = await postgresStatus({ url });
    answer(terminal, options, status, statusText);
    return status.version === status.newest ? EXIT.done : EXIT.failed;
  };
}

function postgresUrl(options: Options, env: NodeJS.ProcessEnv): string {
  const url = storeOf(options, env);
  if (/^postgres(ql)?:/.test(url)) return url;
  throw new Failure(
    'only a PostgreSQL store is migrated by command: a SQLite file is brought to this version when it is opened',
  );
}

function statusText({ schema, version, newest, applied }: SchemaStatus): string {
  const lines = applied.map(({ version, at }) => `version ${version} since ${at}`);
  const state =
    version === newest
      ? `schema "${schema}" is of version ${version}, as this program`
      : `schema "${schema}" is of version ${version}, this program of ${newest}: run "detent db migrate"`;
  return `${[state, ...lines].join('\n')}\n`;
}
