/** Six bits are a character: safe in JSON, and a page of them is copied at once. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BITS = 6;
const PAGE_DIGITS = 160;
const PAGE_BITS = PAGE_DIGITS * BITS;
/** A page with every bit set, and what is kept in its place. */
const FULL = '_'.repeat(PAGE_DIGITS);
const FULL_MARK = '*';

/** A set as it is kept: pages of digits, cut off behind the last that is not empty; a full one is a mark. */
export type StoredBits = readonly string[];

/**
 * A set of small whole numbers that is cheap to keep, to add to and to write down: a hundred thousand of them take
 * less than 18 kB, where they are all there next to nothing, and adding one replaces a page.
 *
 * @example
 * const set = new BitSet();
 * set.add(7);
 * set.stored(); // => ['AC']
 * new BitSet(['AC']).has(7); // => true
 */
export class BitSet {
  readonly #pages: string[];

  constructor(stored: StoredBits = []) {
    this.#pages = stored.slice();
  }

  has(index: number): boolean {
    const page = this.#pages[Math.floor(index / PAGE_BITS)] ?? '';
    if (page === FULL_MARK) return true;
    const digit = page.charAt(Math.floor((index % PAGE_BITS) / BITS));
    return digit !== '' && (DIGITS.indexOf(digit) & (1 << (index % BITS))) !== 0;
  }

  add(index: number): void {
    const at = Math.floor(index / PAGE_BITS);
    while (this.#pages.length <= at) this.#pages.push('');
    const page = this.#pages[at] ?? '';
    if (page === FULL_MARK) return;
    const place = Math.floor((index % PAGE_BITS) / BITS);
    const digit = DIGITS[DIGITS.indexOf(page.charAt(place) || 'A') | (1 << (index % BITS))];
    const added = `${page.slice(0, place).padEnd(place, 'A')}${digit}${page.slice(place + 1)}`;
    this.#pages[at] = added === FULL ? FULL_MARK : added;
  }

  stored(): StoredBits {
    return this.#pages.slice();
  }
}
