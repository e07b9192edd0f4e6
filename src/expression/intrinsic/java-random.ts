/**
 * The generator of Java's java.util.Random, because Step Functions gives its numbers for a seed.
 *
 * @example
 * new JavaRandom(42).double(); // => 0.7275636800328681
 */
export class JavaRandom {
  #state: bigint;

  constructor(seed: number) {
    this.#state = BigInt.asUintN(48, BigInt(Math.trunc(seed)) ^ 0x5deece66dn);
  }

  /** A number in [0, 1) with 53 bits. */
  double(): number {
    return Number((this.#bits(26) << 27n) + this.#bits(27)) / 2 ** 53;
  }

  #bits(count: number): bigint {
    this.#state = BigInt.asUintN(48, this.#state * 0x5deece66dn + 0xbn);
    return this.#state >> BigInt(48 - count);
  }
}
