import type { Event } from '../core/event.js';
import { rejected } from '../core/fold.js';
import { escapePointer, isJsonObject, type Json, own } from '../core/json.js';
import { schemaProblems, valueProblems } from '../core/json-schema.js';
import type { Step } from '../core/language.js';
import { didYouMean, type Problem } from '../core/problem.js';
import type { StatechartProgram } from './compile.js';
import { fail } from './step.js';
import { storedState } from './stored-state.js';

const KEYS = ['input', 'context', 'events'];

/** What is wrong with the `schemas` of a definition. */
export function checkSchemas(source: Json): readonly Problem[] {
  const schemas = isJsonObject(source) ? own(source, 'schemas') : undefined;
  if (schemas === undefined) return [];
  if (!isJsonObject(schemas)) {
    return [{ code: 'wrong-type', message: '"schemas" must be an object', path: '/schemas' }];
  }
  return Object.keys(schemas).flatMap((key): readonly Problem[] => {
    const [value, path] = [own(schemas, key) ?? null, `/schemas/${escapePointer(key)}`];
    if (key === 'input' || key === 'context') return schemaProblems(value, path);
    if (key !== 'events') {
      const message = `"schemas" has no key "${key}"`;
      return [{ code: 'unknown-key', message, path, ...didYouMean(key, KEYS) }];
    }
    if (!isJsonObject(value)) return [{ code: 'wrong-type', message: '"events" must be an object', path }];
    return Object.keys(value).flatMap((name) =>
      schemaProblems(own(value, name) ?? null, `${path}/${escapePointer(name)}`),
    );
  });
}

export function inputProblems({ schemas }: StatechartProgram, input: Json): readonly Problem[] {
  const schema = schemas && own(schemas, 'input');
  return schema === undefined ? [] : valueProblems(input, schema, 'the input');
}

/** Of an event without data it is null that is looked at. */
export function eventProblems(
  { schemas }: StatechartProgram,
  name: string,
  data: Json = null,
): readonly Problem[] {
  const events = schemas && own(schemas, 'events');
  const schema = isJsonObject(events) ? own(events, name) : undefined;
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
    const { schemas } = program;
    if (schemas === undefined) return step(program, state, event);
    const [wrong] = wrongGiven(program, event);
    if (wrong !== undefined) return refused(program, state, event, wrong);
    const taken = step(program, state, event);
    const schema = own(schemas, 'context');
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
