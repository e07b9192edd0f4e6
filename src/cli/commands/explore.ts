import type { Command } from 'commander';
import { explore as exploreMachine, type Invariant, readInvariant } from '../../analysis/analysis.js';
import { type Exploration, MAX_STEPS, MAX_WALKS } from '../../analysis/explore.js';
import { stepsText } from '../../analysis/path-text.js';
import { MAX_POSITIONS } from '../../analysis/search.js';
import { Refused } from '../../core/problem.js';
import { answer, takesJson } from '../answer.js';
import type { Run } from '../command-line.js';
import { loadMachine, type SampleOptions, samplesOf, takesSamples } from '../explored.js';
import { EXIT, Misuse } from '../failure.js';
import { wholeNumberOf } from '../number-option.js';

/** The deepest search that is asked for. */
const MAX_DEPTH = 1_000_000;

interface ExploreOptions extends SampleOptions {
  readonly invariant?: string;
  readonly depth?: number;
  readonly states?: number;
  readonly walks?: number;
  readonly steps?: number;
  readonly seed?: string;
  readonly deadlocks?: boolean;
  readonly json?: boolean;
}

export function addExplore(program: Command, act: (run: Run) => Promise<void>): void {
  const command = program
    .command('explore <file>')
    .description('look for a way to break a machine, and print the shortest one')
    .option(
      '--invariant <expression>',
      'what must hold everywhere: JSONata over { context, value, event, states }',
    )
    .option('--deadlocks', 'find where nothing can come any more, and the machine has not ended')
    .option('--depth <n>', 'events in a row that the search looks at', wholeNumberOf(1, MAX_DEPTH))
    .option('--states <n>', 'positions that it looks at (default: 10000)', wholeNumberOf(1, MAX_POSITIONS))
    .option('--walks <n>', 'walks at random past these limits (default: 100)', wholeNumberOf(0, MAX_WALKS))
    .option('--steps <n>', 'events of each walk (default: 100)', wholeNumberOf(1, MAX_STEPS))
    .option('--seed <text>', 'the same seed gives the same walks');
  takesJson(takesSamples(command))
    .addHelpText(
      'after',
      "\nExample:\n  detent explore order.yaml --invariant 'context.paid <= context.total'",
    )
    .action((file: string, options: ExploreOptions) => act(explore(file, options)));
}

/** What is no expression is wrong use of the option. */
function invariantOf(text: string): Invariant {
  try {
    return readInvariant(text);
  } catch (error) {
    if (error instanceof Refused) throw new Misuse(`--invariant is no expression: ${error.message}`);
    throw error;
  }
}

function explore(file: string, options: ExploreOptions): Run {
  return async (line) => {
    const invariant = options.invariant === undefined ? undefined : invariantOf(options.invariant);
    const machine = await loadMachine(file, options, line);
    if (machine === undefined) return EXIT.failed;
    const { depth, states: positions, walks, steps, seed, deadlocks } = options;
    const found = exploreMachine(machine, {
      samples: await samplesOf(options, line),
      ...(invariant === undefined ? {} : { invariant }),
      ...(depth === undefined ? {} : { depth }),
      ...(positions === undefined ? {} : { positions }),
      ...(walks === undefined ? {} : { walks }),
      ...(steps === undefined ? {} : { steps }),
      ...(seed === undefined ? {} : { seed }),
      ...(deadlocks === undefined ? {} : { deadlocks }),
    });
    answer(line.terminal, options, { machine: machine.machine, ...found }, explorationText);
    return found.counterexample === undefined ? EXIT.done : EXIT.failed;
  };
}

function explorationText({ counterexample, places, isComplete, walks }: Exploration): string {
  if (counterexample !== undefined) {
    const { code, message, steps } = counterexample;
    return `${code}: ${message}\n${stepsText(steps).join('\n')}\n`;
  }
  if (isComplete) return `nothing found: all ${places} positions were looked at\n`;
  return `nothing found in ${places} positions and ${walks} walks: there are more\n`;
}
