import { nameOf, pathName } from './path-text.js';
import type { Path, PathStep } from './paths.js';

/** What stands for the system under test in a file that was made: a definition, or a module that exports it. */
export type Definition =
  | { readonly language: string; readonly source: unknown }
  | { readonly module: string; readonly machine: string };

/** What a file of tests is made of. */
export interface TestFile {
  readonly machine: string;
  readonly paths: readonly Path[];
  readonly definition: Definition;
}

/**
 * A Vitest file that drives a system along paths. As it is written the system is the machine itself; whoever tests
 * another puts it in that place, event by event and state by state.
 */
export function testFile({ machine, paths, definition }: TestFile): string {
  const steps = paths.flatMap((path) => path.steps);
  const events = unique(
    steps.filter(({ kind }) => kind !== 'start').map(({ kind, name }) => nameOf(kind, name)),
  );
  const states = unique(steps.flatMap((step) => step.states));
  const named = paths.map((path) => ({ name: pathName(path), ...path }));
  return [
    "import { drivePath, machineUnderTest } from 'detent/testing';",
    "import { describe, expect, it } from 'vitest';",
    ...('module' in definition ? [`import * as definitions from ${text(definition.module)};`] : []),
    '',
    ...systemLines(definition),
    '',
    'const driver = {',
    '  reset: (start) => system.reset(start),',
    '  // How each event comes about.',
    '  events: {',
    ...events.map((name) => `    ${text(name)}: (step) => system.take(step),`),
    '  },',
    '  // What holds in each state.',
    '  states: {',
    ...states.map((name) => `    ${text(name)}: () => expect(system.states()).toContain(${text(name)}),`),
    '  },',
    '};',
    '',
    `const paths = ${JSON.stringify(named, undefined, 2)};`,
    '',
    `describe(${text(machine)}, () => {`,
    "  it.each(paths)('goes along $name', (path) => drivePath(path, driver));",
    '});',
    '',
  ].join('\n');
}

function systemLines(definition: Definition): readonly string[] {
  const what = '// The system under test: as it stands here the machine itself. Put yours in its place.';
  if ('module' in definition) {
    const { machine } = definition;
    return [
      what,
      `const definition = Object.values(definitions).find((value) => value?.id === ${text(machine)});`,
      'const system = machineUnderTest(definition);',
    ];
  }
  return [what, `const system = machineUnderTest(${JSON.stringify(definition, undefined, 2)});`];
}

function unique(names: readonly PathStep['name'][]): readonly string[] {
  return [...new Set(names)];
}

/** A text as JavaScript has it. */
function text(value: string): string {
  return JSON.stringify(value);
}
