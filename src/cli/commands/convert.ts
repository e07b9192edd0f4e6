import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { Json } from '../../core/json.js';
import { readScxml } from '../../scxml/scxml.js';
import type { Run } from '../command-line.js';
import { EXIT, Failure, Misuse } from '../failure.js';
import { problemsText } from '../text/problems.js';

interface ConvertOptions {
  readonly json?: boolean;
}

export function addConvert(program: Command, act: (run: Run) => Promise<void>): void {
  program
    .command('convert <file>')
    .description('print an SCXML document (.scxml) as a statechart in YAML')
    .option('--json', 'as JSON instead')
    .addHelpText('after', '\nExample:\n  detent convert door.scxml > door.yaml')
    .action((file: string, options: ConvertOptions) => act(convert(file, options)));
}

function convert(file: string, options: ConvertOptions): Run {
  return async ({ terminal }) => {
    if (!/\.(scxml|xml)$/i.test(file)) {
      throw new Misuse(`${file} is no SCXML document: its name ends in none of .scxml, .xml`);
    }
    const read = readScxml(await textOf(file));
    if ('problems' in read) {
      const problems = read.problems.map((problem) => ({ ...problem, file }));
      terminal.err(problemsText(problems, terminal.errColors));
      return EXIT.failed;
    }
    terminal.out(options.json ? `${JSON.stringify(read.source, null, 2)}\n` : yamlOf(read.source));
    return EXIT.done;
  };
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
