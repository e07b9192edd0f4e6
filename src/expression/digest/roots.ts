/** The first 64 bits behind the point of a root of each of the first primes: where SHA-2 has its constants from. */
export interface Roots {
  /** The upper 32 bits of each. */
  readonly upper: Int32Array;
  readonly lower: Int32Array;
}

/** FIPS 180-4, 4.2.3 and 5.3: `degree` 2 for square roots, 3 for cube roots. */
export function rootsOfPrimes(count: number, degree: 2 | 3): Roots {
  const fractions = primes(count).map((prime) => fractionOfRoot(prime, BigInt(degree)));
  return {
    upper: Int32Array.from(fractions, (fraction) => Number(fraction >> 32n)),
    lower: Int32Array.from(fractions, (fraction) => Number(fraction & 0xffffffffn)),
  };
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
