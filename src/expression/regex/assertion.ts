import { CharSet, LINE_ENDS, WORD_CHARACTERS } from './char-set.js';
import type { Assertion } from './pattern.js';

const WORD = new CharSet(WORD_CHARACTERS, false, false);
const LINE_END = new CharSet(LINE_ENDS, false, false);

/** Whether an assertion holds at a position of a text. */
export function holds(kind: Assertion, text: string, position: number): boolean {
  switch (kind) {
    case 'start':
      return position === 0;
    case 'end':
      return position === text.length;
    case 'line-start':
      return position === 0 || isOf(LINE_END, text, position - 1);
    case 'line-end':
      return position === text.length || isOf(LINE_END, text, position);
    case 'boundary':
      return isOf(WORD, text, position - 1) !== isOf(WORD, text, position);
    case 'no-boundary':
      return isOf(WORD, text, position - 1) === isOf(WORD, text, position);
  }
}

function isOf(set: CharSet, text: string, position: number): boolean {
  return position >= 0 && position < text.length && set.has(text.charCodeAt(position));
}
