import type { Happening } from '../core/journal.js';
import type { Json, JsonObject } from '../core/json.js';

/** That no payload is cut in our history. Step Functions: HistoryEventExecutionDataDetails. */
export const WHOLE: JsonObject = { truncated: false };

/** What stands beside the details, and AWS does not have. */
export interface Beside {
  /** When the thing happened, where it is written down later, as the start of a task is. */
  readonly at?: number;
  /** How a Map run stood when it ended. */
  readonly mapRun?: JsonObject;
}

/** One history event in AWS's shape but with payloads as values: `{ id, previousEventId, <type>EventDetails }`. */
export function historyEvent(
  id: number,
  previousEventId: number,
  type: string,
  details?: JsonObject,
  beside?: Beside,
): Happening {
  const data = dataOf(id, previousEventId, details, detailsFieldOf(type));
  return { type, data: beside === undefined ? data : { ...data, ...beside } };
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
