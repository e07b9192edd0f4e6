import { asl } from '../asl/language.js';
import { isError, type Problem } from '../core/problem.js';
import { statechart } from '../statechart/language.js';
import { type Exploration, type ExploreOptions, explore as exploreWorld } from './explore.js';
import { inspect as inspectProgram } from './inspect.js';
import { type PathOptions, type Paths, shortestPaths, simplePaths } from './paths.js';
import type { Samples } from './samples.js';
import { type Explorable, subjectOf } from './subject-of.js';
import { World } from './world.js';

export { explain } from '../statechart/schema/wording.js';
export type { Counterexample, Exploration, ExploreOptions } from './explore.js';
export { type Invariant, readInvariant } from './invariant.js';
export type { Cover, Path, PathOptions, PathStep, Paths } from './paths.js';
export { readSamples, type Samples, type TaskResult } from './samples.js';
export type { Explorable } from './subject-of.js';
export { type Definition, testFile } from './test-file.js';

/**
 * Everything that is wrong with a definition, and all that looks wrong, as warnings.
 *
 * @example
 * inspect({ language: 'statechart', source: { initial: 'a', states: { a: {} } } })[0].code; // => 'dead-end'
 */
export function inspect({ language: name, source, implementations = {} }: Explorable): readonly Problem[] {
  const language = name === asl.name ? asl : statechart;
  const problems = language.check(source);
  if (problems.some(isError)) return problems;
  return [...problems, ...inspectProgram(language.compile(source, implementations), source, implementations)];
}

/**
 * Paths from the start that cover a machine, or lead to a state: the shortest, or, `simple`, all without a position that
 * comes twice. What a machine sends to itself arrives at once. Throws Refused where there is no such state.
 *
 * @example
 * const lamp = { id: 'lamp', initial: 'off', states: { off: { on: { PRESS: 'lit' } }, lit: { on: { PRESS: 'off' } } } };
 * findPaths({ language: 'statechart', source: lamp }).paths.map(({ steps }) => steps.map(({ value }) => value)); // => [['off', 'lit', 'off']]
 */
export function findPaths(
  definition: Explorable,
  options: PathOptions & { readonly samples?: Samples; readonly simple?: boolean } = {},
): Paths {
  const world = new World(subjectOf(definition), options.samples, true);
  return options.simple ? simplePaths(world, options) : shortestPaths(world, options);
}

/**
 * Looks for a way to break a machine, everywhere within a bound and then at random.
 *
 * @example
 * const source = { initial: 'a', context: { n: 0 }, states: { a: { on: { ADD: { assign: { n: '{% context.n + 1 %}' } } } } } };
 * const { counterexample } = explore({ language: 'statechart', source }, { invariant: readInvariant('context.n < 3') });
 * counterexample.steps.map(({ words }) => words); // => ['start', 'ADD', 'ADD', 'ADD']
 */
export function explore(
  definition: Explorable,
  options: ExploreOptions & { readonly samples?: Samples } = {},
): Exploration {
  return exploreWorld(new World(subjectOf(definition), options.samples), options);
}
