import { isJsonArray, isJsonObject, type Json, own } from '../../core/json.js';
import { itemReaderFailure } from '../errors.js';
import { parsed } from './json-text.js';

/** An object of S3. */
export interface ObjectPlace {
  readonly Bucket: string;
  readonly Key: string;
}

/** The files that an inventory consists of, and the columns of their rows. */
export interface Inventory {
  readonly files: readonly ObjectPlace[];
  readonly headers: readonly string[];
}

const BUCKET_ARN = /^arn:aws[\w-]*:s3:::(.+)$/;

/**
 * What the manifest.json of an S3 inventory names; its files are CSV without a header. `bucket` is that of the manifest,
 * where it names none. Throws StateFailure.
 *
 * @example
 * inventoryOf('{"fileFormat":"CSV","fileSchema":"Bucket, Key","files":[{"key":"a.csv"}]}', 'b'); // => { files: [{ Bucket: 'b', Key: 'a.csv' }], headers: ['Bucket', 'Key'] }
 */
export function inventoryOf(text: string, bucket: string): Inventory {
  const manifest = parsed(text, 'The manifest');
  const member = (name: string): Json | undefined =>
    isJsonObject(manifest) ? own(manifest, name) : undefined;
  const [format, schema, list] = [member('fileFormat'), member('fileSchema'), member('files')];
  if (format !== 'CSV') throw itemReaderFailure('The files of the manifest are not CSV.');
  if (typeof schema !== 'string' || !isJsonArray(list))
    throw itemReaderFailure('The manifest has no fileSchema, or no files.');
  const destination = member('destinationBucket');
  const named = typeof destination === 'string' ? BUCKET_ARN.exec(destination)?.[1] : undefined;
  const files = list.map((file, index) => {
    const key = isJsonObject(file) ? own(file, 'key') : undefined;
    if (typeof key !== 'string') throw itemReaderFailure(`File ${index} of the manifest has no key.`);
    return { Bucket: named ?? bucket, Key: key };
  });
  return { files, headers: schema.split(',').map((column) => column.trim()) };
}

const ADDRESS = /^s3:\/\/([^/]+)\/(.+)$/;

/**
 * The objects that the manifest of an Athena query names, one `s3://bucket/key` in each line. Throws StateFailure.
 *
 * @example
 * athenaFiles('s3://results/2026/a.csv\n'); // => [{ Bucket: 'results', Key: '2026/a.csv' }]
 */
export function athenaFiles(text: string): ObjectPlace[] {
  const lines = text.split('\n').map((line) => line.trim().replace(/^"(.*)"$/, '$1'));
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [, Bucket, Key] = ADDRESS.exec(line) ?? [];
      if (Bucket === undefined || Key === undefined)
        throw itemReaderFailure(`The manifest names what is no object of S3: ${line.slice(0, 200)}`);
      return { Bucket, Key };
    });
}
