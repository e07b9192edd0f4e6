import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { bigintColumn, booleanColumn, intColumn, textColumn } from '../../src/store/postgres/column.js';
import { testPostgres } from '../services/postgres.js';

const { url, reason } = await testPostgres();
const pool = new pg.Pool({ connectionString: url, max: 1 });
afterAll(() => pool.end());

/** What the server takes a column for, as JSON. */
async function taken(type: string, column: Buffer): Promise<unknown> {
  const { rows } = await pool.query(`SELECT to_json($1::${type}[])::text AS json`, [column]);
  return JSON.parse(rows[0].json);
}

describe.skipIf(url === undefined)(
  `a column for PostgreSQL${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    it.each([
      [['']],
      [['a', null, '{"a":"b,\\\\"}', 'NULL', 'ä€😀', null, "'"]],
      [[null]],
      [['x'.repeat(100_000), '€'.repeat(100_000)]],
    ])('comes with its texts as they are (%#)', async (texts) => {
      expect(await taken('text', textColumn(texts))).toEqual(texts);
    });

    it('comes with whole numbers of every size', async () => {
      const most = Number.MAX_SAFE_INTEGER;
      const numbers = [
        0,
        1,
        -1,
        2 ** 31 - 1,
        2 ** 31,
        -(2 ** 31),
        2 ** 32 - 1,
        2 ** 32,
        -(2 ** 32),
        most,
        -most,
      ];
      expect(await taken('bigint', bigintColumn([...numbers, null]))).toEqual([...numbers, null]);
      expect(await taken('int', intColumn([0, -1, 2 ** 31 - 1, -(2 ** 31)]))).toEqual([
        0,
        -1,
        2 ** 31 - 1,
        -(2 ** 31),
      ]);
      expect(await taken('boolean', booleanColumn([true, false]))).toEqual([true, false]);
    });

    it('is an empty array, and not null, where there is nothing', async () => {
      for (const [type, column] of [
        ['text', textColumn([])],
        ['bigint', bigintColumn([])],
        ['int', intColumn([])],
        ['boolean', booleanColumn([])],
      ] as const)
        expect(await taken(type, column)).toEqual([]);
    });
  },
);

describe('what a column refuses', () => {
  it.each(['a\u0000', '\ud800'])('is a text that would not come back as it went: %j', (text) => {
    expect(() => textColumn(['fine', text])).toThrow('a text for the database');
  });

  it.each([1.5, Number.NaN, 2 ** 53])('is a number that is not whole, or not exact: %s', (number) => {
    expect(() => bigintColumn([number])).toThrow('no whole number');
  });

  it.each([1.5, 2 ** 31, -(2 ** 31) - 1])('is a small number that does not fit: %s', (number) => {
    expect(() => intColumn([number])).toThrow('no whole number');
  });
});
