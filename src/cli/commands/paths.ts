import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { findPaths, testFile } from '../../analysis/analysis.js';
import { pathsText } from '../../analysis/path-text.js';
import { COVERS, type Cover, MAX_PATHS } from '../../analysis/paths.js';
import { MAX_POSITIONS } from '../../analysis/search.js';
import type { FileMachine } from '../../embed/definition-file.js';
import { answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { loadMachine, type SampleOptions, samplesOf, takesSamples } from '../explored.js';
import { EXIT, Misuse } from '../failure.js';
import { wholeNumberOf } from '../number-option.js';
import { counted } from '../text/problems.js';

/** The longest paths that are asked for. */
const MAX_DEPTH = 1_000;

interface PathsOptions extends SampleOptions {
  readonly cover?: Cover;
  readonly to?: string;
  readonly simple?: boolean;
  readonly max?: number;
  readonly depth?: number;
  readonly states?: number;
  readonly vitest?: boolean;
  readonly json?: boolean;
}

export function addPaths(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('paths <file>')
    .description('list paths that cover a machine, or lead to a state, also as tests')
    .addOption(new Option('--cover <what>', 'what they come past (default: transitions)').choices(COVERS))
    .option('--to <state>', 'the shortest path to a state instead')
    .option('--simple', 'all paths without a position that comes twice')
    .option('--max <n>', 'paths at most (default: 100)', wholeNumberOf(1, MAX_PATHS))
    .option('--depth <n>', 'events of a path at most (--simple: 20)', wholeNumberOf(1, MAX_DEPTH))
    .option('--states <n>', 'positions that are looked at (default: 10000)', wholeNumberOf(1, MAX_POSITIONS))
    .option('--vitest', 'print a Vitest file that drives a system along them');
  takesJson(takesSamples(command))
    .addHelpText(
      'after',
      '\nExample:\n  detent paths turnstile.yaml --cover transitions --vitest > turnstile.test.js',
    )
    .action((file: string, options: PathsOptions) => act(paths(file, options)));
}

function paths(file: string, options: PathsOptions): Run {
  return async (line) => {
    const { terminal } = line;
    if (options.vitest && options.json) throw new Misuse('--vitest and --json cannot go together');
    const machine = await loadMachine(file, options, line);
    if (machine === undefined) return EXIT.failed;
    const { to, cover, max, depth, states: positions, simple } = options;
    const found = findPaths(machine, {
      samples: await samplesOf(options, line),
      ...(to === undefined ? {} : { to }),
      ...(cover === undefined ? {} : { cover }),
      ...(max === undefined ? {} : { max }),
      ...(depth === undefined ? {} : { depth }),
      ...(positions === undefined ? {} : { positions }),
      ...(simple === undefined ? {} : { simple }),
    });
    if (options.vitest) {
      terminal.out(
        testFile({ machine: machine.machine, paths: found.paths, definition: definitionOf(machine) }),
      );
    } else answer(terminal, options, { machine: machine.machine, ...found }, pathsText);
    const left = found.uncovered.length;
    if (!options.json) {
      terminal.err(`${counted(found.paths.length, 'path')}${left === 0 ? '' : `, ${left} not covered`}\n`);
    }
    return to !== undefined && found.paths.length === 0 ? EXIT.failed : EXIT.done;
  };
}

/** A module is imported again by the tests, since its functions have no other form. */
function definitionOf({ file, machine, language, source }: FileMachine) {
  return /\.m?js$/i.test(file) ? { module: resolve(file), machine } : { language, source };
}
