/** Characters by their width in Helvetica, in thousandths of the font's size; Arial and Liberation Sans have the same. */
const WIDTHS: readonly (readonly [number, string])[] = [
  [191, "'"],
  [222, 'ijl'],
  [260, '|'],
  [278, ' !,./:;I[\\]ft·'],
  [333, '()-`r{}'],
  [355, '"'],
  [389, '*'],
  [469, '^'],
  [500, 'Jcksvxyz'],
  [556, '#$0123456789?L_abdeghnopqu'],
  [584, '+<=>~×'],
  [611, 'FTZ'],
  [667, '&ABEKPSVXY'],
  [722, 'CDHNRUw'],
  [778, 'GOQ'],
  [833, 'Mm'],
  [889, '%'],
  [944, 'W'],
  [1015, '@'],
];

const WIDTH_OF = new Map(
  WIDTHS.flatMap(([width, chars]) => [...chars].map((char) => [char, width] as const)),
);

/** Letters of other alphabets that are written like ours, and what comes after them: as wide as it is high. */
const LETTER = 620;
const IDEOGRAPH = 1_000;
const FIRST_IDEOGRAPH = 0x2e80;

/** What other fonts may need beyond this one. */
const SLACK = 1.07;

/**
 * About how wide a text is, in the unit of the font's size.
 *
 * @example
 * textWidth('idle', 10) < textWidth('wide', 10); // => true
 */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const char of text) {
    width += WIDTH_OF.get(char) ?? ((char.codePointAt(0) ?? 0) < FIRST_IDEOGRAPH ? LETTER : IDEOGRAPH);
  }
  return (width / 1_000) * fontSize * SLACK;
}
