/**
 * Columns of many rows as PostgreSQL takes them in binary: arrays of one dimension. Written as text each would be
 * escaped here and parsed there.
 */

/** The types of the elements, by the numbers that PostgreSQL has for them. */
const BOOLEAN = 16;
const BIGINT = 20;
const INT = 23;
const TEXT = 25;

/** Dimensions, whether there are nulls, the type; then the length of the one dimension, and its first index. */
const HEAD = 20;
const NULL_LENGTH = -1;
const TWO_TO_32 = 2 ** 32;

/** Throws for a text that would not come back as it went. */
export function textColumn(values: readonly (string | null)[]): Buffer {
  let size = 0;
  for (const value of values) {
    if (value === null) continue;
    checkText(value);
    size += Buffer.byteLength(value);
  }
  const column = head(TEXT, values, size);
  let at = HEAD;
  for (const value of values) {
    const length = value === null ? NULL_LENGTH : column.write(value, at + 4);
    column.writeInt32BE(length, at);
    at += 4 + Math.max(length, 0);
  }
  return column;
}

export function bigintColumn(values: readonly (number | null)[]): Buffer {
  return fixedColumn(BIGINT, values, 8, (column, value, at) => {
    if (!Number.isSafeInteger(value)) throw new Error(`${value} is no whole number for the database`);
    column.writeInt32BE(Math.floor(value / TWO_TO_32), at);
    column.writeInt32BE(value | 0, at + 4);
  });
}

export function intColumn(values: readonly number[]): Buffer {
  return fixedColumn(INT, values, 4, (column, value, at) => {
    if (value !== (value | 0)) throw new Error(`${value} is no whole number of 32 bits for the database`);
    column.writeInt32BE(value, at);
  });
}

export function booleanColumn(values: readonly boolean[]): Buffer {
  return fixedColumn(BOOLEAN, values, 1, (column, value, at) => column.writeInt8(value ? 1 : 0, at));
}

function fixedColumn<T extends number | boolean>(
  type: number,
  values: readonly (T | null)[],
  width: number,
  write: (column: Buffer, value: T, at: number) => void,
): Buffer {
  const column = head(type, values, values.length * width);
  let at = HEAD;
  for (const value of values) {
    column.writeInt32BE(value === null ? NULL_LENGTH : width, at);
    at += 4;
    if (value === null) continue;
    write(column, value, at);
    at += width;
  }
  return column.subarray(0, at);
}

/** A column for these values, of which only what stands before the first is written. */
function head(type: number, values: readonly unknown[], size: number): Buffer {
  const column = Buffer.allocUnsafe(HEAD + values.length * 4 + size);
  // No dimension at all where there is nothing.
  column.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  column.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  column.writeInt32BE(type, 8);
  column.writeInt32BE(values.length, 12);
  column.writeInt32BE(1, 16);
  return values.length === 0 ? column.subarray(0, 12) : column;
}

/** Throws for a text that would not come back as it went. */
export function checkText(text: string): void {
  if (text.includes('\u0000')) throw new Error('a text for the database may not contain NUL');
  if (!text.isWellFormed()) throw new Error('a text for the database must be well-formed Unicode');
}
