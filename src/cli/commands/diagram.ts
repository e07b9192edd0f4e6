import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { diagramOfDefinition, isDrawable } from '../../analysis/diagram/definition-diagram.js';
import type { Diagram, Direction } from '../../analysis/diagram/diagram.js';
import { dotText } from '../../analysis/diagram/dot.js';
import { mermaidText } from '../../analysis/diagram/mermaid.js';
import { svgText } from '../../analysis/diagram/svg.js';
import { given } from '../../core/given.js';
import type { Json } from '../../core/json.js';
import { isError } from '../../core/problem.js';
import { type FileMachine, readDefinitionFiles } from '../../embed/definition-file.js';
import { layOut } from '../../embed/diagram-layout.js';
import { chosenMachine } from '../chosen-machine.js';
import type { CommandLine, Run } from '../command-line.js';
import { EXIT, Failure, Misuse } from '../failure.js';
import { type StoreOption, takesStore, withStore } from '../store-option.js';
import { problemsText } from '../text/problems.js';
import { existing } from './show.js';

const FORMATS = {
  mermaid: mermaidText,
  dot: dotText,
  svg: async (diagram: Diagram) => svgText(await layOut(diagram)),
} as const;

type Format = keyof typeof FORMATS;

/** Endings of a file's name, and what is written into such a file. */
const ENDINGS: Readonly<Record<string, Format>> = {
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.md': 'mermaid',
  '.dot': 'dot',
  '.gv': 'dot',
  '.svg': 'svg',
};

interface Options extends StoreOption {
  readonly machine?: string;
  readonly format?: Format;
  readonly output?: string;
  readonly active?: string;
  readonly state?: string;
  readonly direction?: Direction;
}

export function addDiagram(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('diagram <file>')
    .description('draw a machine')
    .option('--machine <name>', 'which machine, if the file has several')
    .addOption(
      new Option('--format <format>', "what to write (default: by the output's name, else mermaid)").choices(
        Object.keys(FORMATS),
      ),
    )
    .option('-o, --output <file>', 'where to write it, instead of printing it')
    .option('--state <value>', 'the state to mark: its path, or a state value as JSON')
    .option('--active <instance>', 'mark where this instance stands')
    .addOption(
      new Option('--direction <direction>', 'which way transitions lead')
        .choices(['down', 'right'])
        .default('down'),
    );
  takesStore(command)
    .addHelpText('after', '\nExample:\n  detent diagram order.yaml -o order.svg --active order-1')
    .action((file: string, options: Options) => act(diagram(file, options)));
}

function diagram(file: string, options: Options): Run {
  return async (line) => {
    const { terminal } = line;
    const format = options.format ?? formatOf(options.output);
    const languages = await line.languages();
    const { machines, problems } = await readDefinitionFiles([file], { languages });
    terminal.err(problemsText(problems, terminal.errColors));
    if (problems.some((problem) => isError(problem) && !isDrawable(problem))) return EXIT.failed;
    const machine = chosenMachine(machines, options.machine, file);
    const language = languages.find(({ name }) => name === machine.language);
    if (language === undefined) throw new Error(`the language ${machine.language} was not handed in`);
    const { direction } = options;
    const state = await stateOf(line, machine, options);
    const drawn = diagramOfDefinition(
      language,
      machine.source,
      given({ name: machine.machine, state, direction }),
    );
    const text = await FORMATS[format](drawn);
    if (options.output === undefined) terminal.out(text);
    else
      await write(
        options.output,
        extname(options.output) === '.md' ? `\`\`\`mermaid\n${text}\`\`\`\n` : text,
      );
    return EXIT.done;
  };
}

function formatOf(output: string | undefined): Format {
  if (output === undefined) return 'mermaid';
  const format = Object.entries(ENDINGS).find(([ending]) => ending === extname(output).toLowerCase())?.[1];
  if (format !== undefined) return format;
  throw new Misuse(
    `${output} does not say what to write: name it --format, or end it in ${Object.keys(ENDINGS).join(', ')}`,
  );
}

/** What is to be marked, if anything is. */
async function stateOf(
  line: CommandLine,
  { machine }: FileMachine,
  options: Options,
): Promise<Json | undefined> {
  const { state, active } = options;
  if (state !== undefined && active !== undefined)
    throw new Misuse('--state and --active mark the same: give one of them');
  if (state !== undefined) return stateWord(state);
  if (active === undefined) return undefined;
  const view = await withStore(line, options, (engine) => existing(engine, active));
  if (view.machine !== machine)
    throw new Failure(`${active} is an instance of "${view.machine}", not of "${machine}"`);
  if (view.value === null) line.terminal.err(`${active} has not started: nothing is marked\n`);
  return view.value;
}

/** A state value as JSON, or else a path as it is. */
function stateWord(word: string): Json {
  if (!/^[{["]/.test(word)) return word;
  try {
    return JSON.parse(word) as Json;
  } catch (cause) {
    throw new Misuse(`--state is neither a path nor JSON: ${(cause as Error).message}`, { cause });
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new Failure(`${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
