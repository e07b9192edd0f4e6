/** Numbers in English words, as `w` pictures have them. */

const BELOW_TWENTY = [
  ...'Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen'.split(
    ' ',
  ),
  ...'Sixteen Seventeen Eighteen Nineteen'.split(' '),
];
const ORDINALS_BELOW_TWENTY = [
  ...'Zeroth First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth'.split(' '),
  ...'Thirteenth Fourteenth Fifteenth Sixteenth Seventeenth Eighteenth Nineteenth'.split(' '),
];
const TENS = 'Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety'.split(' ');
const THOUSANDS = 'Thousand Million Billion Trillion'.split(' ');

/**
 * A whole number, not negative, in words with capitals.
 *
 * @example
 * toWords(1234, false); // => 'One Thousand, Two Hundred and Thirty-Four'
 * toWords(20, true); // => 'Twentieth'
 */
export function toWords(number: number, ordinal: boolean): string {
  if (number < 20) return (ordinal ? ORDINALS_BELOW_TWENTY : BELOW_TWENTY)[number] ?? '';
  if (number < 100) {
    const tens = TENS[Math.floor(number / 10) - 2] ?? '';
    const ones = number % 10;
    if (ones > 0) return `${tens}-${toWords(ones, ordinal)}`;
    return ordinal ? `${tens.slice(0, -1)}ieth` : tens;
  }
  const [unit, name] = unitOf(number);
  const head = `${toWords(Math.floor(number / unit), false)} ${name}`;
  const rest = number % unit;
  if (rest === 0) return ordinal ? `${head}th` : head;
  return `${head}${rest < 100 ? ' and ' : ', '}${toWords(rest, ordinal)}`;
}

/** The largest unit that goes into a number: hundreds, thousands and so on. */
function unitOf(number: number): readonly [unit: number, name: string] {
  if (number < 1000) return [100, 'Hundred'];
  const power = Math.max(1, Math.min(Math.floor(Math.log10(number) / 3), THOUSANDS.length));
  return [1000 ** power, THOUSANDS[power - 1] ?? ''];
}

const VALUES: ReadonlyMap<string, number> = wordValues();

function wordValues(): Map<string, number> {
  const values = new Map<string, number>();
  const add = (word: string, value: number) => values.set(word.toLowerCase(), value);
  BELOW_TWENTY.forEach(add);
  ORDINALS_BELOW_TWENTY.forEach(add);
  TENS.forEach((word, i) => {
    add(word, (i + 2) * 10);
    add(`${word.slice(0, -1)}ieth`, (i + 2) * 10);
  });
  ['Hundred', ...THOUSANDS].forEach((word, i) => {
    const value = i === 0 ? 100 : 1000 ** i;
    add(word, value);
    add(`${word}th`, value);
  });
  return values;
}

/** The pattern of a number in words. */
export const WORDS_PATTERN = `(?:${[...VALUES.keys(), 'and', '[\\-, ]'].join('|')})+`;

/**
 * The number that words stand for; NaN if one of them is no number.
 *
 * @example
 * fromWords('nineteen hundred and eighty-four'); // => 1984
 */
export function fromWords(text: string): number {
  let total = 0;
  let current = 0;
  for (const word of text.toLowerCase().split(/,\s|\sand\s|[\s-]/)) {
    const value = VALUES.get(word) ?? Number.NaN;
    if (value >= 100) {
      current *= value;
      continue;
    }
    if (current >= 1000) {
      total += current;
      current = 0;
    }
    current += value;
  }
  return total + current;
}
