import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { ExpressionError } from '../../src/expression/expression-error.js';
import { compileJsonata } from '../../src/expression/jsonata/jsonata.js';
import { MAX_INSTANT_MS } from '../../src/expression/jsonata/pictures/instant.js';
import { MAX_PICTURE_DIGITS, MAX_ROMAN } from '../../src/expression/jsonata/pictures/integer-picture.js';

const NOON = Date.UTC(2026, 10, 22, 12);

/** The value, or the code of what went wrong. */
function ours(text: string): unknown {
  const checked = compileJsonata(text);
  if ('problem' in checked) return checked.problem.code;
  try {
    return checked.value.evaluate(null, { now: NOON });
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
}

async function theirs(text: string): Promise<unknown> {
  try {
    return await jsonata(text).evaluate(null);
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

describe('a picture', () => {
  it('writes whole numbers as the reference implementation does', async () => {
    const pictures = ['0', '000', '#,##0', '0;o', 'w', 'W', 'Ww', 'w;o', 'Ww;o', 'I', 'i', 'A', 'a', '٠'];
    const numbers = [0, 1, 2, 3, 9, 10, 11, 12, 13, 19, 20, 21, 22, 99, 100, 101, 111, 112, 121, 999];
    for (const picture of pictures) {
      for (const number of [...numbers, 1000, 1001, 1100, 12_345, 999_999, 1_000_000]) {
        const text = `$formatInteger(${number}, "${picture}")`;
        expect(ours(text), text).toEqual(await theirs(text));
      }
    }
    expect(ours('$formatInteger(-1234, "#,##0")')).toBe('-1,234');
    expect(ours('$formatInteger(12, "#,##,##0")')).toBe('12');
    expect(ours('$formatInteger(1234567, "#,##,##0")')).toBe('12,34,567');
    expect(ours('$formatInteger(1e21, "0")')).toBe('1000000000000000000000');
  });

  it('reads back the whole numbers it has written', () => {
    for (const picture of ['0', '000', '#,##0', '#.##0', '0;o', 'w', 'W', 'Ww;o', 'I', 'a', '٠']) {
      for (const number of [1, 7, 12, 40, 86, 123, 1984, 30_017]) {
        const text = `$parseInteger($formatInteger(${number}, "${picture}"), "${picture}")`;
        expect(ours(text), text).toBe(number);
      }
    }
    for (const picture of ['0', '000', '#,##0', '0;o', '٠']) {
      expect(ours(`$parseInteger($formatInteger(-1984, "${picture}"), "${picture}")`), picture).toBe(-1984);
    }
    for (const [text, picture] of [
      ['-', '0'],
      ['1-', '0'],
      ['twelf', 'w'],
      ['12x', '0'],
      ['', '0'],
      ['q', 'i'],
      ['-', 'a'],
    ]) {
      expect(ours(`$parseInteger("${text}", "${picture}")`), text).toBe('D3030');
    }
  });

  it('writes numbers as the reference implementation does', async () => {
    const pictures = [
      '0',
      '#',
      '0.00',
      '#,##0.##',
      '#,###.00',
      '0.0e0',
      '00.00e00',
      '#%',
      '0.0‰',
      '$0.00',
      '0;(0)',
    ];
    const more = ['000,000.000###', '.00', '0.', '[0.0]', '0.0;-0.0-', '###0.0###e0'];
    for (const picture of [...pictures, ...more]) {
      for (const number of [
        0, 1, -1, 0.5, 1.5, 2.5, -2.345, 1234.5678, 0.000_123, 98_765_432.1, 1.23e15, 0.125,
      ]) {
        const text = `$formatNumber(${number}, "${picture}")`;
        expect(ours(text), text).toEqual(await theirs(text));
      }
    }
  });

  it('rounds a number to the power that its exponent stands for', () => {
    expect(ours('$formatNumber(10, "0e0")')).toBe('1e1');
    expect(ours('$formatNumber(1000, "00.0e0")')).toBe('10.0e2');
  });

  it('refuses number pictures that break a rule', async () => {
    const pictures = [
      '0;0;0',
      '0.0.0',
      '0%%',
      '0‰‰',
      '0%‰',
      'x',
      '0x0',
      '0,.0',
      '0.,0',
      '0,',
      '0,,0',
      '0#',
      '0.#0',
      '0e0%',
    ];
    for (const picture of [...pictures, '0e#']) {
      const text = `$formatNumber(1, "${picture}")`;
      expect(ours(text), text).toEqual(await theirs(text));
      expect(ours(text), text).toMatch(/^D30\d\d$/);
    }
  });

  it('counts the weeks of the first years as of all others', () => {
    // The second of January of the year 5 was a Sunday.
    const millis = new Date(0).setUTCFullYear(5, 0, 2);
    expect(ours(`$fromMillis(${millis}, "[Y0001]-[M01]-[D01] [FNn] [X0001]-W[W01] [d]")`)).toBe(
      '0005-01-02 Sunday 0004-W53 2',
    );
  });

  it('writes times as the reference implementation does', async () => {
    const pictures = [
      '[Y]-[M01]-[D01]T[H01]:[m]:[s].[f001][Z]',
      '[FNn], [D1o] of [MNn] [Y0001]',
      '[FN,3-3] [MN,3-3] [Y,2-2] [h]:[m01] [PN]',
      '[X0001]-W[W01]-[F1] [w] [xNn]',
      '[Dwo] [Mw] [YI] day [d] [E] [C] [P]',
      '[[literal]] [H]:[m] [z] [Z0] [Z0000] [Z01:01t]',
    ];
    const times = [
      0, 1, -1, 1_000_000_000_000, 1_735_689_599_999, 1_230_757_500_000, 1_419_940_800_000, 951_782_400_000,
    ];
    for (const picture of pictures) {
      for (const time of times) {
        for (const zone of ['', ', "+0100"', ', "+0530"', ', "-0800"']) {
          const text = `$fromMillis(${time}, "${picture}"${zone})`;
          expect(ours(text), text).toEqual(await theirs(text));
        }
      }
    }
  });

  it('knows zones with minutes on both sides of Greenwich', () => {
    expect(ours('$fromMillis(0, "[H01]:[m01] [Z]", "-0330")')).toBe('20:30 -03:30');
    expect(ours('$fromMillis(0, "[H01]:[m01] [Z0]", "-00:30")')).toBe('23:30 -0:30');
    expect(ours('$fromMillis(0, "[Z]", "Berlin")')).toBe('D3110');
  });

  it('reads back the times it has written', () => {
    const pictures = [
      '[Y]-[M]-[D]T[H]:[m]:[s].[f001][Z]',
      '[D1o] [MNn] [Y0001], [h]:[m]:[s].[f001] [P]',
      '[Y0001][M01][D01][H01][m01][s01][f001]',
      '[Y]-[d001] [H]:[m]:[s].[f001] [z]',
      '[Dwo] of [MNn,3-3], [Yw] [H]:[m]:[s].[f001]',
      '[MN] [DI] [Yi] [H]:[m]:[s].[f001]',
    ];
    for (const picture of pictures) {
      for (const time of [0, 86_399_999, 1_709_164_800_001, 1_735_689_599_999]) {
        expect(ours(`$toMillis($fromMillis(${time}, "${picture}"), "${picture}")`), picture).toBe(time);
      }
    }
  });

  it('takes what a text leaves out from the time it is now', () => {
    expect(ours('$fromMillis($toMillis("9:05", "[H]:[m]"))')).toBe('2026-11-22T09:05:00.000Z');
    expect(ours('$fromMillis($toMillis("3rd", "[D1o]"))')).toBe('2026-11-03T00:00:00.000Z');
    expect(ours('$now()')).toBe('2026-11-22T12:00:00.000Z');
    expect(ours('$now("[H]:[m] [z]", "+0200")')).toBe('14:00 GMT+02:00');
    expect(ours('$millis()')).toBe(NOON);
    expect(ours('$toMillis("nothing like it", "[Y]")')).toBeUndefined();
  });

  it('reads ISO 8601 without asking where the machine stands', () => {
    expect(ours('$toMillis("2018-02-01T10:20:30")')).toBe(Date.UTC(2018, 1, 1, 10, 20, 30));
    expect(ours('$toMillis("2018-02-01T10:20:30.5+01:00")')).toBe(Date.UTC(2018, 1, 1, 9, 20, 30, 500));
    expect(ours('$toMillis("2018-02")')).toBe(Date.UTC(2018, 1));
    expect(ours('$toMillis("2018")')).toBe(Date.UTC(2018, 0));
    for (const text of ['2018-13-01', '2018-02-30', '2018-1-1', '18-01-01', '2018-01-01 10:00:00', 'Z']) {
      expect(ours(`$toMillis("${text}")`), text).toBe('D3110');
    }
  });

  it('has limits', () => {
    expect(ours(`$fromMillis(${MAX_INSTANT_MS})`)).toBe('+275760-09-13T00:00:00.000Z'.slice(3));
    expect(ours(`$fromMillis(${MAX_INSTANT_MS + 1})`)).toBe('D1001');
    expect(ours(`$length($formatInteger(${MAX_ROMAN}, "I"))`)).toBe(MAX_ROMAN / 1000);
    expect(ours(`$formatInteger(${MAX_ROMAN + 1}, "I")`)).toBe('D1001');
    const digits = (count: number) => `$length($formatInteger(1, $pad("", ${count}, "0")))`;
    expect(ours(digits(MAX_PICTURE_DIGITS))).toBe(MAX_PICTURE_DIGITS);
    expect(ours(digits(MAX_PICTURE_DIGITS + 1))).toBe('budget-text');
    expect(ours(`$toMillis("x", "${'[Dw]'.repeat(50)}")`)).toBe('budget-text');
    expect(ours('$formatNumber(1e300, "0.0e0")')).toBe('1.0e300');
    expect(ours('$formatNumber(1e308, "0.0‰")')).toBe('D1001');
    expect(ours(`$formatNumber(1.5, $pad("0.", 500, "0"))`)).toBe('1.5'.padEnd(500, '0'));
    expect(ours('$formatNumber(1 / 0, "0")')).toBe('D1001');
  });
});
