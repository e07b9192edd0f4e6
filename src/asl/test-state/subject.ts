import type { Json } from '../../core/json.js';
import { isError, type Problem, Refused } from '../../core/problem.js';
import { readDefinition } from '../compile.js';
import type { AslProgram, CompiledState } from '../program.js';

/** What a state is called that is tested alone; it is what every tested state finds in its context object. */
export const LONE_STATE = 'StateName';

/** The state to be tested, in a program that holds at least that. */
export interface TestSubject {
  readonly program: AslProgram;
  readonly state: CompiledState;
}

/** Reads the state to be tested, alone or by its name in a whole machine. Throws Refused, in AWS's words. */
export function readSubject(definition: Json, stateName: string | undefined): TestSubject {
  return stateName === undefined ? loneSubject(definition) : namedSubject(definition, stateName);
}

function namedSubject(definition: Json, name: string): TestSubject {
  const { program, problems } = readDefinition(definition);
  refuse(problems);
  const state = program.states.get(name);
  if (state !== undefined) return { program, state };
  const message = `State '${name}' is not found in the state machine definition`;
  throw new Refused({ code: 'ValidationException', message, path: '/stateName' });
}

/** Alone, a state leads to states that are not there, and ends nothing. */
function loneSubject(definition: Json): TestSubject {
  const { program, problems } = readDefinition({
    StartAt: LONE_STATE,
    States: { [LONE_STATE]: definition },
  });
  const state = program.states.get(LONE_STATE);
  const leads = new Set(state?.targets.map(({ path }) => path));
  const prefix = `/States/${LONE_STATE}`;
  const own = problems.filter(({ path }) => path.startsWith(prefix) && !leads.has(path));
  refuse(own.map((problem) => ({ ...problem, path: problem.path.slice(prefix.length) })));
  if (state === undefined) throw new Error('a state without problems was not compiled');
  return { program, state };
}

function refuse(problems: readonly Problem[]): void {
  const errors = problems.filter(isError);
  if (errors.length === 0) return;
  const words = errors.map(({ code, message, path }) => `${code}: ${message} at ${path === '' ? '/' : path}`);
  const message = `Invalid State Machine Definition: '${words.join(', ')}'`;
  throw new Refused({ code: 'InvalidDefinition', message, path: '/definition' });
}
