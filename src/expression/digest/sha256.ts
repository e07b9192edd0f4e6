import { padded, rotateLeft } from './padding.js';
import { rootsOfPrimes } from './roots.js';

const ROUNDS = 64;
const CONSTANTS = rootsOfPrimes(ROUNDS, 3).upper;
const INITIAL = rootsOfPrimes(8, 2).upper;

/** FIPS 180-4, SHA-256. */
export function sha256(message: Uint8Array): string {
  const view = padded(message, 64, 8, false);
  const state = INITIAL.slice();
  const words = new Int32Array(ROUNDS);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(block + i * 4);
    for (let i = 16; i < ROUNDS; i++) {
      const [early, late] = [at(words, i - 15), at(words, i - 2)];
      const s0 = right(early, 7) ^ right(early, 18) ^ (early >>> 3);
      const s1 = right(late, 17) ^ right(late, 19) ^ (late >>> 10);
      words[i] = at(words, i - 16) + s0 + at(words, i - 7) + s1;
    }
    addBlock(state, words);
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Instead of moving eight registers on in each round, what they are called moves: `a` lies where `h` lay. */
function addBlock(state: Int32Array, words: Int32Array): void {
  const registers = state.slice();
  for (let i = 0; i < ROUNDS; i++) {
    const [a, e] = [at(registers, -i & 7), at(registers, (4 - i) & 7)];
    const [b, c] = [at(registers, (1 - i) & 7), at(registers, (2 - i) & 7)];
    const [f, g] = [at(registers, (5 - i) & 7), at(registers, (6 - i) & 7)];
    const sum1 = right(e, 6) ^ right(e, 11) ^ right(e, 25);
    const sum0 = right(a, 2) ^ right(a, 13) ^ right(a, 22);
    const t1 = at(registers, (7 - i) & 7) + sum1 + ((e & f) ^ (~e & g)) + at(CONSTANTS, i) + at(words, i);
    registers[(3 - i) & 7] = at(registers, (3 - i) & 7) + t1;
    registers[(7 - i) & 7] = t1 + sum0 + ((a & b) ^ (a & c) ^ (b & c));
  }
  for (let i = 0; i < 8; i++) state[i] = at(state, i) + at(registers, i);
}

function right(word: number, bits: number): number {
  return rotateLeft(word, 32 - bits);
}

function at(words: Int32Array, index: number): number {
  return words[index] as number;
}
