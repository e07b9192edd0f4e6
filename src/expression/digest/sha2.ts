import { padded } from './padding.js';

/** What tells the members of the family apart (FIPS 180-4). */
interface Variant {
  readonly bits: 32 | 64;
  readonly rounds: number;
  /** Rotations, and a shift last in the small ones: Σ0, Σ1, σ0, σ1. */
  readonly big0: Triple;
  readonly big1: Triple;
  readonly small0: Triple;
  readonly small1: Triple;
  /** The first of the primes that the initial state comes from. */
  readonly firstPrime: number;
  readonly words: number;
}

type Triple = readonly [number, number, number];

const SHA_512: Variant = {
  bits: 64,
  rounds: 80,
  big0: [28, 34, 39],
  big1: [14, 18, 41],
  small0: [1, 8, 7],
  small1: [19, 61, 6],
  firstPrime: 0,
  words: 8,
};

const VARIANTS = {
  'SHA-256': {
    bits: 32,
    rounds: 64,
    big0: [2, 13, 22],
    big1: [6, 11, 25],
    small0: [7, 18, 3],
    small1: [17, 19, 10],
    firstPrime: 0,
    words: 8,
  },
  'SHA-384': { ...SHA_512, firstPrime: 8, words: 6 },
  'SHA-512': SHA_512,
} as const satisfies Record<string, Variant>;

/** The first bits behind the point of the roots of the primes, which is where all constants come from. */
const PRIMES = primes(80);
const CUBE_ROOTS = PRIMES.map((prime) => fractionOfRoot(prime, 3n));
const SQUARE_ROOTS = PRIMES.slice(0, 16).map((prime) => fractionOfRoot(prime, 2n));

export function sha2(message: Uint8Array, algorithm: keyof typeof VARIANTS): string {
  const variant: Variant = VARIANTS[algorithm];
  const { bits, rounds, firstPrime, words: count } = variant;
  const wordBytes = bits / 8;
  const view = padded(message, 16 * wordBytes, 2 * wordBytes, false);
  // SHA-256 has the upper halves of the constants of SHA-512.
  const cut = (constant: bigint) => constant >> BigInt(64 - bits);
  const constants = CUBE_ROOTS.slice(0, rounds).map(cut);
  const state = SQUARE_ROOTS.slice(firstPrime, firstPrime + 8).map(cut);
  for (let block = 0; block < view.byteLength; block += 16 * wordBytes) {
    addBlock(state, schedule(view, block, variant), constants, variant);
  }
  return state
    .slice(0, count)
    .map((word) => word.toString(16).padStart(bits / 4, '0'))
    .join('');
}

function schedule(view: DataView, block: number, { bits, rounds, small0, small1 }: Variant): bigint[] {
  const words: bigint[] = [];
  for (let i = 0; i < 16; i++) {
    words.push(bits === 32 ? BigInt(view.getUint32(block + i * 4)) : view.getBigUint64(block + i * 8));
  }
  const word = (index: number) => words[index] ?? 0n;
  for (let i = 16; i < rounds; i++) {
    const s0 = mix(word(i - 15), small0, bits, true);
    const s1 = mix(word(i - 2), small1, bits, true);
    words.push(BigInt.asUintN(bits, word(i - 16) + s0 + word(i - 7) + s1));
  }
  return words;
}

function addBlock(
  state: bigint[],
  words: readonly bigint[],
  constants: readonly bigint[],
  variant: Variant,
): void {
  const { bits, rounds, big0, big1 } = variant;
  let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
  for (let i = 0; i < rounds; i++) {
    const choice = (e & f) ^ (BigInt.asUintN(bits, ~e) & g);
    const t1 = h + mix(e, big1, bits, false) + choice + (constants[i] ?? 0n) + (words[i] ?? 0n);
    const t2 = mix(a, big0, bits, false) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [
      g,
      f,
      e,
      BigInt.asUintN(bits, d + t1),
      c,
      b,
      a,
      BigInt.asUintN(bits, t1 + t2),
    ];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = BigInt.asUintN(bits, (state[i] ?? 0n) + word);
  });
}

function mix(word: bigint, [first, second, third]: Triple, bits: number, shiftsLast: boolean): bigint {
  const last = shiftsLast ? word >> BigInt(third) : rotateRight(word, third, bits);
  return rotateRight(word, first, bits) ^ rotateRight(word, second, bits) ^ last;
}

function rotateRight(word: bigint, by: number, bits: number): bigint {
  return (word >> BigInt(by)) | BigInt.asUintN(bits, word << BigInt(bits - by));
}

function primes(count: number): bigint[] {
  const found: bigint[] = [];
  for (let candidate = 2n; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0n)) found.push(candidate);
  }
  return found;
}

/** 64 bits behind the point of a root, by Newton's method on whole numbers. */
function fractionOfRoot(number: bigint, degree: bigint): bigint {
  const target = number << (64n * degree);
  let root = 1n << 80n;
  for (;;) {
    const next = ((degree - 1n) * root + target / root ** (degree - 1n)) / degree;
    if (next >= root) return BigInt.asUintN(64, root);
    root = next;
  }
}
