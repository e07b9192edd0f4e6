import { ExpressionError } from '../../expression-error.js';

/** Milliseconds between which JavaScript and JSON know points in time: 100 million days around 1970. */
export const MAX_INSTANT_MS = 8_640_000_000_000_000;

export const MONTH_NAMES = [
  ...'January February March April May June July August September October November December'.split(' '),
];
export const DAY_NAMES = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

const DAY_MS = 86_400_000;

/** A point in time that a calendar knows. Throws D1001 for one that it does not. */
export function checkedInstant(millis: number): number {
  if (Math.abs(millis) <= MAX_INSTANT_MS) return millis;
  throw new ExpressionError('D1001', `${millis} is no point in time that a calendar has`);
}

/**
 * The number that a component of a picture has at a time, read in Greenwich. Months and days count from 1,
 * Monday is the first day; weeks are those of ISO 8601: a week belongs to the year and month of its Thursday.
 */
export function componentOf(millis: number, component: string): number {
  const date = new Date(millis);
  switch (component) {
    case 'Y':
      return date.getUTCFullYear();
    case 'M':
      return date.getUTCMonth() + 1;
    case 'D':
      return date.getUTCDate();
    case 'd':
      return dayOfYear(date);
    case 'F':
      return weekday(date);
    case 'W':
      return Math.floor((dayOfYear(thursdayOf(date)) - 1) / 7) + 1;
    case 'w':
      return Math.floor((thursdayOf(date).getUTCDate() - 1) / 7) + 1;
    case 'X':
      return thursdayOf(date).getUTCFullYear();
    case 'x':
      return thursdayOf(date).getUTCMonth() + 1;
    case 'H':
      return date.getUTCHours();
    case 'h':
      return date.getUTCHours() % 12 || 12;
    case 'P':
      return date.getUTCHours() < 12 ? 0 : 1;
    case 'm':
      return date.getUTCMinutes();
    case 's':
      return date.getUTCSeconds();
    default:
      return date.getUTCMilliseconds();
  }
}

function weekday(date: Date): number {
  return date.getUTCDay() || 7;
}

function thursdayOf(date: Date): Date {
  return new Date(date.getTime() + (4 - weekday(date)) * DAY_MS);
}

function dayOfYear(date: Date): number {
  // Not Date.UTC, which takes the years up to 99 for those of the 20th century.
  const newYear = new Date(date).setUTCMonth(0, 1);
  return (date.getTime() - newYear) / DAY_MS + 1;
}

const ISO_8601 =
  /^(\d{4})(?:-([01]\d))?(?:-([0-3]\d))?(?:T([0-2]\d):([0-5]\d):([0-5]\d))?(?:\.(\d+))?([+-][0-2]\d:?[0-5]\d|Z)?$/;

/** Milliseconds since 1970 of an ISO 8601 text; without a zone it is read in Greenwich. NaN if it is none. */
export function parseIso8601(text: string): number {
  const match = ISO_8601.exec(text);
  if (match === null) return Number.NaN;
  const [year, month, day, hours, minutes, seconds] = match
    .slice(1, 7)
    .map((part) => Number(part ?? Number.NaN));
  const millis = new Date(0).setUTCFullYear(year ?? 0, (month || 1) - 1, day || 1);
  const isDate = new Date(millis).getUTCMonth() === (month || 1) - 1;
  if (!isDate || (hours ?? 0) > 24) return Number.NaN;
  const time = ((hours || 0) * 60 + (minutes || 0)) * 60 + (seconds || 0);
  const fraction = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7].slice(0, 4)}`) * 1000 + 1e-6);
  return millis + time * 1000 + fraction - zoneMinutes(match[8] ?? 'Z') * 60_000;
}

/** Minutes that a zone such as `+05:30`, `-0800` or `Z` is ahead of Greenwich; NaN if it is none. */
export function zoneMinutes(zone: string): number {
  if (zone === 'Z') return 0;
  const match = /^([+-]?)(\d{1,2}):?(\d{2})$/.exec(zone);
  if (match === null) return Number.NaN;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? 0 - minutes : minutes;
}
