import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Definition } from '../../core/definition.js';
import type { Engine } from '../../core/engine.js';
import { Refused } from '../../core/problem.js';
import type { DefinitionFiles } from '../../embed/definition-file.js';
import { createApp } from '../../server/app.js';
import { DEFAULT_HOST, DEFAULT_PORT, type Listening, listen } from '../../server/listen.js';
import { isLocal } from '../../server/origin.js';
import { problemResponse } from '../../server/problem-document.js';
import { type AnswerOption, answer, takesJson } from '../answer.js';
import type { CommandLine, Run } from '../command-line.js';
import { loadDefinitions, missingHandlers, openWith } from '../definitions.js';
import { EXIT } from '../failure.js';
import { portOf } from '../number-option.js';
import { type StoreOption, storeOf, takesStore } from '../store-option.js';
import type { Supervised } from '../supervisor/supervised.js';
import { Supervisor } from '../supervisor/supervisor.js';
import { table } from '../text/table.js';

interface Options extends StoreOption, AnswerOption {
  readonly port: number;
  readonly host: string;
  readonly handlers?: string;
  readonly open: boolean;
}

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
    .action((files: string[], options: Options) => act(dev(files, options)));
}

/** The process that was called only watches over another, started with the same words, that does the work. */
function dev(paths: readonly string[], options: Options): Run {
  return async (line) => {
    const { supervised } = line;
    return supervised === undefined ? supervise(line) : work(paths, options, line, supervised);
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

async function work(
  paths: readonly string[],
  options: Options,
  line: CommandLine,
  supervised: Supervised,
): Promise<number> {
  const files = await loadDefinitions(paths, line, options.handlers);
  if (files === undefined) {
    supervised.refused();
    return EXIT.failed;
  }
  try {
    await serve(files, options, line, supervised);
    return EXIT.done;
  } catch (error) {
    if (error instanceof Refused) supervised.refused();
    throw error;
  }
}

async function serve(
  files: DefinitionFiles,
  options: Options,
  line: CommandLine,
  supervised: Supervised,
): Promise<void> {
  const { terminal } = line;
  const { host } = options;
  const { keep, start } = supervised.birth;
  const stopped = new Promise<void>((resolve) => supervised.onStop(resolve));
  const onError = (error: unknown) => terminal.err(`${(error as Error).message}\n`);
  let app: { fetch: (request: Request) => Response | Promise<Response> } | undefined;
  // Before the engine: where the port is taken, nothing runs; and the port stays the same over restarts.
  const server = await listen({
    app: { fetch: (request) => app?.fetch(request) ?? problemResponse(STARTING) },
    host,
    port: keep === undefined ? options.port : Number(keep),
  });
  let engine: Engine | undefined;
  let draining = false;
  try {
    const db = storeOf(options, terminal.env);
    const note = (instance: string) => supervised.note(`stepping ${instance}`);
    engine = await openWith(files, { db, note, onError }, line.openEngine);
    app = createApp(engine, { localOnly: isLocal(host), isDraining: () => draining, onError });
    supervised.ready(String(server.port));
    if (start === 1) await announce(files, server, db, engine, options, line);
    await stopped;
    draining = true;
  } finally {
    await server.close();
    await engine?.close();
  }
}

const STARTING = new Refused({ code: 'unavailable', message: 'the engine is starting', path: '' });

async function announce(
  files: DefinitionFiles,
  server: Listening,
  db: string,
  engine: Engine,
  options: Options,
  { terminal }: CommandLine,
): Promise<void> {
  const versions = new Map((await engine.machines()).map((version) => [version.machine, version]));
  const machines = files.machines.map(({ machine, language, file }) => {
    return { machine, version: versions.get(machine)?.version ?? 1, language, file };
  });
  const document = { url: server.url, db, machines };
  if (options.json) answer(terminal, options, document, () => '');
  else terminal.err(banner(document, terminal));
  for (const warning of missingHandlers(files)) terminal.err(`${warning}\n`);
}

interface Announcement {
  readonly url: string;
  readonly db: string;
  readonly machines: readonly (Pick<Definition, 'machine' | 'version' | 'language'> & {
    readonly file: string;
  })[];
}

function banner({ url, db, machines }: Announcement, { errColors }: CommandLine['terminal']): string {
  const rows = machines.map(({ machine, version, language, file }) => {
    return [`  ${machine}`, `version ${version}`, language, file];
  });
  const places = [
    ['  API', `${url}/api/v1`],
    ['  health', `${url}/health`],
    ['  store', db],
  ];
  const head = machines.length === 0 ? 'no machines were named; the store has its own' : 'machines';
  return `${errColors.bold(head)}\n${table(rows)}\n${table(places)}\nCtrl-C ends it.\n`;
}
