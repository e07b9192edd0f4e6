const ROMAN: readonly (readonly [value: number, letters: string])[] = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
];

/** A number in small Roman numerals; 0 has none. */
export function toRoman(number: number): string {
  let rest = number;
  let roman = '';
  for (const [value, letters] of ROMAN) {
    const times = Math.floor(rest / value);
    roman += letters.repeat(times);
    rest -= times * value;
  }
  return roman;
}

/** The value of Roman numerals, small or large; NaN if it is none. */
export function fromRoman(text: string): number {
  let total = 0;
  let largest = 1;
  for (const letter of [...text.toLowerCase()].reverse()) {
    const value = ROMAN.find(([, letters]) => letters === letter)?.[0] ?? Number.NaN;
    if (value < largest) total -= value;
    else {
      largest = value;
      total += value;
    }
  }
  return total;
}

/** A number as spreadsheets count columns: a, b, …, z, aa, ab. */
export function toLetters(number: number): string {
  let letters = '';
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(0x61 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

export function fromLetters(text: string): number {
  let number = 0;
  for (const letter of text.toLowerCase()) {
    const value = letter.charCodeAt(0) - 0x60;
    number = number * 26 + (value >= 1 && value <= 26 ? value : Number.NaN);
  }
  return number;
}
