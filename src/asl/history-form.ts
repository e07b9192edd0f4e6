import type { HistoryEntry } from '../core/journal.js';
import { isJsonObject, type Json, type JsonObject, put } from '../core/json.js';
import { ERRORS } from './errors.js';

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
  const form = new Form();
  const events: JsonObject[] = [];
  for (const entry of entries) {
    const event = form.event(entry);
    if (event !== undefined) events.push(event);
  }
  return events;
}

/** What AWS tells of an execution that had no time left, which entries leave out since there is but one reason. */
const TIMED_OUT: JsonObject = { error: ERRORS.timeout };

/**
 * Writes entries down one after the other. What a state is given is often what the one before it gave, so the last
 * payload's text is kept; and a history has up to 25,000 entries, so nothing is copied on the way.
 */
class Form {
  #payload: Json | undefined;
  #text = '';

  event({ type, at, data }: HistoryEntry): JsonObject | undefined {
    const { id, previousEventId } = data;
    if (typeof id !== 'number' || previousEventId === undefined) return undefined;
    const event: Record<string, Json> = { id, previousEventId, timestamp: data['at'] ?? at, type };
    for (const field in data) {
      if (field === 'id' || field === 'previousEventId' || field === 'at' || field === 'mapRun') continue;
      const value = data[field] as Json;
      event[field] = isJsonObject(value) ? this.#details(value) : value;
    }
    if (type === 'ExecutionTimedOut') event['executionTimedOutEventDetails'] = TIMED_OUT;
    return event;
  }

  #details(details: JsonObject): JsonObject {
    const { input, output, parameters, assignedVariables } = details;
    const holdsInputs = input !== undefined || parameters !== undefined;
    const holdsOutputs = output !== undefined || assignedVariables !== undefined;
    if (!holdsInputs && !holdsOutputs) return details;
    const form: Record<string, Json> = { ...details };
    if (input !== undefined) form['input'] = this.#asText(input);
    if (output !== undefined) form['output'] = this.#asText(output);
    if (parameters !== undefined) form['parameters'] = this.#asText(parameters);
    if (isJsonObject(assignedVariables)) form['assignedVariables'] = this.#eachAsText(assignedVariables);
    return form;
  }

  #eachAsText(variables: JsonObject): JsonObject {
    const texts: Record<string, Json> = {};
    for (const [name, value] of Object.entries(variables)) put(texts, name, JSON.stringify(value));
    return texts;
  }

  #asText(value: Json): string {
    if (value !== this.#payload || typeof value !== 'object') {
      this.#payload = value;
      this.#text = JSON.stringify(value);
    }
    return this.#text;
  }
}
