import fc from 'fast-check';

/** Texts of expressions that write and read times by pictures. */
export function timeExpressions(): fc.Arbitrary<string> {
  const marker = fc.constantFrom(
    ...'Y Y0001 Y,2 Y,2-2 YI YW Yw Y9999 M M01 M1 MNn MN Mn MNn,3-3 MA Ma D D01 D1o Dw DWwo Di d d001 FNn FN F Fn,3-3 F1'.split(
      ' ',
    ),
    ...'W W01 Wo w X X0001 x xNn H H01 H1 h h01 P PN Pn m m1 s s01 f f001 f1 Z Z0101 Z01:01 Z0 Z0101t Z1 z z01:01t C E'.split(
      ' ',
    ),
  );
  const part = fc.oneof(
    { weight: 3, arbitrary: marker.map((text) => `[${text}]`) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('-', '/', ' ', ', ', ':', 'T', ' of ', '[[', ']]', '.', '(', '*'),
    },
  );
  const picture = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
  // Whole dates: what a picture leaves out is taken from the clock. Beside a zone the reference reads few of them.
  const whole = fc.constantFrom(
    '[Y0001]-[M01]-[D01]',
    '[D1]/[M1]/[Y0001] [h]:[m] [P]',
    '[FNn], [D1o] [MNn] [Y] [H01]',
    '[DWwo] of [MNn], [Yw]',
    '[D] [MNn,*-3] [YI] at [H01]:[m01]:[s01].[f001]',
    '[Y0001][M01][D01][H01][m01]',
    '[Y]-[d001]',
  );
  // From the year 101 on, as the reference takes earlier ones for those of the 20th century.
  const seconds = fc.integer({ min: -58_950_000_000, max: 4_000_000_000 });
  const millis = fc.oneof(
    seconds.map((time) => time * 1000 + 7),
    fc.constantFrom(0, -1, 951_782_400_000, 1_230_768_000_000),
  );
  // The reference reads "+05:30" as five minutes, and "-0130" as two hours and thirty minutes.
  const zone = fc.constantFrom('', '', ', "+0530"', ', "-0800"', ', "+0000"');
  return fc
    .tuple(millis, picture, whole, zone, fc.constantFrom('write', 'write', 'read', 'millis'))
    .map(([time, random, usual, offset, kind]) => {
      if (kind === 'millis') return `$toMillis($fromMillis(${time}))`;
      if (kind === 'write') return `$fromMillis(${time}, "${random}"${offset})`;
      return `$toMillis($fromMillis(${time}, "${usual}"${offset}), "${usual}")`;
    });
}

