import type { Definition } from '../core/definition.js';
import type { Engine } from '../core/engine.js';
import { given } from '../core/given.js';
import { Refused } from '../core/problem.js';
import type { DefinitionFiles } from '../embed/definition-file.js';
import { createApp } from '../server/app.js';
import { type Listening, listen } from '../server/listen.js';
import { isLocal } from '../server/origin.js';
import { problemResponse } from '../server/problem-document.js';
import { type AnswerOption, answer } from './answer.js';
import type { CommandLine } from './command-line.js';
import { complainer } from './complaint.js';
import { loadDefinitions, missingHandlers, openWith } from './definitions.js';
import { EXIT } from './failure.js';
import { type RemoteOption, remoteOf } from './remote-option.js';
import { type RetentionOption, retentionOf } from './retention-option.js';
import { type StoreOption, storeOf } from './store-option.js';
import type { Supervised } from './supervisor/supervised.js';
import { table } from './text/table.js';

export interface DevOptions extends StoreOption, AnswerOption, RetentionOption, RemoteOption {
  readonly port: number;
  readonly host: string;
  readonly handlers?: string;
}

/** What `dev` does in the process that works: loads, serves, and drains when it is asked to stop. */
export async function work(
  paths: readonly string[],
  options: DevOptions,
  line: CommandLine,
  supervised: Supervised,
): Promise<number> {
  try {
    const stopped = supervised.stopped.then(() => 'stopped' as const);
    const files = await Promise.race([loadDefinitions(paths, line, options.handlers), stopped]);
    if (files === 'stopped') return EXIT.done;
    if (files === undefined) {
      supervised.refused();
      return EXIT.failed;
    }
    await serve(files, options, line, supervised);
    return EXIT.done;
  } catch (error) {
    // What keeps it from starting is said below; once it has worked, the supervisor tries again.
    supervised.refused();
    throw error;
  }
}

async function serve(
  files: DefinitionFiles,
  options: DevOptions,
  line: CommandLine,
  supervised: Supervised,
): Promise<void> {
  const { terminal } = line;
  const { host } = options;
  const { keep, start } = supervised.birth;
  const onError = complainer(terminal);
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
    const note = (instance: string) => supervised.note(instance && `stepping ${instance}`);
    const retention = given({ retention: retentionOf(options) });
    const work = { db, note, onError, ...remoteOf(options), ...retention };
    engine = await openWith(files, work, line.openEngine);
    app = createApp(engine, { localOnly: isLocal(host), isDraining: () => draining, onError });
    supervised.ready(String(server.port));
    if (start === 1) await announce(files, server, engine, options, line);
    await supervised.stopped;
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
  engine: Engine,
  options: DevOptions,
  { terminal }: CommandLine,
): Promise<void> {
  const versions = new Map((await engine.machines()).map((version) => [version.machine, version]));
  const machines = files.machines.map(({ machine, language, file }) => {
    return { machine, version: versions.get(machine)?.version ?? 1, language, file };
  });
  const document = { url: server.url, db: engine.store, machines };
  if (options.json) answer(terminal, options, document, () => '');
  else terminal.err(banner(document, terminal));
  for (const warning of missingHandlers(files, options)) terminal.err(`${warning}\n`);
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
