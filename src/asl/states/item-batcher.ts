import { given } from '../../core/given.js';
import { type Json, utf8Length } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { dataLimitFailure } from '../errors.js';
import type { Fields } from '../fields.js';
import { compileJsonataField } from '../jsonata-query.js';
import { MAX_DATA_BYTES } from '../limits.js';
import type { MapRun } from '../map-run/map-run.js';
import type { BatchBounds } from '../map-run/stored-map-run.js';
import { compilePayloadField } from '../path-query.js';
import type { StateSource } from '../program.js';
import type { MapFields } from './map-fields.js';
import { compileNumberField, type NumberKind, POSITIVE } from './number-field.js';

/** What the executions of a distributed Map are given of its items. */
export interface Batcher {
  /** How many one of them may have; undefined where each has one. Throws StateFailure. */
  bounds(thread: ActiveThread, selected: Json): BatchBounds | undefined;
  /**
   * The input of the execution that begins with an item, and how many items that is; undefined where more of them must be
   * brought first. Throws StateFailure.
   */
  next(thread: ActiveThread, item: ItemAt, run: MapRun, first: number): Batch | undefined;
}

/** An item by its index, if it is at hand. */
export type ItemAt = (index: number) => Json | undefined;

export interface Batch {
  readonly input: Json;
  readonly size: number;
}

/** A batch's size in bytes. Step Functions: ItemBatcher. */
const BYTES: NumberKind = {
  whole: true,
  min: 1,
  max: MAX_DATA_BYTES,
  complaint: (field) => `${field} must be between 1 and ${MAX_DATA_BYTES}.`,
};

/** ItemBatcher: `{ BatchInput, Items }` for each execution. Without it, each has an item. States Language: Batching Items. */
export function compileBatcher(source: StateSource, map: MapFields): Batcher {
  if (source.fields.has('ItemBatcher')) {
    const fields = source.fields.object('ItemBatcher');
    if (fields !== undefined) return batches({ ...source, fields }, map);
  }
  return {
    bounds: () => undefined,
    next(thread, itemAt, _, first) {
      const item = itemAt(first);
      return item === undefined ? undefined : { input: map.choose(thread, first, item), size: 1 };
    },
  };
}

function batches(source: StateSource, { name, flow, choose }: MapFields): Batcher {
  const { fields, queryLanguage } = source;
  const most = compileNumberField(source, 'MaxItemsPerBatch', POSITIVE);
  const bytes = compileNumberField(source, 'MaxInputBytesPerBatch', BYTES);
  const compileInput = queryLanguage === 'JSONata' ? compileJsonataField : compilePayloadField;
  const batchInput = compileInput(fields, 'BatchInput');
  requireBound(source);
  fields.close();
  return {
    bounds(thread, selected) {
      const items = most(thread, selected);
      return { ...given({ items }), bytes: bytes(thread, selected) ?? MAX_DATA_BYTES };
    },
    next(thread, itemAt, run, first) {
      const { items = run.room, bytes: limit = MAX_DATA_BYTES } = run.batch ?? {};
      const frame = batchInput && { BatchInput: batchInput(thread, flow.select(thread)) };
      const Items: Json[] = [];
      let left = limit - sizeOf({ ...frame, Items });
      for (const end = first + Math.min(items, run.room); first + Items.length < end; ) {
        const at = first + Items.length;
        const value = itemAt(at);
        if (value === undefined && (at === first || !run.hasEnough)) return undefined;
        if (value === undefined) break;
        const item = choose(thread, at, value);
        left -= sizeOf(item) + (at === first ? 0 : 1);
        if (left < 0) break;
        Items.push(item);
      }
      // Not even one fits.
      if (Items.length === 0) throw dataLimitFailure(name);
      const input = { ...frame, Items };
      thread.observe('afterItemBatcher', input, first);
      return { input, size: Items.length };
    },
  };
}

function sizeOf(value: Json): number {
  return utf8Length(JSON.stringify(value));
}

/** The fields that each of them names a bound. */
const BOUNDS = ['MaxItemsPerBatch', 'MaxInputBytesPerBatch'];

function requireBound({ fields, queryLanguage }: { fields: Fields; queryLanguage: string }): void {
  const paths = queryLanguage === 'JSONPath' ? BOUNDS.map((bound) => `${bound}Path`) : [];
  const bounds = [...BOUNDS, ...paths];
  if (bounds.some((field) => fields.has(field))) return;
  const message = `This object should have at least one of the following fields: [${bounds.join(', ')}]`;
  fields.report({ message, path: fields.path });
}