/** Texts of expressions that write and read numbers by pictures. */
export function numberExpressions(): fc.Arbitrary<string> {
  // Groups of one size, and nothing optional inside: of others the reference loses count.
  const random = fc
    .tuple(
      fc.constantFrom('', '', 'x', '(', '- '),
      fc.constantFrom('', '#', '##', '#,', '#,#'),
      fc.constantFrom('0', '00', '000'),
      fc.constantFrom('', '', '.0', '.#', '.00', '.0#', '.###', '.000,000'),
      fc.constantFrom('', '', '%', '‰', ' x', ')'),
    )
    .map((parts) => parts.join(''));
  const usual = fc.constantFrom(
    ...'#,##0.00 0 # 00.0# #0.0% (0);0 #.0 0.00‰ #,####0 0.0;(0.0) 000,000.00 0.0000'.split(' '),
  );
  const integers = fc.constantFrom(
    ...'0 00 000 #0 ##0 #,##0 0,000 w W Ww a A 0;o 1;o w;o W;o Ww;o #,##0;o １ ٠ ##00'.split(' '),
  );
  const whole = fc.integer({ min: -2_000_000, max: 2_000_000 });
  const number = fc.oneof(
    whole,
    whole.map((value) => value / 1000),
    fc.constantFrom(0, 0.5, 1.5, -0.05, 1e10, 1e-7, 123_456_789_012, 1.005, 2.5, 0.285),
  );
  return fc.oneof(
    fc.tuple(number, fc.oneof(usual, random)).map(([value, text]) => `$formatNumber(${value}, "${text}")`),
    // No powers of ten, of which the reference writes 10 as 10.0e0.
    fc
      .tuple(
        whole.map((value) => value * 10 + 3),
        fc.constantFrom('0.0e0', '00.000e00', '0.###e0'),
      )
      .map(([value, text]) => `$formatNumber(${value}, "${text}")`),
    fc.tuple(number, integers).map(([value, text]) => `$formatInteger(${value}, "${text}")`),
    fc
      .tuple(fc.nat(4_000), fc.constantFrom('i', 'I'))
      .map(([value, text]) => `$formatInteger(${value}, "${text}")`),
    // Numbers in words and letters the reference reads without a sign only.
    fc
      .tuple(fc.nat(), integers)
      .map(([value, text]) => `$parseInteger($formatInteger(${value}, "${text}"), "${text}")`),
    fc
      .tuple(whole, fc.constantFrom('0', '00', '#,##0', '0;o'))
      .map(([value, text]) => `$parseInteger($formatInteger(${value}, "${text}"), "${text}")`),
    fc.tuple(number, fc.integer({ min: -6, max: 6 })).map(([value, digits]) => `$round(${value}, ${digits})`),
    fc
      .tuple(number, fc.integer({ min: 2, max: 36 }))
      .map(([value, base]) => `$formatBase(${value}, ${base})`),
    number.map((value) => `$string(${value})`),
  );
}

/** Texts of expressions that look for regular expressions in texts. */
export function matchingExpressions(): fc.Arbitrary<string> {
  const { pattern } = fc.letrec((tie) => {
    const options = { depthSize: 'small', withCrossShrink: true } as const;
    const inner = tie('pattern') as fc.Arbitrary<string>;
    const atom = fc.constantFrom(
      'a',
      'b',
      'c',
      '.',
      '[ab]',
      '[^a]',
      '\\w',
      '\\s',
      '\\d',
      '[a-c1]',
      '\\b',
      '\\.',
    );
    return {
      pattern: fc.oneof(
        options,
        atom,
        atom,
        fc.tuple(inner, inner).map((parts) => parts.join('')),
        fc.tuple(inner, inner).map(([a, b]) => `(?:${a}|${b})`),
        fc.tuple(inner, inner).map(([a, b]) => `(${a}|${b})`),
        inner.map((part) => `(${part})`),
        // A round that matches nothing counts in JavaScript only where it must.
        fc
          .tuple(
            fc.constantFrom('a', '[ab]', '(?:b.)', 'a+', '(?:a|bc)', '(b|ca?)', '\\w', '(?:[^a]\\b)'),
            fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{2,}?'),
          )
          .map(([part, times]) => (part === 'a+' ? `(?:a+)${times}` : part + times)),
        inner.map((part) => `^${part}`),
        inner.map((part) => `${part}$`),
      ),
    };
  });
  const subject = fc
    .array(fc.constantFrom('a', 'b', 'c', 'A', 'B', ' ', '1', '.', '\\n'), { maxLength: 12 })
    .map((all) => all.join(''));
  return fc
    .tuple(
      pattern as fc.Arbitrary<string>,
      fc.constantFrom('', 'i', 'm', 'im'),
      subject,
      fc.constantFrom('match', 'replace', 'split', 'contains', 'function', 'limit'),
    )
    .map(([text, flags, target, kind]) => {
      const regex = `/${text}/${flags}`;
      switch (kind) {
        case 'replace':
          return `$replace("${target}", ${regex}, "<$0|$1|$2$$>")`;
        case 'split':
          return `$split("${target}", ${regex})`;
        case 'contains':
          return `$contains("${target}", ${regex})`;
        case 'function':
          return `$replace("${target}", ${regex}, function($m) { $m.match & $string($m.groups) & $m.start })`;
        case 'limit':
          return `[$split("${target}", ${regex}, 2), $match("${target}", ${regex}, 1).index]`;
        default:
          return `$match("${target}", ${regex})`;
      }
    });
}
