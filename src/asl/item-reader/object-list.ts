import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { itemReaderFailure } from '../errors.js';

/** One answer of ListObjectsV2, and where the next begins, if there is one. */
export interface ObjectPage {
  readonly items: readonly JsonObject[];
  readonly next: string | undefined;
}

/** What an object is called in an item, by what ListObjectsV2 calls it. */
const MEMBERS = [
  ['ETag', 'Etag'],
  ['Key', 'Key'],
  ['LastModified', 'LastModified'],
  ['Size', 'Size'],
  ['StorageClass', 'StorageClass'],
] as const;

/**
 * The objects of a page as items (Step Functions: ItemReader, ListObjectsV2). Throws StateFailure.
 *
 * @example
 * objectPage({ Contents: [{ Key: 'a', ETag: '"1"', Owner: 'x' }] }); // => { items: [{ Etag: '"1"', Key: 'a' }], next: undefined }
 */
export function objectPage(answer: Json): ObjectPage {
  const contents = isJsonObject(answer) ? (own(answer, 'Contents') ?? []) : undefined;
  if (!isJsonObject(answer) || !isJsonArray(contents))
    throw itemReaderFailure('What lists the objects gave no Contents.');
  const items = contents.map(itemOf);
  if (own(answer, 'IsTruncated') !== true) return { items, next: undefined };
  const next = own(answer, 'NextContinuationToken');
  if (typeof next !== 'string')
    throw itemReaderFailure('A list that is truncated has no NextContinuationToken.');
  return { items, next };
}

function itemOf(object: Json): JsonObject {
  if (!isJsonObject(object) || typeof own(object, 'Key') !== 'string')
    throw itemReaderFailure('An object that was listed has no Key.');
  const item: Record<string, Json> = {};
  for (const [theirs, ours] of MEMBERS) {
    const value = own(object, theirs);
    if (value !== undefined) item[ours] = value;
  }
  return item;
}
