import { ExpressionError } from '../../expression-error.js';
import { type DateMarker, datePicture } from './date-picture.js';
import { checkedInstant, componentOf, DAY_NAMES, MONTH_NAMES, zoneMinutes } from './instant.js';
import { integerPicture } from './integer-picture.js';

const ISO_8601 = '[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]';

/**
 * Writes a point in time by a picture (XPath: format-dateTime), in a zone such as `+0530`.
 *
 * @example
 * formatInstant(0, '[D1o] [MNn] [Y]', undefined); // => '1st January 1970'
 */
export function formatInstant(millis: number, picture = ISO_8601, zone?: string): string {
  const offset = zone === undefined ? 0 : zoneMinutes(zone);
  if (Number.isNaN(offset)) throw new ExpressionError('D3110', `"${zone}" is no time zone such as +0100`);
  const local = checkedInstant(checkedInstant(millis) + offset * 60_000);
  let text = '';
  for (const part of datePicture(picture)) {
    text += typeof part === 'string' ? part : formatComponent(local, offset, part);
  }
  return text;
}

function formatComponent(local: number, offset: number, marker: DateMarker): string {
  switch (marker.component) {
    case 'Z':
    case 'z':
      return formatZone(offset, marker);
    case 'C':
    case 'E':
      return 'ISO';
    case 'P': {
      const half = componentOf(local, 'P') === 0 ? 'am' : 'pm';
      return marker.names === 'upper' ? half.toUpperCase() : half;
    }
    default: {
      const value = componentOf(local, marker.component);
      if (marker.integer === undefined) return formatName(value, marker);
      return marker.integer.format(marker.yearDigits === undefined ? value : value % 10 ** marker.yearDigits);
    }
  }
}

function formatName(value: number, { component, names, maxWidth }: DateMarker): string {
  const name = namesOf(component)[value - 1] ?? '';
  const cased = names === 'upper' ? name.toUpperCase() : names === 'lower' ? name.toLowerCase() : name;
  return cased.slice(0, maxWidth);
}

/** The names that the values of a component have. Throws D3133 if it has none. */
export function namesOf(component: string): readonly string[] {
  if (component === 'M' || component === 'x') return MONTH_NAMES;
  if (component === 'F') return DAY_NAMES;
  throw new ExpressionError('D3133', `the component "${component}" of a date and time picture has no names`);
}

function formatZone(offset: number, { component, integer, traditional }: DateMarker): string {
  if (integer === undefined) throw new ExpressionError('D3133', 'a time zone has no name');
  if (offset === 0 && traditional) return 'Z';
  const hours = Math.trunc(offset / 60);
  const minutes = Math.abs(offset % 60);
  const joined = hours * 100 + (offset < 0 ? -minutes : minutes);
  const digits = integer.mandatoryDigits;
  let text: string;
  if (integer.groupSeparator !== undefined || digits === 3 || digits === 4) text = integer.format(joined);
  else if (digits === 1 || digits === 2) {
    const sign = joined < 0 && hours === 0 ? '-' : '';
    text = sign + integer.format(hours) + (minutes === 0 ? '' : `:${integerPicture('00').format(minutes)}`);
  } else throw new ExpressionError('D3134', 'a time zone is written with one to four digits');
  return `${component === 'z' ? 'GMT' : ''}${joined < 0 ? '' : '+'}${text}`;
}
