import type { HistoryEntry } from '../../core/journal.js';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.js';
import { plain } from './plain.js';
import { timeText } from './time.js';

/** Characters of an entry's data that a line shows; `--json` shows all of it. */
export const DETAIL_LENGTH = 120;

/** One line for what happened: when, at which revision, what. */
export function historyLine({ at, revision, index, type, data }: HistoryEntry): string {
  const [name, details] = told(data);
  const text = JSON.stringify(details);
  const short = text.length > DETAIL_LENGTH ? `${text.slice(0, DETAIL_LENGTH - 1)}…` : text;
  const words = [timeText(at), `${revision}.${index}`.padEnd(5), type, name, text === '{}' ? '' : short];
  return plain(words.filter((word) => word !== '').join('  ')).concat('\n');
}

/**
 * What an entry has to tell. Of a workflow's event, which is in AWS's shape, these are the name of the state and what stands
 * beside it; not its number among AWS's events, nor that nothing was cut off.
 */
function told(data: JsonObject): readonly [name: string, details: Json] {
  const { id, previousEventId, at: _, mapRun, ...rest } = data;
  const [details = mapRun ?? {}, ...more] = Object.values(rest);
  const isEvent = typeof id === 'number' && typeof previousEventId === 'number';
  if (!isEvent || more.length > 0 || !isJsonObject(details)) return ['', data];
  const { name, ...beside } = details;
  const kept = Object.entries(beside).filter(([key]) => !key.endsWith('Details'));
  return [typeof name === 'string' ? name : '', Object.fromEntries(kept)];
}
