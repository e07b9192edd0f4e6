import type { Event } from '../core/event.js';
import { rejected } from '../core/fold.js';
import { escapePointer, isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import { schemaProblems, valueProblems } from '../core/json-schema.js';
import type { Step } from '../core/language.js';
import { didYouMean, type Problem } from '../core/problem.js';
import type { StatechartProgram } from './compile.js';
import { fail } from './outcome.js';
import { storedState } from './stored-state.js';

const KEYS = ['input', 'context'];

/** What is wrong with the schemas of a definition: those of its `events`, and `schemas` of the rest. */
export function checkSchemas(source: Json): readonly Problem[] {
  if (!isJsonObject(source)) return [];
  const events = schemasAt(source, 'events').flatMap(([schema, path]) =>
    schema === null ? [] : schemaProblems(schema, path),
  );
  const others = schemasAt(source, 'schemas').flatMap(([schema, path, key]): readonly Problem[] => {
    if (KEYS.includes(key)) return schemaProblems(schema, path);
    const message = `"schemas" has no key "${key}"`;
    const near = key === 'events' ? { hint: 'they stand in "events" of the machine' } : didYouMean(key, KEYS);
    return [{ code: 'unknown-key', message, path, ...near }];
  });
  const wrong = ['events', 'schemas'].filter((key) => !isJsonObject(own(source, key) ?? {}));
  const misshapen = wrong.map((key) => ({
    code: 'wrong-type',
    message: `"${key}" must be an object`,
    path: `/${key}`,
  }));
  return [...misshapen, ...events, ...others];
}

/** The members of a member, each with its pointer. */
function schemasAt(source: JsonObject, key: string): readonly (readonly [Json, string, string])[] {
  const schemas = own(source, key);
  if (!isJsonObject(schemas)) return [];
  return Object.keys(schemas).map((name) => [
    own(schemas, name) ?? null,
    `/${key}/${escapePointer(name)}`,
    name,
  ]);
}

export function inputProblems({ schemas }: StatechartProgram, input: Json): readonly Problem[] {
  const schema = schemas && own(schemas, 'input');
  return schema === undefined ? [] : valueProblems(input, schema, 'the input');
}

/** Of an event without data it is null that is looked at. */
export function eventProblems(
  { events }: StatechartProgram,
  name: string,
  data: Json = null,
): readonly Problem[] {
  const schema = events && (own(events, name) ?? undefined);
  return schema === undefined ? [] : valueProblems(data, schema, `the data of ${JSON.stringify(name)}`);
}

/**
 * A step that takes no event whose data is not as the schemas want it, and leaves no such context behind: an event
 * from outside is rejected, a start or an answer fails the instance.
 */
export function checked<E extends Event>(
  step: (program: StatechartProgram, state: Json, event: E) => Step,
): typeof step {
  return (program, state, event) => {
    const { schemas, events } = program;
    if (schemas === undefined && events === undefined) return step(program, state, event);
    const [wrong] = wrongGiven(program, event);
    if (wrong !== undefined) return refused(program, state, event, wrong);
    const taken = step(program, state, event);
    const schema = schemas && own(schemas, 'context');
    if (schema === undefined || taken.outcome.kind !== 'applied' || taken.state === null) return taken;
    const { value, context } = storedState(taken.state);
    const [broken] =
      value === null || event.type === 'stop' ? [] : valueProblems(context, schema, 'the context');
    return broken === undefined ? taken : refused(program, state, event, broken);
  };
}

function wrongGiven(program: StatechartProgram, event: Event): readonly Problem[] {
  if (event.type === 'start') return inputProblems(program, event.input);
  return event.type === 'signal' ? eventProblems(program, event.name, event.data) : [];
}

function refused(program: StatechartProgram, state: Json, event: Event, problem: Problem): Step {
  const step = rejected({ status: 'running', state }, event, problem);
  if (event.type === 'signal') return step;
  if (state === null) return { ...step, status: 'failed' };
  const { code: error, message: cause } = problem;
  return fail(program, state, event, { error, cause });
}
