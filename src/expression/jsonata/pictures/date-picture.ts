import { ExpressionError } from '../../expression-error.js';
import { type IntegerPicture, integerPicture } from './integer-picture.js';
import { remembered } from './remembered.js';

/** A date and time picture of XPath (`[D1o] [MNn] [Y0001]`), taken apart. */
export type DatePart = string | DateMarker;

/** How one component of a time is written. */
export interface DateMarker {
  /** The letter that names the component: `Y` the year, `M` the month and so on. */
  readonly component: string;
  /** Written as a name, in this case. */
  readonly names: 'lower' | 'upper' | 'title' | undefined;
  /** Written as a number. */
  readonly integer: IntegerPicture | undefined;
  /** Digits of the year that are written, the last ones; all if undefined. */
  readonly yearDigits: number | undefined;
  readonly maxWidth: number | undefined;
  /** `t`: a zone at Greenwich is written as Z. */
  readonly traditional: boolean;
  /** For reading: no sign stands before the next number, so it must be known where this one ends. */
  readonly runsOn: boolean;
}

const DEFAULT_PRESENTATIONS: Readonly<Record<string, string>> = {
  Y: '1',
  M: '1',
  D: '1',
  d: '1',
  F: 'n',
  W: '1',
  w: '1',
  X: '1',
  x: '1',
  H: '1',
  h: '1',
  P: 'n',
  m: '01',
  s: '01',
  f: '1',
  Z: '01:01',
  z: '01:01',
  C: 'n',
  E: 'n',
};

const NUMERIC = 'YMDdFWwXxHhmsf';

/** Reads a picture. Throws D3132 for an unknown component and D3135 where a bracket is not closed. */
export const datePicture = remembered(readPicture);

function readPicture(picture: string): readonly DatePart[] {
  const parts: DatePart[] = [];
  let literal = '';
  const endLiteral = () => {
    if (literal !== '') parts.push(literal.replaceAll(']]', ']'));
    literal = '';
  };
  for (let at = 0; at < picture.length; at++) {
    if (picture.charAt(at) !== '[') literal += picture.charAt(at);
    else if (picture.charAt(at + 1) === '[') {
      literal += '[';
      at++;
    } else {
      const end = picture.indexOf(']', at);
      if (end < 0) throw new ExpressionError('D3135', 'a "[" of a date and time picture is not closed');
      endLiteral();
      parts.push(marker(picture.slice(at + 1, end).replace(/\s+/g, '')));
      at = end;
    }
  }
  endLiteral();
  return parts.map((part, i) =>
    typeof part === 'string' ? part : { ...part, runsOn: runsInto(part, parts[i + 1]) },
  );
}

function runsInto(part: DateMarker, next: DatePart | undefined): boolean {
  return part.integer !== undefined && typeof next === 'object' && next.integer !== undefined;
}

function marker(text: string): DateMarker {
  const component = text.charAt(0);
  const comma = text.lastIndexOf(',');
  const modifiers = comma < 0 ? text.slice(1) : text.slice(1, comma);
  const [minWidth, maxWidth] = comma < 0 ? [undefined, undefined] : widths(text.slice(comma + 1));
  const fallback = Object.hasOwn(DEFAULT_PRESENTATIONS, component)
    ? DEFAULT_PRESENTATIONS[component]
    : undefined;
  if (fallback === undefined) {
    throw new ExpressionError('D3132', `"${component}" names no component of a date and time picture`);
  }
  const second = modifiers.length > 1 && 'atco'.includes(modifiers.slice(-1)) ? modifiers.slice(-1) : '';
  const first = modifiers === '' ? fallback : second === '' ? modifiers : modifiers.slice(0, -1);
  const names = namesCase(first);
  const isNumber = names === undefined && NUMERIC.includes(component);
  const isZone = component === 'Z' || component === 'z';
  const integer = isNumber ? numberOf(first, second, minWidth) : isZone ? integerPicture(first) : undefined;
  return {
    component,
    names,
    maxWidth,
    traditional: second === 't',
    runsOn: false,
    ...(component === 'Y' && isNumber ? yearOf(integer, maxWidth) : { integer, yearDigits: undefined }),
  };
}

function numberOf(first: string, second: string, minWidth: number | undefined): IntegerPicture {
  const integer = integerPicture(second === '' ? first : `${first};${second}`);
  return minWidth !== undefined && integer.mandatoryDigits < minWidth
    ? integer.withDigits(minWidth)
    : integer;
}

/** Two digits and more are as many digits of the year; a greatest width says how many. */
function yearOf(integer: IntegerPicture | undefined, maxWidth: number | undefined) {
  if (maxWidth !== undefined) return { integer: integer?.withDigits(maxWidth), yearDigits: maxWidth };
  const digits = (integer?.mandatoryDigits ?? 0) + (integer?.optionalDigits ?? 0);
  return { integer, yearDigits: digits >= 2 ? digits : undefined };
}

function namesCase(presentation: string): DateMarker['names'] {
  if (presentation.startsWith('n')) return 'lower';
  if (presentation.startsWith('Nn')) return 'title';
  return presentation.startsWith('N') ? 'upper' : undefined;
}

/** The least and the greatest width of `3-5`, `*-3`, `2`. */
function widths(text: string): readonly [min: number | undefined, max: number | undefined] {
  const [min, max] = text.split('-');
  return [widthOf(min), widthOf(max)];
}

function widthOf(text: string | undefined): number | undefined {
  const width = Number.parseInt(text ?? '', 10);
  return Number.isNaN(width) ? undefined : width;
}
