/** Rounds to a number of digits; halves go to the even neighbour. Decimal digits, not binary ones, decide. */
export function roundHalfEven(number: number, digits: number): number {
  const shifted = shift(number, digits);
  // So large that there are no such digits to round.
  if (!Number.isFinite(shifted)) return number;
  let rounded = Math.round(shifted);
  if (Math.abs(rounded - shifted) === 0.5 && Math.abs(rounded % 2) === 1) rounded -= 1;
  const result = shift(rounded, -digits);
  return result === 0 ? 0 : result;
}

/** Moves the decimal point of a number's text, which multiplying by a power of ten would not do exactly. */
function shift(number: number, digits: number): number {
  if (digits === 0) return number;
  const [mantissa, exponent] = number.toString().split('e');
  return Number(`${mantissa}e${Number(exponent ?? 0) + digits}`);
}
