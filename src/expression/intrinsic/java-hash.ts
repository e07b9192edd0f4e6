import { isJsonArray, type Json } from '../../core/json.js';

/** Buckets of a hash set to begin with, and how full it may be before it has twice as many. */
const BUCKETS = 16;
const LOAD = 0.75;

/**
 * Distinct values in the order in which a hash set of Java has them, which is the order that Step Functions gives them:
 * by bucket, and within one as they came.
 *
 * @example
 * hashOrder([true, false]); // => [false, true]
 * hashOrder([[1, 2], [2, 1]]); // => [[2, 1], [1, 2]]
 */
export function hashOrder(values: readonly Json[]): Json[] {
  let buckets = BUCKETS;
  while (values.length > buckets * LOAD) buckets *= 2;
  const placed = values.map((value) => ({ value, bucket: bucketOf(value, buckets) }));
  return placed.sort((a, b) => a.bucket - b.bucket).map(({ value }) => value);
}

function bucketOf(value: Json, buckets: number): number {
  const hash = hashOf(value);
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}

/** `hashCode` of what Java makes of a value: null, Boolean, Integer, Long, Double, String, List, Map. */
function hashOf(value: Json): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 1231 : 1237;
  if (typeof value === 'number') return hashOfNumber(value);
  if (typeof value === 'string') return hashOfText(value);
  if (isJsonArray(value))
    return value.reduce<number>((hash, item) => (Math.imul(31, hash) + hashOf(item)) | 0, 1);
  return Object.entries(value).reduce(
    (hash, [key, member]) => (hash + (hashOfText(key) ^ hashOf(member))) | 0,
    0,
  );
}

function hashOfText(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}

function hashOfNumber(value: number): number {
  if ((value | 0) === value) return value | 0;
  const view = new DataView(new ArrayBuffer(8));
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) view.setBigInt64(0, BigInt(value));
  else view.setFloat64(0, value);
  return view.getInt32(0) ^ view.getInt32(4);
}
