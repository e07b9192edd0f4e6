import type { HistoryEntry } from '../../core/journal.js';
import { plain } from './plain.js';
import { timeText } from './time.js';

/** One line for what happened: when, at which revision, what. */
export function historyLine({ at, revision, index, type, data }: HistoryEntry): string {
  const details = Object.keys(data).length === 0 ? '' : `  ${JSON.stringify(data)}`;
  return plain(`${timeText(at)}  ${`${revision}.${index}`.padEnd(5)}  ${type}${details}`).concat('\n');
}
