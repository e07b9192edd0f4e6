import type { Json } from '../../core/json.js';
import { valueAt } from '../../core/pointer.js';
import { isError, Refused } from '../../core/problem.js';
import { readDefinition } from '../compile.js';
import type { Finding } from '../finding.js';
import type { AslProgram, CompiledState } from '../program.js';
import { diagnosticOf, diagnosticText } from '../validation/diagnostic.js';

/** What a state is called that is tested alone; it is what every tested state finds in its context object. */
export const LONE_STATE = 'StateName';

/** The state to be tested, in a program that holds at least that. */
export interface TestSubject {
  readonly program: AslProgram;
  readonly state: CompiledState;
  /** The Resource of a Task. */
  readonly resource: string;
}

/** Reads the state to be tested, alone or by its name in a whole machine. Throws Refused, in AWS's words. */
export function readSubject(definition: Json, stateName: string | undefined): TestSubject {
  return stateName === undefined ? loneSubject(definition) : namedSubject(definition, stateName);
}

function namedSubject(definition: Json, name: string): TestSubject {
  const { program, findings } = readDefinition(definition);
  refuse(definition, findings);
  const state = program.states.get(name);
  if (state !== undefined) return { program, state, resource: resourceAt(definition, state.path) };
  const message = `State '${name}' is not found in the state machine definition`;
  throw new Refused({ code: 'ValidationException', message, path: '/stateName' });
}

/** Alone, a state leads to states that are not there, and ends nothing. */
function loneSubject(definition: Json): TestSubject {
  const { program, findings } = readDefinition({
    StartAt: LONE_STATE,
    States: { [LONE_STATE]: definition },
  });
  const state = program.states.get(LONE_STATE);
  const leads = new Set(state?.targets.map(({ path }) => path));
  const prefix = `/States/${LONE_STATE}`;
  const own = findings.filter(({ path }) => path.startsWith(prefix) && !leads.has(path));
  const place = (pointer: string) => pointer.slice(prefix.length);
  refuse(
    definition,
    own.map((finding) => ({
      ...finding,
      path: place(finding.path),
      ...(typeof finding.place === 'string' ? { place: place(finding.place) } : {}),
    })),
  );
  if (state === undefined) throw new Error('a state without problems was not compiled');
  return { program, state, resource: resourceAt(definition, '') };
}

function resourceAt(source: Json, pointer: string): string {
  return String(valueAt(source, `${pointer}/Resource`) ?? '');
}

function refuse(source: Json, findings: readonly Finding[]): void {
  const errors = findings.filter(isError);
  if (errors.length === 0) return;
  const words = errors.map((finding) => diagnosticText(diagnosticOf(source, finding)));
  const message = `Invalid State Machine Definition: '${words.join(', ')}'`;
  throw new Refused({ code: 'InvalidDefinition', message, path: '/definition' });
}
