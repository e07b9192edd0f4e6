/**
 * Whether a whole number, as it is written, is not the number that it is read as: beyond 2^53 not all of them can be had.
 *
 * @example
 * isInexact('9007199254740993'); // => true
 * isInexact('9007199254740992'); // => false
 * isInexact('0.1'); // => false
 */
export function isInexact(text: string): boolean {
  if (!/^-?\d{16,}$/.test(text)) return false;
  const value = Number(text);
  // What a program wrote out of a number of its own comes back as it was.
  if (!Number.isFinite(value) || String(value) === text) return false;
  return BigInt(value) !== BigInt(text);
}

/** What is said of such a number. */
export function inexact(text: string, path: string, offset: number) {
  const message = `${text} is read as ${Number(text)}: a number has no more than 15 digits for certain`;
  const hint = 'put it in quotes if it is a name or an id';
  return { code: 'inexact-number', message, path, offset, hint, severity: 'warning' } as const;
}
