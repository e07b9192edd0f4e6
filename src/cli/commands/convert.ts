import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { Json } from '../../core/json.js';
import type { Problem } from '../../core/problem.js';
import { neighbourFiles } from '../../embed/neighbour-file.js';
import { machineNameOf } from '../../formats/definition.js';
import { locateProblems, parseSource } from '../../formats/source.js';
import { readScxml } from '../../scxml/scxml.js';
import { writeScxml } from '../../scxml/write/write.js';
import type { Run } from '../command-line.js';
import { EXIT, Failure, Misuse } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { problemsText } from '../text/problems.js';

interface ConvertOptions {
  readonly json?: boolean;
  readonly inner?: string;
  readonly to?: string;
}

export function addConvert(program: Command, act: (run: Run) => Promise<void>): void {
  program
    .command('convert <file>')
    .description('print an SCXML document (.scxml) as a statechart in YAML, or a statechart as SCXML')
    .option('--json', 'as JSON instead')
    .option('--inner <machine>', 'print a machine that stands within the document')
    .option('--to <format>', 'scxml: a statechart as a document')
    .addHelpText(
      'after',
      '\nExamples:\n  detent convert door.scxml > door.yaml\n  detent convert door.yaml --to scxml > door.scxml',
    )
    .action((file: string, options: ConvertOptions) => act(convert(file, options)));
}

function convert(file: string, options: ConvertOptions): Run {
  return async ({ terminal }) => {
    if (options.to !== undefined) return await toScxml(file, options.to, terminal);
    if (!/\.(scxml|xml)$/i.test(file)) {
      throw new Misuse(`${file} is no SCXML document: its name ends in none of .scxml, .xml`);
    }
    const text = await textOf(file);
    const read = readScxml(text, { name: machineNameOf(file), read: neighbourFiles(file) });
    if ('problems' in read) return refuse(file, read.problems, terminal);
    const { inner: name } = options;
    const known = read.inner.map(({ machine }) => machine);
    const found = name === undefined ? read : read.inner.find(({ machine }) => machine === name);
    if (found === undefined)
      throw new Misuse(`there is no machine ${name} in ${file}, only ${known.join(', ') || 'itself'}`);
    if (name === undefined && known.length > 0) {
      terminal.err(`${file} has other machines in it: --inner ${known.join(', --inner ')}\n`);
    }
    terminal.out(options.json ? `${JSON.stringify(found.source, null, 2)}\n` : yamlOf(found.source));
    return EXIT.done;
  };
}

async function toScxml(file: string, format: string, terminal: Terminal): Promise<number> {
  if (format !== 'scxml') throw new Misuse(`--to takes "scxml", not ${JSON.stringify(format)}`);
  const parsed = parseSource(await textOf(file), { file, read: neighbourFiles(file) });
  if (parsed.source === undefined) return refuse(file, parsed.problems, terminal);
  const written = writeScxml(parsed.source);
  if ('problems' in written) return refuse(file, locateProblems(written.problems, parsed), terminal);
  terminal.out(written.text);
  return EXIT.done;
}

function refuse(file: string, problems: readonly Problem[], terminal: Terminal): number {
  terminal.err(
    problemsText(
      problems.map((problem) => ({ ...problem, file })),
      terminal.errColors,
    ),
  );
  return EXIT.failed;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Failure(`${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function yamlOf(source: Json): string {
  return stringify(source, { lineWidth: 0 });
}
