import type { Budget } from '../../budget.js';
import { ExpressionError } from '../../expression-error.js';
import { Regex } from '../../regex/regex.js';
import { SourceError } from '../../source-error.js';
import { namesOf } from './date-format.js';
import { type DateMarker, type DatePart, datePicture } from './date-picture.js';
import { componentOf, zoneMinutes } from './instant.js';
import { remembered } from './remembered.js';

/** What a text says of a time: numbers by component. Months count from 1. */
type Components = Map<string, number>;

/** Components of a date by the ways to give one, the greatest first. */
const DATE_WAYS: readonly { readonly allowed: string; readonly order: string }[] = [
  { allowed: 'YMD', order: 'YMD' },
  { allowed: 'Yd', order: 'Yd' },
  { allowed: 'XMxwF', order: 'XxwF' },
  { allowed: 'XWF', order: 'XWF' },
];

/**
 * Reads a time that is written as a picture says. What is greater than anything given is taken from `now`, what
 * is smaller is the least it can be; a gap between is D3136. Undefined if the text is not written so.
 */
export function parseInstant(
  text: string,
  picture: string,
  now: () => number,
  budget: Budget,
): number | undefined {
  const { parts, regex, length } = dateReader(picture);
  budget.spend(length);
  const match = regex.find(text, 0, budget);
  if (match === undefined) return undefined;
  const components: Components = new Map();
  parts.forEach((part, i) => {
    if (typeof part === 'string') return;
    const value = readComponent(part, match.groups[i] ?? '');
    if (!Number.isNaN(value)) components.set(part.component, value);
  });
  return components.size === 0 ? undefined : instantOf(components, now);
}

interface DateReader {
  readonly parts: readonly DatePart[];
  /** Has a group for each part. */
  readonly regex: Regex;
  /** UTF-16 units of the pattern. */
  readonly length: number;
}

const dateReader = remembered(readerOf);

function readerOf(picture: string): DateReader {
  const parts = datePicture(picture);
  const pattern = `^${parts.map((part) => `(${patternOf(part)})`).join('')}$`;
  try {
    return {
      parts,
      regex: new Regex(pattern, { ignoreCase: true, multiline: false }),
      length: pattern.length,
    };
  } catch (error) {
    // The pattern is ours, so it can only be too large.
    throw error instanceof SourceError
      ? new ExpressionError('budget-text', 'the picture is too large')
      : error;
  }
}

function patternOf(part: DatePart): string {
  if (typeof part === 'string') return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const { component, integer, runsOn } = part;
  if (component === 'Z' || component === 'z') {
    return `${component === 'z' ? 'GMT' : ''}(?:Z|[-+][0-9]+(?::[0-9]+)?)`;
  }
  if (component === 'f') return '[0-9]+';
  if (integer !== undefined) return integer.pattern(runsOn ? integer.mandatoryDigits : undefined);
  if (component !== 'P') namesOf(component);
  return '[a-z]+';
}

function readComponent(marker: DateMarker, text: string): number {
  const { component, integer, maxWidth } = marker;
  switch (component) {
    case 'Z':
    case 'z':
      return readZone(text.replace(/^GMT/i, ''));
    case 'f':
      return Math.round(Number(`0.${text.slice(0, 3)}`) * 1000);
    case 'P':
      return ['am', 'pm'].indexOf(text.toLowerCase()) >= 0
        ? ['am', 'pm'].indexOf(text.toLowerCase())
        : Number.NaN;
    default: {
      if (integer !== undefined) return integer.parse(text);
      const written = text.toLowerCase();
      const isMeant = (name: string) => name.slice(0, maxWidth).toLowerCase() === written;
      return namesOf(component).findIndex(isMeant) + 1 || Number.NaN;
    }
  }
}

/** One or two digits are hours alone. */
function readZone(text: string): number {
  return /^[-+]\d{1,2}$/.test(text) ? zoneMinutes(`${text}00`) : zoneMinutes(text.toUpperCase());
}

function instantOf(given: Components, now: () => number): number {
  const has = (letters: string) => [...letters].some((letter) => given.has(letter));
  const isOnly = (letters: string) =>
    [...'YXMxWwdD'].every((letter) => !given.has(letter) || letters.includes(letter));
  const date = DATE_WAYS.find(({ allowed }) => has(allowed.replace('F', '')) && isOnly(allowed));
  const isHalfDays = has('Ph') && !given.has('H');
  const order = `${date?.order ?? 'YMD'}${isHalfDays ? 'Ph' : 'H'}msf`;
  const all = completed(given, order, now);
  if (order.startsWith('X')) throw incomplete('weeks cannot be read back into a date');
  const year = all.get('Y') ?? 0;
  const days = order.startsWith('Yd')
    ? Date.UTC(year, 0, all.get('d'))
    : Date.UTC(year, (all.get('M') ?? 1) - 1, all.get('D'));
  const hours = isHalfDays ? ((all.get('h') ?? 0) % 12) + 12 * (all.get('P') ?? 0) : (all.get('H') ?? 0);
  const seconds = (hours * 60 + (all.get('m') ?? 0)) * 60 + (all.get('s') ?? 0);
  const zone = given.get('Z') ?? given.get('z') ?? 0;
  return days + seconds * 1000 + (all.get('f') ?? 0) - zone * 60_000;
}

/** What is given with what it leaves out, from the greatest component to the least. */
function completed(given: Components, order: string, now: () => number): Components {
  const all: Components = new Map();
  let state: 'before' | 'within' | 'after' = 'before';
  for (const letter of order) {
    const value = given.get(letter);
    if (value !== undefined) {
      if (state === 'after') throw incomplete('a date and time picture may not leave out what lies between');
      state = 'within';
      all.set(letter, value);
    } else if (state === 'before') all.set(letter, componentOf(now(), letter));
    else {
      state = 'after';
      all.set(letter, 'MDd'.includes(letter) ? 1 : 0);
    }
  }
  return all;
}

function incomplete(message: string): ExpressionError {
  return new ExpressionError('D3136', message);
}
