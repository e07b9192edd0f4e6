import { describe, expect, it } from 'vitest';
import { CHOICE_OPERATORS } from '../../src/asl/choice-operators.js';
import { asl } from '../../src/asl/language.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import { MAX_JSON_DEPTH } from '../../src/core/limits.js';
import { MOST_OF_A_LOOP, timesAsLong } from '../expression/processor-time.js';
import { drive, type Run } from './drive.js';

const pass = (more: JsonObject, input: Json): Run =>
  drive({ StartAt: 'A', States: { A: { Type: 'Pass', ...more, End: true } } }, input);

const jsonata = (Output: Json, input: Json): Run => pass({ QueryLanguage: 'JSONata', Output }, input);

const given = (call: string): JsonObject => ({ Parameters: { 'v.$': call } });

const repeated = (count: number, call: string): string =>
  `States.Array(${Array.from({ length: count }, () => call).join(', ')})`;

const nested = (levels: number, inner: Json = 1): Json => {
  let value = inner;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};

const rows = Array.from({ length: 4_000 }, (_, i) => ({ x: i, tags: ['a', 'b'] }));
const numbers = Array.from({ length: 20_000 }, (_, i) => i);
const wide = Object.fromEntries(numbers.slice(0, 10_000).map((i) => [`k${i}`, i]));

const STEPS = 'the expression takes too many steps';
const LONG = 'Expression evaluation timeout: Check for infinite loop';
const DEEP = 'Stack overflow error: Check for non-terminating recursive function.';
const LARGE = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';

/** What uses up every step and does nothing else: what the others are measured by. */
const loop = () => jsonata('{% ($f := function($n) { $f($n + 1) }; $f(0)) %}', null);

/** By its name, what is run, and what its cause says. */
const HOSTILE: readonly (readonly [name: string, run: () => Run, cause: string])[] = [
  ['JSONata that loops', loop, LONG],
  ['JSONata that recurses', () => jsonata('{% ($f := function($n) { 1 + $f($n) }; $f(0)) %}', null), DEEP],
  [
    'JSONata that doubles a text',
    () => jsonata('{% $reduce([1..99], function($a, $i) { $a & $a }, "x") %}', 1),
    LARGE,
  ],
  [
    'JSONata that doubles a list',
    () => jsonata('{% $reduce([1..99], function($a, $i) { [$a, $a] }, [1]) %}', 1),
    LARGE,
  ],
  [
    'JSONata that makes a tree',
    () => jsonata('{% $reduce([1..60], function($a, $i) { {"l": $a, "r": $a} }, 1) %}', 1),
    LARGE,
  ],
  [
    'a pattern that backtracks',
    () => jsonata('{% $match($pad("", 50000, "a"), /(a+)+b/) %}', 1),
    'returned nothing',
  ],
  ['a range without end', () => jsonata('{% $range(1, 1e15, 1) %}', 1), LARGE],
  ['parts of one', () => jsonata('{% $partition([1..900000], 1) %}', 1), LONG],
  ['many digests', () => jsonata('{% [1..9999].$hash($pad("", 9999, "x"), "SHA-512") %}', 1), LONG],
  ['much that is parsed', () => jsonata('{% [1..9999].$parse($states.input) %}', JSON.stringify(rows)), LONG],
  [
    'a path into the depths of the depths',
    () => pass({ InputPath: '$..*..*..*..*' }, nested(90, rows)),
    STEPS,
  ],
  ['a filter within a filter', () => pass({ InputPath: '$[?($[?(@.x == 1)] == @.x)]' }, rows), STEPS],
  ['a filter that looks through all for each', () => pass({ InputPath: '$[?(@.x nin $)]' }, rows), STEPS],
  [
    'texts put into texts',
    () => pass(given(`States.Format('${'{}'.repeat(99)}'${', $'.repeat(99)})`), rows),
    STEPS,
  ],
  ['lists of lists', () => pass(given(repeated(2_000, 'States.ArrayRange(1, 1000, 1)')), 1), STEPS],
  ['all of them unique', () => pass(given('States.ArrayUnique($)'), numbers), STEPS],
  ['one in many', () => pass(given(repeated(99, 'States.ArrayContains($, $)')), rows), STEPS],
  [
    'JSON parsed again and again',
    () => pass(given(repeated(300, 'States.StringToJson($)')), JSON.stringify(rows)),
    STEPS,
  ],
  ['JSON written again and again', () => pass(given(repeated(300, 'States.JsonToString($)')), rows), STEPS],
  [
    'objects merged again and again',
    () => pass(given(repeated(500, 'States.JsonMerge($, $, false)')), wide),
    STEPS,
  ],
  [
    'digests of texts',
    () => pass(given(repeated(999, "States.Hash($, 'SHA-512')")), 'x'.repeat(9_999)),
    STEPS,
  ],
  ['Base64 of texts', () => pass(given(repeated(999, 'States.Base64Encode($)')), 'x'.repeat(9_999)), STEPS],
  ['lists in small parts', () => pass(given(repeated(99, 'States.ArrayPartition($, 1)')), numbers), STEPS],
];

