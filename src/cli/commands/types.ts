import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Command } from 'commander';
import { declarationOf } from '../../analysis/declaration/declaration.js';
import type { FileMachine } from '../../embed/definition-file.js';
import { datamodels } from '../../embed/ecmascript.js';
import type { Run } from '../command-line.js';
import { loadDefinitions } from '../definitions.js';
import { EXIT, Failure } from '../failure.js';
import { plain } from '../text/plain.js';

interface TypesOptions {
  readonly check?: boolean;
}

/** Endings of files that a program can import as the definition that they hold. */
const TYPED = ['.yaml', '.yml', '.json'];

export function addTypes(program: Command, act: (run: Run) => Promise<void>): void {
  program
    .command('types <files...>')
    .description('write what TypeScript knows of statecharts in YAML or JSON: a declaration beside each file')
    .option('--check', 'write nothing, and end with 1 where a declaration is out of date')
    .addHelpText('after', '\nExample:\n  detent types order.yaml    writes order.d.yaml.ts')
    .action((files: string[], options: TypesOptions) => act(types(files, options)));
}

function types(paths: readonly string[], { check = false }: TypesOptions): Run {
  return async (line) => {
    const { terminal } = line;
    const files = await loadDefinitions(paths, line, undefined);
    if (files === undefined) return EXIT.failed;
    let late = 0;
    for (const machine of files.machines) {
      const lack = untyped(machine);
      if (lack !== undefined) {
        terminal.err(`${plain(`${machine.file}: no types, ${lack}`)}\n`);
        continue;
      }
      const target = declarationFile(machine.file);
      const text = declarationOf(machine.source, basename(machine.file), datamodels());
      if ((await textOf(target)) === text) continue;
      if (check) {
        late++;
        terminal.err(`${plain(`${target} is out of date: run detent types ${machine.file}`)}\n`);
      } else {
        await write(target, text);
        terminal.out(`${plain(target)}\n`);
      }
    }
    return late === 0 ? EXIT.done : EXIT.failed;
  };
}

/** Why a program has no use for types of this file; undefined where it has. */
function untyped({ file, language }: FileMachine): string | undefined {
  const ending = extname(file).toLowerCase();
  if (ending === '.scxml') return 'no program can import a document: convert it to YAML first';
  if (!TYPED.includes(ending)) return 'a module has those that it is written with';
  return language === 'statechart' ? undefined : 'a workflow takes no events, and has no states to be in';
}

/** As TypeScript looks for it (`allowArbitraryExtensions`): `order.d.yaml.ts` beside `order.yaml`. */
function declarationFile(file: string): string {
  const ending = extname(file);
  return join(dirname(file), `${basename(file, ending)}.d${ending}.ts`);
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Failure(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new Failure(`${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
