import { isJsonArray, type Json } from '../../core/json.js';

/**
 * A value as Java writes it, which is what Step Functions puts into texts: texts without quotes, `{a=1, b=[x]}`.
 *
 * @example
 * javaText({ a: 1, b: ['x', null] }); // => '{a=1, b=[x, null]}'
 */
export function javaText(value: Json): string {
  if (typeof value === 'number') return javaNumber(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isJsonArray(value)) return `[${value.map(javaText).join(', ')}]`;
  const members = Object.entries(value).map(([key, member]) => `${key}=${javaText(member)}`);
  return `{${members.join(', ')}}`;
}

/** Whole numbers in full while they fit 64 bits; others in decimals from 10^-3 to 10^7, with an exponent beyond. */
function javaNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return String(value);
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits}${digits.includes('.') ? '' : '.0'}E${Number(exponent)}`;
}
