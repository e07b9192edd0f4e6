import type { AslProgram } from '../asl/program.js';
import type { Json } from '../core/json.js';
import type { Implementations, Program } from '../core/language.js';
import type { Problem } from '../core/problem.js';
import type { StatechartProgram } from '../statechart/compile.js';
import { warnOfUnhandledEvents } from './checks/events.js';
import { warnOfGuards } from './checks/guards.js';
import { warnOfMessages } from './checks/messages.js';
import { warnOfSchemas } from './checks/schemas.js';
import { warnOfDeadEnds, warnOfEndlessLoops, warnOfTraps, warnOfUnreachable } from './checks/states.js';
import { warnOfShadowed } from './checks/transitions.js';
import { inspectWorkflow } from './checks/workflow.js';
import { type Inspected, isChart, Neighbours } from './neighbours.js';
import { Survey } from './survey.js';

/** Warnings that one inspection lists. */
export const MAX_WARNINGS = 1_000;

/**
 * What looks wrong with a machine that is correct: states that are never reached or never left, transitions that are never
 * taken, guards that leave gaps. Every finding is certain, and says by which events one comes there. What could not be
 * looked at to its end is said once.
 */
export function inspect(
  program: Program,
  source: Json,
  implementations: Implementations = {},
): readonly Problem[] {
  return inspected({ machine: '', program, source, implementations }, undefined);
}

/** The same of machines that know each other: what they invoke, and what they send to each other, is looked at too. */
export function inspectTogether(machines: readonly Inspected[]): readonly (readonly Problem[])[] {
  const neighbours = new Neighbours(machines);
  return machines.map((one) => inspected(one, neighbours));
}

function inspected(one: Inspected, neighbours: Neighbours | undefined): readonly Problem[] {
  const { program, source } = one;
  if (isChart(program)) return inspectChart(program, one, neighbours);
  if (program.language === 'asl' && 'startAt' in program)
    return inspectWorkflow(program as AslProgram, source);
  return [];
}

function inspectChart(
  program: StatechartProgram,
  { machine, source, implementations = {} }: Inspected,
  neighbours: Neighbours | undefined,
): readonly Problem[] {
  const survey = new Survey(program, source, implementations);
  warnOfUnreachable(survey);
  warnOfDeadEnds(survey);
  warnOfTraps(survey);
  warnOfEndlessLoops(survey);
  warnOfShadowed(survey);
  warnOfGuards(survey);
  warnOfUnhandledEvents(survey);
  warnOfSchemas(survey);
  if (neighbours !== undefined) warnOfMessages(survey, machine, neighbours);
  const found = survey.findings.slice(0, MAX_WARNINGS);
  const left = survey.findings.length - found.length;
  const notes = [
    ...(left > 0 ? [note('too-many-problems', `and ${left} more warnings`)] : []),
    ...(survey.reach === undefined ? [note('not-explored', NOT_EXPLORED)] : []),
  ];
  return [...found, ...notes];
}

const NOT_EXPLORED =
  'the machine may come to too many configurations to look at all of them: it was checked state by state';

function note(code: string, message: string): Problem {
  return { code, message, path: '', severity: 'warning' };
}
