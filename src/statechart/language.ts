import type { Json } from '../core/json.js';
import type { Implementations, Language, View } from '../core/language.js';
import { isError, type Problem, Refused } from '../core/problem.js';
import { bindMigration } from './bind/migration.js';
import { check } from './check.js';
import { compile, type StatechartProgram } from './compile.js';
import { graphOf } from './graph.js';
import { invokedBy } from './invoked.js';
import { migrate } from './migrate.js';
import { acceptedBy, fail } from './outcome.js';
import { inputsOfRedrive, redrive } from './redrive.js';
import { type Datamodels, Findings } from './schema/findings.js';
import { inWords } from './schema/wording.js';
import { checked, checkSchemas, eventProblems, inputProblems } from './schemas.js';
import { discreet, sensitiveOf } from './sensitive.js';
import { step } from './step.js';
import { configurationOf, storedState } from './stored-state.js';
import { type FromXState, fromXState } from './xstate/xstate-json.js';

const STATECHART = {
  name: 'statechart',
  step: discreet(checked(step)),
  checkInput: inputProblems,
  checkEvent: eventProblems,
  fail: discreet(fail),
  redrive: { statuses: ['failed'], inputs: inputsOfRedrive, step: discreet(redrive) },
  migrate: discreet(migrate),
  view,
  sensitive: sensitiveOf,
  invokes: invokedBy,
  active,
  accepts,
  graph: graphOf,
} as const;

/** Statecharts in XState v5's JSON shape, as one of the languages that instances are written in. */
export const statechart: Language<StatechartProgram> = statechartWith(() => ({}));

/** The same, with the datamodels that are at hand when a definition is looked at. */
export function statechartWith(datamodels: () => Datamodels): Language<StatechartProgram> {
  return {
    ...STATECHART,
    check: (written) => {
      const read = fromXState(written);
      const { source, problems } = read;
      return [...problems, ...placed([...check(source, datamodels()), ...checkSchemas(source)], read)];
    },
    compile: (written, implementations = {}) => {
      const read = fromXState(written);
      const lost = read.problems.filter(isError);
      if (lost.length > 0) throw new Refused(lost);
      try {
        return durable(read.source, implementations, datamodels());
      } catch (error) {
        throw error instanceof Refused ? new Refused(placed(error.problems, read)) : error;
      }
    },
  };
}

/** A program whose instances may come from earlier versions. Throws Refused. */
function durable(source: Json, implementations: Implementations, datamodels: Datamodels): StatechartProgram {
  const findings = new Findings(true, inWords);
  const program = compile(source, implementations, datamodels, findings);
  const { migrations, nodes, values } = program;
  for (const migration of migrations) bindMigration(migration, nodes, values);
  const errors = findings.problems.filter(isError);
  if (errors.length > 0) throw new Refused(errors);
  return { ...program, hasFunctions: values.hasFunctions };
}

/** Problems at their places in what was written. */
function placed(problems: readonly Problem[], { locate }: FromXState): readonly Problem[] {
  return problems.map((problem) => ({ ...problem, path: locate(problem.path) }));
}

function view(state: Json): View {
  if (state === null) return { value: null, context: null, output: null };
  const { value, context, output, error } = storedState(state);
  return { value, context, output: output ?? null, ...(error === undefined ? {} : { error }) };
}

function active(program: StatechartProgram, state: Json): readonly string[] {
  if (state === null || storedState(state).value === null) return [];
  const { active: nodes } = configurationOf(program.space, storedState(state));
  return nodes.slice(1).map((node) => node.path);
}

function accepts(program: StatechartProgram, state: Json): readonly string[] {
  if (state === null) return [];
  const stored = storedState(state);
  const ended = stored.value === null || stored.error !== undefined || stored.stopped === true;
  if (ended || Object.hasOwn(stored, 'output')) return [];
  return acceptedBy(configurationOf(program.space, stored));
}
