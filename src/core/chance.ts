/**
 * Numbers that look random and are the same for the same key: all chance in a step derives from (instance,
 * the event's seed, a counter), so that a fold repeats it (rule 5). Not for secrets.
 */
export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /**
   * @example
   * new Chance('order-1', 'seed').float() === new Chance('order-1', 'seed').float(); // => true
   */
  constructor(...key: readonly string[]) {
    [this.#a, this.#b, this.#c, this.#d] = digest(key.join('\u0000'));
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** A whole number from 0 to 2^32 - 1. The generator is sfc32. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A number in [0, 1) with 53 bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 67_108_864 + (this.uint32() >>> 6)) / 9_007_199_254_740_992;
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor(this.float() * bound);
  }
}

/** 128 bits of a text, by four differently seeded multiplicative hashes. */
function digest(text: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x71374491];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    words[0] = Math.imul(words[0] ^ unit, 0x85ebca6b);
    words[1] = Math.imul(words[1] ^ unit, 0xc2b2ae35) ^ (words[0] >>> 15);
    words[2] = Math.imul(words[2] ^ unit, 0x27d4eb2f) ^ (words[1] >>> 13);
    words[3] = Math.imul(words[3] ^ unit, 0x165667b1) ^ (words[2] >>> 16);
  }
  return words;
}
