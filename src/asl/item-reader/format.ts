import type { Fields } from '../fields.js';
import { type CsvForm, csvItems, DELIMITERS } from './csv.js';
import { jsonItems, jsonLinesItems } from './json-text.js';
import type { Parsed, Passage } from './passage.js';

/** What the objects that are read look like. Step Functions: ItemReader, ReaderConfig. */
export interface Format {
  /** Where the first object only names those that hold the items. */
  readonly manifest: 'inventory' | 'athena' | undefined;
  /** The items of a passage of an object. Throws StateFailure. */
  items(passage: Passage): Parsed;
}

const INPUT_TYPES = ['CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST'] as const;

/** Undefined for a list of objects that is made of items as it is. */
export function compileFormat(config: Fields, lists: boolean): Format | undefined {
  const transformation = lists ? config.oneOf('Transformation', ['NONE', 'LOAD_AND_FLATTEN']) : undefined;
  const manifest = lists ? undefined : config.oneOf('ManifestType', ['S3_INVENTORY', 'ATHENA_DATA']);
  if (lists && transformation !== 'LOAD_AND_FLATTEN') {
    config.any('InputType');
    return undefined;
  }
  if (manifest !== 'S3_INVENTORY') config.require('InputType');
  const type = config.oneOf('InputType', INPUT_TYPES);
  if (type === 'PARQUET') {
    const message = 'InputType PARQUET is not supported: only texts are read';
    config.report({ code: 'not-supported', message, path: config.at('InputType') });
  }
  if (manifest === 'S3_INVENTORY' || type === 'MANIFEST') {
    return {
      manifest: manifest === 'ATHENA_DATA' ? 'athena' : 'inventory',
      items: (passage) => csvItems(passage, { delimiter: ',' }),
    };
  }
  return { manifest: manifest === undefined ? undefined : 'athena', ...textOf(config, type) };
}

function textOf(config: Fields, type: (typeof INPUT_TYPES)[number] | undefined): Pick<Format, 'items'> {
  if (type === 'JSON') {
    const pointer = config.text('ItemsPointer');
    return { items: (passage) => jsonItems(passage, pointer) };
  }
  if (type !== 'CSV') return { items: jsonLinesItems };
  const form = compileCsv(config);
  return { items: (passage) => csvItems(passage, form) };
}

function compileCsv(config: Fields): CsvForm {
  if (!config.has('CSVHeaderLocation'))
    config.report({ message: "The field 'CSVHeaderLocation' is required", path: config.path });
  const location = config.oneOf('CSVHeaderLocation', ['FIRST_ROW', 'GIVEN']);
  const headers = config.texts('CSVHeaders');
  if (location === 'GIVEN') config.require('CSVHeaders');
  const delimiter = config.oneOf('CSVDelimiter', Object.keys(DELIMITERS) as (keyof typeof DELIMITERS)[]);
  return {
    delimiter: DELIMITERS[delimiter ?? 'COMMA'],
    ...(location === 'GIVEN' && headers !== undefined ? { headers } : {}),
  };
}