describe('a state whose expression means harm', () => {
  const within = (run: () => unknown) =>
    expect(timesAsLong(run, loop, MOST_OF_A_LOOP)).toBeLessThanOrEqual(MOST_OF_A_LOOP);

  it.each([...HOSTILE])('fails at a bound: %s', (_, run, cause) => {
    within(() => expect(run().cause).toContain(cause));
  });

  it('is not held up by the pattern of a Choice', () => {
    const matches = (pattern: string) =>
      CHOICE_OPERATORS.get('StringMatches')?.test('a'.repeat(250_000), pattern);
    for (const pattern of [
      `${'a*'.repeat(50_000)}b`,
      `*${'a'.repeat(99_999)}b*`,
      `*b${'a'.repeat(99_999)}*`,
    ]) {
      within(() => expect(matches(pattern)).toBe(false));
    }
  });
});

describe('input that is odd', () => {
  it('may nest deep, and is too large where it nests too deep', () => {
    const deepest = nested(MAX_JSON_DEPTH);
    expect(pass({}, deepest).output).toEqual(deepest);
    expect(jsonata('{% $states.input %}', deepest).output).toEqual(deepest);
    const program = asl.compile({ StartAt: 'A', States: { A: { Type: 'Succeed' } } });
    const start = {
      type: 'start',
      machine: 'm',
      id: 'e',
      instance: 'i',
      revision: 1,
      at: 0,
      seed: 's',
    } as const;
    for (const depth of [MAX_JSON_DEPTH + 1, 100_000]) {
      const step = asl.step(program, null, { ...start, input: nested(depth) });
      expect(step.outcome).toMatchObject({ kind: 'rejected', problem: { code: 'payload-too-large' } });
    }
  });

  it('may be what makes a state put deep things deeper', () => {
    const deepest = nested(MAX_JSON_DEPTH);
    expect(pass({ ResultPath: '$[0]', Result: 1 }, [deepest]).status).not.toBe('succeeded');
    expect(pass(given('$'), deepest).status).toBe('failed');
    expect(jsonata({ a: '{% $states.input %}' }, deepest).status).toBe('failed');
    expect(pass({ Assign: { 'a.$': '$' } }, nested(MAX_JSON_DEPTH - 1)).status).toBe('succeeded');
  });

  it('may be a list as long as data may be', () => {
    const list = Array.from({ length: 120_000 }, () => 1);
    expect(pass({ InputPath: '$[*]' }, list).output).toHaveLength(120_000);
    expect(jsonata('{% $sum($states.input) %}', list).output).toBe(120_000);
    expect(pass(given('States.ArrayLength($)'), list).output).toEqual({ v: 120_000 });
  });

  it('gets no number that JSON has not', () => {
    // Step Functions writes the name of the number.
    for (const [expression, output] of [
      ['1/0', 'Infinity'],
      ['-1/0', '-Infinity'],
      ['0/0', 'NaN'],
      ['1e308 * 10', 'Infinity'],
      ['[1/0, 1]', ['Infinity', 1]],
      ['{"k": [0/0]}', { k: ['NaN'] }],
      ['($x := {"n": 1/0}; [$x, $x])', [{ n: 'Infinity' }, { n: 'Infinity' }]],
    ] as const) {
      expect(jsonata(`{% ${expression} %}`, 1).output, expression).toEqual(output);
    }
    for (const expression of [
      '$number("1e999")',
      '$sqrt(-1)',
      '$string(1/0)',
      '[1/0, $sum]',
      '$reduce([1..300], function($a) { [[$a, 1/0]] }, 1)',
      '$reduce([1..60], function($a) { {"l": $a, "r": $a} }, 1/0)',
    ]) {
      expect(jsonata(`{% ${expression} %}`, 1).error, expression).toBe('States.QueryEvaluationError');
    }
    const wait = { Type: 'Wait', QueryLanguage: 'JSONata', Seconds: '{% 1/0 %}', End: true };
    expect(drive({ StartAt: 'W', States: { W: wait } }, 1).error).toBe('States.QueryEvaluationError');
    expect(pass(given('States.StringToJson($)'), '1e999').cause).toContain('too large');
    expect(pass(given('States.MathAdd(1e999, 1)'), 1).cause).toContain('Invalid arguments in States.MathAdd');
    expect(pass(given('States.Array(1e999)'), 1).status).toBe('failed');
  });

  it('may hold lone surrogates, which stay what they are', () => {
    const lone = 'a\ud83d';
    expect(pass({ ResultPath: '$.copy', InputPath: '$.text' }, { text: lone }).output).toEqual({
      text: lone,
      copy: lone,
    });
    expect(pass({ InputPath: `$['${lone}']` }, { [lone]: 1 }).output).toBe(1);
    expect(jsonata({ [lone]: '{% $states.input & "b" %}' }, lone).output).toEqual({ [lone]: `${lone}b` });
    expect(pass(given("States.Format('{}|{}', $, $)"), lone).output).toEqual({ v: `${lone}|${lone}` });
    expect(pass(given('States.StringSplit($, States.Format($))'), '\ude00\ud83d').output).toEqual({ v: [] });
    expect(pass(given('States.JsonToString($)'), lone).output).toEqual({ v: '"a\\ud83d"' });
    // What has no form in UTF-8 is U+FFFD there.
    expect(pass(given('States.Base64Decode(States.Base64Encode($))'), lone).output).toEqual({ v: 'a\ufffd' });
  });

  it('may be named as what objects inherit, in ResultPath, Assign, Parameters and Output', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      const own = JSON.parse(`{"${name}":{"polluted":1}}`) as JsonObject;
      expect(JSON.stringify(pass({ ResultPath: `$.${name}.polluted`, Result: 1 }, {}).output)).toBe(
        JSON.stringify(own),
      );
      expect(pass({ InputPath: `$.${name}` }, {}).error).toBe('States.Runtime');
      expect(
        JSON.stringify(
          pass({ Parameters: JSON.parse(`{"${name}.$":"$"}`) as JsonObject }, { polluted: 1 }).output,
        ),
      ).toBe(JSON.stringify(own));
      expect(
        JSON.stringify(jsonata(JSON.parse(`{"${name}":{"polluted":"{% 1 %}"}}`) as JsonObject, {}).output),
      ).toBe(JSON.stringify(own));
      expect(JSON.stringify(jsonata(`{% {"${name}": {"polluted": 1}} %}`, {}).output)).toBe(
        JSON.stringify(own),
      );
      expect(jsonata(`{% $states.input.${name} %}`, {}).cause).toContain('returned nothing');
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('may name a variable as what objects inherit, where that is a name for one', () => {
    for (const name of ['constructor', 'toString']) {
      const assign = JSON.parse(`{"${name}":{"__proto__":{"x":1}}}`) as JsonObject;
      const expression = `{% [$states.input.path, $${name}.__proto__.x] %}`;
      const definition = {
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: assign, Next: 'B' },
          B: { Type: 'Pass', Parameters: { 'path.$': `$${name}.__proto__.x` }, Next: 'C' },
          C: { Type: 'Pass', QueryLanguage: 'JSONata', Output: expression, End: true },
        },
      };
      expect(drive(definition, {}).output, name).toEqual([1, 1]);
    }
    const own = JSON.parse('{"__proto__":1}') as JsonObject;
    const refused = asl.check({ StartAt: 'A', States: { A: { Type: 'Pass', Assign: own, End: true } } });
    expect(refused).toMatchObject([
      { message: expect.stringContaining("Invalid variable name '__proto__'") },
    ]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
