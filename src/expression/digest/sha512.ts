import { padded } from './padding.js';
import { type Roots, rootsOfPrimes } from './roots.js';

const ROUNDS = 80;
const CONSTANTS = rootsOfPrimes(ROUNDS, 3);
const INITIAL = rootsOfPrimes(16, 2);

/** Words of 64 bits, each in two halves: numbers have no more bits, and whole numbers without a bound are slow. */
type Words = Roots;

/** FIPS 180-4, SHA-512, and SHA-384, which begins elsewhere and is cut. */
export function sha512(message: Uint8Array, algorithm: 'SHA-384' | 'SHA-512'): string {
  const view = padded(message, 128, 16, false);
  const first = algorithm === 'SHA-512' ? 0 : 8;
  const state = {
    upper: INITIAL.upper.slice(first, first + 8),
    lower: INITIAL.lower.slice(first, first + 8),
  };
  const words = { upper: new Int32Array(ROUNDS), lower: new Int32Array(ROUNDS) };
  for (let block = 0; block < view.byteLength; block += 128) {
    fillSchedule(words, view, block);
    addBlock(state, words);
  }
  let text = '';
  for (let i = 0; i < (algorithm === 'SHA-512' ? 8 : 6); i++)
    text += hex(state.upper, i) + hex(state.lower, i);
  return text;
}

function fillSchedule({ upper, lower }: Words, view: DataView, block: number): void {
  for (let i = 0; i < 16; i++) {
    upper[i] = view.getInt32(block + i * 8);
    lower[i] = view.getInt32(block + i * 8 + 4);
  }
  for (let i = 16; i < ROUNDS; i++) {
    const [eu, el] = [at(upper, i - 15), at(lower, i - 15)];
    const [lu, ll] = [at(upper, i - 2), at(lower, i - 2)];
    const low =
      unsigned(lower, i - 16) +
      unsigned(lower, i - 7) +
      ((half(el, eu, 1) ^ half(el, eu, 8) ^ half(el, eu, 7)) >>> 0) +
      ((half(ll, lu, 19) ^ half(ll, lu, 61) ^ half(ll, lu, 6)) >>> 0);
    upper[i] =
      at(upper, i - 16) +
      at(upper, i - 7) +
      (half(eu, el, 1) ^ half(eu, el, 8) ^ (eu >>> 7)) +
      (half(lu, ll, 19) ^ half(lu, ll, 61) ^ (lu >>> 6)) +
      carry(low);
    lower[i] = low;
  }
}

/** Instead of moving eight registers on in each round, what they are called moves: `a` lies where `h` lay. */
function addBlock(state: Words, words: Words): void {
  const upper = state.upper.slice();
  const lower = state.lower.slice();
  for (let i = 0; i < ROUNDS; i++) {
    const [a, b, c, d] = [-i & 7, (1 - i) & 7, (2 - i) & 7, (3 - i) & 7];
    const [e, f, g, h] = [(4 - i) & 7, (5 - i) & 7, (6 - i) & 7, (7 - i) & 7];
    const [au, al] = [at(upper, a), at(lower, a)];
    const [eu, el] = [at(upper, e), at(lower, e)];
    const t1Low =
      unsigned(lower, h) +
      ((half(el, eu, 14) ^ half(el, eu, 18) ^ half(el, eu, 41)) >>> 0) +
      (choice(el, at(lower, f), at(lower, g)) >>> 0) +
      unsigned(CONSTANTS.lower, i) +
      unsigned(words.lower, i);
    const t1High =
      at(upper, h) +
      (half(eu, el, 14) ^ half(eu, el, 18) ^ half(eu, el, 41)) +
      choice(eu, at(upper, f), at(upper, g)) +
      at(CONSTANTS.upper, i) +
      at(words.upper, i) +
      carry(t1Low);
    const dLow = unsigned(lower, d) + (t1Low >>> 0);
    upper[d] = at(upper, d) + t1High + carry(dLow);
    lower[d] = dLow;
    const sumLow =
      (t1Low >>> 0) +
      ((half(al, au, 28) ^ half(al, au, 34) ^ half(al, au, 39)) >>> 0) +
      (majority(al, at(lower, b), at(lower, c)) >>> 0);
    upper[h] =
      t1High +
      (half(au, al, 28) ^ half(au, al, 34) ^ half(au, al, 39)) +
      majority(au, at(upper, b), at(upper, c)) +
      carry(sumLow);
    lower[h] = sumLow;
  }
  for (let i = 0; i < 8; i++) {
    const low = unsigned(state.lower, i) + unsigned(lower, i);
    state.upper[i] = at(state.upper, i) + at(upper, i) + carry(low);
    state.lower[i] = low;
  }
}

/** One half of a word rotated to the right: the one that is named first, beside the other. */
function half(one: number, other: number, bits: number): number {
  return bits < 32 ? (one >>> bits) | (other << (32 - bits)) : (other >>> (bits - 32)) | (one << (64 - bits));
}

function choice(e: number, f: number, g: number): number {
  return (e & f) ^ (~e & g);
}

function majority(a: number, b: number, c: number): number {
  return (a & b) ^ (a & c) ^ (b & c);
}

/** What a sum of lower halves adds to the upper ones. */
function carry(sum: number): number {
  return Math.floor(sum / 0x1_0000_0000);
}

function at(words: Int32Array, index: number): number {
  return words[index] as number;
}

function unsigned(words: Int32Array, index: number): number {
  return at(words, index) >>> 0;
}

function hex(words: Int32Array, index: number): string {
  return unsigned(words, index).toString(16).padStart(8, '0');
}
