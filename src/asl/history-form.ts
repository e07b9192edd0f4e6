import type { HistoryEntry } from '../core/journal.js';
import { isJsonObject, type Json, type JsonObject, put } from '../core/json.js';

/** The details that hold a payload: AWS gives them as JSON text. */
const PAYLOADS = new Set(['input', 'output', 'parameters']);

/**
 * History entries as GetExecutionHistory gives them: payloads as JSON text, `timestamp` in milliseconds since
 * 1970 (a door may want seconds). Entries that are not this language's are left out.
 *
 * @example
 * const data = { id: 1, previousEventId: 0, executionStartedEventDetails: { input: { a: 1 } } };
 * const entry = { instance: 'x', revision: 1, index: 0, at: 5, type: 'ExecutionStarted', data };
 * toAwsHistory([entry])[0]?.['executionStartedEventDetails']; // => { input: '{"a":1}' }
 */
export function toAwsHistory(entries: readonly HistoryEntry[]): JsonObject[] {
  return entries.flatMap((entry) => {
    const { id, previousEventId, at, ...details } = entry.data;
    if (typeof id !== 'number' || previousEventId === undefined) return [];
    const event: Record<string, Json> = { id, previousEventId, timestamp: at ?? entry.at, type: entry.type };
    for (const [field, value] of Object.entries(details)) {
      event[field] = isJsonObject(value) ? detailsAsText(value) : value;
    }
    return [event];
  });
}

function detailsAsText(details: JsonObject): JsonObject {
  const form: Record<string, Json> = {};
  for (const [field, value] of Object.entries(details)) {
    if (PAYLOADS.has(field)) form[field] = JSON.stringify(value);
    else if (field === 'assignedVariables' && isJsonObject(value)) form[field] = eachAsText(value);
    else form[field] = value;
  }
  return form;
}

function eachAsText(variables: JsonObject): JsonObject {
  const texts: Record<string, Json> = {};
  for (const [name, value] of Object.entries(variables)) put(texts, name, JSON.stringify(value));
  return texts;
}
