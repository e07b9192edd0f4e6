import { isJsonArray, isJsonObject, type Json, own, put } from '../core/json.js';
import { type Problem, Refused } from '../core/problem.js';

/** How a task may end. */
export type TaskResult = { readonly output: Json } | { readonly error: string; readonly cause?: string };

/** What is handed to a machine where an exploration has to choose. */
export interface Samples {
  /** What instances start with. */
  readonly inputs?: readonly Json[];
  /** By the event's name, what may come with it. */
  readonly events?: Readonly<Record<string, readonly Json[]>>;
  /** By the task's name, or the id it is invoked under. */
  readonly tasks?: Readonly<Record<string, readonly TaskResult[]>>;
}

/**
 * Samples as they are written: for events an object of lists by name, or a list of `{ type, data }`; for tasks an object
 * of lists of `{ output }` and `{ error, cause }`. Throws Refused where they are of another shape.
 *
 * @example
 * readSamples({ events: [{ type: 'PAY', data: { amount: 5 } }] }).events; // => { PAY: [{ amount: 5 }] }
 */
export function readSamples(given: {
  readonly inputs?: readonly Json[];
  readonly events?: Json;
  readonly tasks?: Json;
}): Samples {
  return {
    ...(given.inputs === undefined ? {} : { inputs: given.inputs }),
    ...(given.events === undefined ? {} : { events: readEvents(given.events) }),
    ...(given.tasks === undefined ? {} : { tasks: readTasks(given.tasks) }),
  };
}

function readEvents(value: Json): Readonly<Record<string, readonly Json[]>> {
  const events: Record<string, readonly Json[]> = {};
  if (isJsonArray(value)) {
    for (const [n, item] of value.entries()) {
      const type = isJsonObject(item) ? own(item, 'type') : undefined;
      if (!isJsonObject(item) || typeof type !== 'string') {
        throw refusal('an event is an object with a "type"', `/${n}`);
      }
      const known = Object.hasOwn(events, type) ? (events[type] ?? []) : [];
      put(events, type, [...known, own(item, 'data') ?? null]);
    }
    return events;
  }
  if (!isJsonObject(value)) throw refusal('events are an object of lists by name, or a list of events', '');
  for (const [name, payloads] of Object.entries(value)) {
    put(events, name, isJsonArray(payloads) ? payloads : [payloads]);
  }
  return events;
}

function readTasks(value: Json): Readonly<Record<string, readonly TaskResult[]>> {
  if (!isJsonObject(value)) throw refusal('tasks are an object of lists by name', '');
  const tasks: Record<string, readonly TaskResult[]> = {};
  for (const [name, results] of Object.entries(value)) {
    const list = isJsonArray(results) ? results : [results];
    put(
      tasks,
      name,
      list.map((result, n) => readResult(result, `/${name}/${n}`)),
    );
  }
  return tasks;
}

function readResult(value: Json, path: string): TaskResult {
  if (isJsonObject(value)) {
    const [output, error, cause] = [own(value, 'output'), own(value, 'error'), own(value, 'cause')];
    if (output !== undefined && error === undefined) return { output };
    if (typeof error === 'string') return typeof cause === 'string' ? { error, cause } : { error };
  }
  throw refusal('a result of a task is { output } or { error, cause }', path);
}

function refusal(message: string, path: string): Refused {
  const problem: Problem = { code: 'invalid-samples', message, path };
  return new Refused(problem);
}
