import type { HistoryEntry } from '../../core/journal.js';
import { plain } from './plain.js';
import { timeText } from './time.js';

/** Characters of an entry's data that a line shows; `--json` shows all of it. */
export const DETAIL_LENGTH = 120;

/** One line for what happened: when, at which revision, what. */
export function historyLine({ at, revision, index, type, data }: HistoryEntry): string {
  const text = JSON.stringify(data);
  const short = text.length > DETAIL_LENGTH ? `${text.slice(0, DETAIL_LENGTH - 1)}…` : text;
  const details = text === '{}' ? '' : `  ${short}`;
  return plain(`${timeText(at)}  ${`${revision}.${index}`.padEnd(5)}  ${type}${details}`).concat('\n');
}
