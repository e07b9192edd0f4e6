import type { Engine } from '../core/engine.js';
import { isError } from '../core/problem.js';
import { type DefinitionFiles, readDefinitionFiles } from '../embed/definition-file.js';
import type { EngineOptions } from '../embed/engine.js';
import type { CommandLine } from './command-line.js';
import { isRemote, type RemoteOption } from './remote-option.js';
import { LOADING } from './supervisor/protocol.js';
import { plain } from './text/plain.js';
import { counted, problemsText } from './text/problems.js';

/** The definitions that a command works with; undefined if something is wrong with them, which was said then. */
export async function loadDefinitions(
  paths: readonly string[],
  { terminal, languages, supervised }: CommandLine,
  handlers: string | undefined,
): Promise<DefinitionFiles | undefined> {
  const files = await readDefinitionFiles(paths, {
    languages: await languages(),
    ...(handlers === undefined ? {} : { handlers }),
    onModule: (file) => supervised?.note(LOADING + file),
  });
  supervised?.note('');
  for (const note of files.notes) terminal.err(`${note}\n`);
  terminal.err(problemsText(files.problems, terminal.errColors));
  const errors = files.problems.filter(isError).length;
  if (errors === 0) return files;
  terminal.err(`${counted(errors, 'problem')}: nothing runs\n`);
  return undefined;
}

/** The command line, whose engines have what the files hold; undefined if something is wrong with them, which was said. */
export async function lineWith(
  paths: readonly string[],
  line: CommandLine,
): Promise<{ readonly line: CommandLine; readonly machines: DefinitionFiles['machines'] } | undefined> {
  if (paths.length === 0) return { line, machines: [] };
  const files = await loadDefinitions(paths, line, undefined);
  if (files === undefined) return undefined;
  const { implementations, handlers, machines } = files;
  const openEngine = (options: EngineOptions) => line.openEngine({ ...options, implementations, handlers });
  return { line: { ...line, openEngine }, machines };
}

/** An engine that works, with everything that the files hold. */
export async function openWith(
  { machines, implementations, handlers }: DefinitionFiles,
  options: EngineOptions,
  openEngine: CommandLine['openEngine'],
): Promise<Engine> {
  const engine = await openEngine({ failFast: true, ...options, implementations, handlers });
  try {
    for (const { machine, language, source } of machines) await engine.publish({ machine, language, source });
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Tasks that a machine asks for and that will fail, since no handler is here for them, as sentences. */
export function missingHandlers({ machines, handlers }: DefinitionFiles, option: RemoteOption): string[] {
  return machines.flatMap(({ machine, tasks }) =>
    tasks
      .filter((task) => !Object.hasOwn(handlers, task) && !isRemote(task, option))
      .map((task) => {
        const lack = `${machine} asks for the task "${task}", and no handler is here for it: it will fail`;
        return plain(`${lack} (--remote leaves tasks to workers elsewhere)`);
      }),
  );
}
