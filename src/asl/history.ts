import type { Happening } from '../core/journal.js';
import type { Json, JsonObject } from '../core/json.js';

/** That no payload is cut in our history. Step Functions: HistoryEventExecutionDataDetails. */
export const WHOLE: JsonObject = { truncated: false };

/**
 * One history event in AWS's shape but with payloads as values: `{ id, previousEventId, <type>EventDetails }`.
 * `at` is there where a thing happened earlier than it is written down, as the start of a task does.
 */
export function historyEvent(
  id: number,
  previousEventId: number,
  type: string,
  details?: JsonObject,
  at?: number,
): Happening {
  const data = dataOf(id, previousEventId, details, detailsFieldOf(type));
  if (at !== undefined) data['at'] = at;
  return { type, data };
}

/** Most events are of two kinds, whose data are made whole: a member that is added under a name looked up takes longer than all else here. */
function dataOf(
  id: number,
  previousEventId: number,
  details: JsonObject | undefined,
  field: string,
): Record<string, Json> {
  if (details === undefined) return { id, previousEventId };
  if (field === 'stateEnteredEventDetails') return { id, previousEventId, stateEnteredEventDetails: details };
  if (field === 'stateExitedEventDetails') return { id, previousEventId, stateExitedEventDetails: details };
  return { id, previousEventId, [field]: details };
}

const detailsFields = new Map<string, string>();

/** The field that an event's details stand in. There are some sixty types, and one is written at every turn. */
function detailsFieldOf(type: string): string {
  let field = detailsFields.get(type);
  if (field === undefined) {
    field = detailsField(type);
    detailsFields.set(type, field);
  }
  return field;
}

function detailsField(type: string): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

/** Error and cause as history events carry them: what is not known is left out. */
export function failureDetails(error: string | undefined, cause: string | undefined): JsonObject {
  return {
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
