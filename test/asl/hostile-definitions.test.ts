import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/analysis/inspect.js';
import { asl } from '../../src/asl/language.js';
import { MAX_AWS_DEFINITION_BYTES } from '../../src/asl/limits.js';
import { definitionRefusal, validateDefinition } from '../../src/asl/validation/validation.js';
import { isJsonArray, isJsonObject, type Json, put, utf8Length } from '../../src/core/json.js';
import { isError } from '../../src/core/problem.js';
import { check, compile, Refused } from '../../src/embed/asl.js';

const MOST = 100_000;
const MANY = 10_000;
const END: Json = { Type: 'Succeed' };

/** Everything that looks at a definition; gives what is wrong with it. */
function looked(definition: Json): readonly string[] {
  const text = JSON.stringify(definition);
  const problems = check(definition as object);
  const { result } = validateDefinition(text, { severity: 'WARNING', maxResults: 1 });
  const isTooLarge = utf8Length(text) > MAX_AWS_DEFINITION_BYTES;
  expect(result === 'FAIL').toBe(isTooLarge || problems.some(isError));
  if (!isTooLarge) expect(definitionRefusal(text) !== undefined).toBe(result === 'FAIL');
  asl.graph(definition);
  return problems.map(({ code }) => code);
}

describe('a workflow of many states', () => {
  const chain = (count: number, next: (n: number) => Json): Json => {
    const States: Record<string, Json> = {};
    for (let n = 0; n < count; n++) States[`S${n}`] = next(n);
    return { StartAt: 'S0', States };
  };

  it('is looked at to its end', () => {
    const definition = chain(MOST, (n) => (n === MOST - 1 ? END : { Type: 'Pass', Next: `S${n + 1}` }));
    expect(looked(definition)).toEqual([]);
  }, 240_000);

  it('is looked at to its end where nothing leads on', () => {
    const loop = chain(MANY, (n) =>
      n === 7 ? END : { Type: 'Pass', Next: `S${Math.max(n + 1, 8) % MANY || 8}` },
    );
    expect(new Set(looked(loop))).toEqual(new Set(['MISSING_TRANSITION_TARGET']));
    const endless = chain(MANY, (n) => ({
      Type: 'Choice',
      Choices: [{ Variable: '$.x', IsPresent: true, Next: `S${(n * 7 + 1) % MANY}` }],
      Default: n === MANY - 1 ? 'S0' : `S${n + 1}`,
    }));
    expect(looked(endless)).toEqual(['MISSING_END_STATE']);
  }, 240_000);

  it('may have them all in one Map, and variables in each', () => {
    const { StartAt, States } = chain(MANY, (n) => ({
      Type: 'Pass',
      Assign: { [`v${n % 50}`]: 1 },
      Parameters: { 'x.$': '$' },
      ...(n === MANY - 1 ? { End: true } : { Next: `S${n + 1}` }),
    })) as { StartAt: string; States: Json };
    const map = { Type: 'Map', ItemProcessor: { StartAt, States }, End: true };
    expect(looked({ StartAt: 'M', States: { M: map } })).toEqual([]);
  }, 240_000);

  it('may have them in as many branches', () => {
    const branch = (n: number): Json => ({ StartAt: `S${n}`, States: { [`S${n}`]: END } });
    const Branches = Array.from({ length: MANY }, (_, n) => branch(n));
    expect(looked({ StartAt: 'P', States: { P: { Type: 'Parallel', Branches, End: true } } })).toEqual([]);
  }, 240_000);

  it('may have as many rules and Catchers', () => {
    const Choices = Array.from({ length: 2_000 }, (_, n) => ({
      Variable: '$.n',
      NumericEquals: n,
      Next: 'E',
    }));
    const Catch = Array.from({ length: 20_000 }, (_, n) => ({ ErrorEquals: [`E${n}`], Next: 'E' }));
    const States = {
      C: { Type: 'Choice', Choices, Default: 'W' },
      W: { Type: 'Task', Resource: 'w', Catch, Next: 'E' },
      E: END,
    };
    expect(looked({ StartAt: 'C', States })).toEqual([]);
  }, 240_000);
});

describe('names that objects have by themselves', () => {
  const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

  it.each(NAMES)('are states like others: %s', (name) => {
    const States: Record<string, Json> = {};
    put(States, name, { Type: 'Pass', Next: 'E' });
    put(States, 'E', END);
    expect(looked({ StartAt: name, States })).toEqual([]);
    expect(compile({ StartAt: name, States }).states.get(name)?.targets).toMatchObject([{ to: 'E' }]);
    expect(check({ StartAt: name, States: { E: END } }).map(({ message }) => message)).toContain(
      `Missing 'Next' target: ${name}`,
    );
  });

  it.each(NAMES)('are variables, fields and keys like others: %s', (name) => {
    const object: Record<string, Json> = {};
    put(object, name, 1);
    const state = { Type: 'Pass', Parameters: object, End: true };
    expect(looked({ StartAt: 'A', States: { A: state } })).toEqual([]);
    const valid = name !== '__proto__';
    expect(looked({ StartAt: 'A', States: { A: { ...state, Assign: object } } })).toEqual(
      valid ? [] : ['INVALID_VARIABLE_NAME'],
    );
    expect(looked({ StartAt: 'A', States: { A: { ...state, OutputPath: `$${name}` } } })).toEqual([
      'unknown-variable',
    ]);
    const odd: Record<string, Json> = { Type: 'Pass', End: true };
    put(odd, name, 1);
    expect(looked({ StartAt: 'A', States: { A: odd } })).toEqual(['SCHEMA_VALIDATION_FAILED']);
    expect(looked({ StartAt: 'A', States: { A: { Type: name, End: true } } })).toEqual([
      'SCHEMA_VALIDATION_FAILED',
    ]);
  });
});

describe('a text', () => {
  it('with aliases that go round is refused', () => {
    for (const text of [
      '&a\nStartAt: A\nStates: *a\n',
      'StartAt: A\nStates: &s { A: { Type: Pass, Result: *s, End: true } }',
    ]) {
      expect(check(text).some(isError), text).toBe(true);
      expect(() => compile(text)).toThrow(Refused);
    }
  });

  it('with aliases that grow is refused, or read', () => {
    const lines = ['a0: &a0 [x, x]'];
    for (let n = 1; n < 40; n++) lines.push(`a${n}: &a${n} [*a${n - 1}, *a${n - 1}]`);
    expect(check(`${lines.join('\n')}\nStartAt: A\n`).some(isError)).toBe(true);
  });

  it('with numbers that are none is refused', () => {
    for (const number of ['.nan', '.inf', '-.inf', '1e999']) {
      const text = `StartAt: A\nStates: { A: { Type: Wait, Seconds: ${number}, End: true } }`;
      expect(check(text).filter(isError).length, number).toBeGreaterThan(0);
    }
  });

  it('and names with half a character are taken as they are', () => {
    const States = { '\ud800': { Type: 'Pass', Result: '\udfff', Next: '\ud800x' }, '\ud800x': END };
    expect(looked({ StartAt: '\ud800', States })).toEqual([]);
    expect(looked({ StartAt: '\ud801', States })).toContain('MISSING_TRANSITION_TARGET');
    expect(check(JSON.stringify({ StartAt: '\ud800', States }))).toEqual([]);
  });

  it('may nest as deep as it likes', () => {
    for (const text of [
      `{"StartAt":"A","States":${'{"A":'.repeat(50_000)}1${'}'.repeat(50_000)}}`,
      `StartAt: A\nStates: ${'['.repeat(10_000)}`,
      `${'- '.repeat(5_000)}a`,
    ]) {
      expect(check(text).some(isError)).toBe(true);
      expect(validateDefinition(text).result).toBe('FAIL');
    }
  });
});

/** Two sound definitions, one in each query language, with every field that states have. */
const SOUND: readonly Json[] = [
  {
    QueryLanguage: 'JSONata',
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Assign: { x: '{% $states.input.n %}' }, Output: { v: ['{% $x %}'] }, Next: 'C' },
      C: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.v[0] > 1 %}', Output: '{% 1 %}', Assign: { y: 1 }, Next: 'T' },
        ],
        Default: 'M',
      },
      T: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage',
        Arguments: { Body: '{% $string($x) %}' },
        TimeoutSeconds: '{% 10 %}',
        HeartbeatSeconds: 5,
        Credentials: { RoleArn: 'arn:aws:iam::111111111111:role/r' },
        Output: '{% $states.result %}',
        Retry: [
          { ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, BackoffRate: 1.5, MaxDelaySeconds: 9 },
        ],
        Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'F' }],
        Next: 'W',
      },
      W: { Type: 'Wait', Timestamp: '{% $now() %}', Next: 'M' },
      M: {
        Type: 'Map',
        Items: '{% $states.input.v %}',
        ItemSelector: { i: '{% $states.context.Map.Item.Index %}' },
        MaxConcurrency: '{% 2 %}',
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'I', States: { I: END } },
        End: true,
      },
      F: { Type: 'Fail', Error: '{% $states.input.Error %}', Cause: 'x' },
    },
  },
  {
    StartAt: 'P',
    TimeoutSeconds: 100,
    Version: '1.0',
    States: {
      P: {
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'L',
            States: {
              L: { Type: 'Wait', SecondsPath: '$.s', Next: 'K' },
              K: { Type: 'Pass', Result: {}, End: true },
            },
          },
          {
            StartAt: 'J',
            States: { J: { Type: 'Fail', ErrorPath: "States.Format('{}', $.e)", Cause: 'c' } },
          },
        ],
        ResultSelector: { 'first.$': '$[0]' },
        ResultPath: '$.both',
        Catch: [{ ErrorEquals: ['A', 'B'], ResultPath: null, Assign: { 'e.$': '$.Error' }, Next: 'C' }],
        Next: 'C',
      },
      C: {
        Type: 'Choice',
        Choices: [
          {
            And: [{ Variable: '$.a', IsPresent: true }, { Not: { Variable: '$e', StringMatches: 'x*' } }],
            Next: 'M',
          },
          { Or: [{ Variable: '$.t', TimestampLessThan: '2026-01-01T00:00:00Z' }], Next: 'E' },
        ],
        Default: 'E',
      },
      M: {
        Type: 'Map',
        ItemsPath: '$.list',
        Label: 'items',
        ItemSelector: { 'v.$': '$$.Map.Item.Value' },
        ItemProcessor: {
          StartAt: 'N',
          States: { N: { Type: 'Task', Resource: 'work', ResultSelector: { 'x.$': '$.x' }, End: true } },
        },
        Next: 'E',
      },
      E: END,
    },
  },
];

/** A value in a field's place that it is not made for. */
const odd: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    -1,
    0.5,
    1e300,
    '',
    '$',
    '$..*',
    '$x',
    '{% %}',
    '{% $ %}',
    '{% ( %}',
    '{%',
    '%}',
  ),
  fc.constantFrom<Json>('States.ALL', 'States.Array(', 'JSONata', 'DISTRIBUTED', [], {}, [[]], [{}], {
    'a.$': 1,
  }),
  fc.constantFrom<Json>('{% $states.result %}', "{% $map($, function($v){ $v ~> |$|{'a':b}| }) %}", '\ud800'),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  fc.constantFrom(...SOUND),
);

/** The places of a definition, as lists of keys. */
function placesIn(value: Json, at: readonly string[] = []): (readonly string[])[] {
  const members = isJsonArray(value) || isJsonObject(value) ? Object.entries(value) : [];
  return [at, ...members.flatMap(([key, member]) => placesIn(member as Json, [...at, key]))];
}

function changed(value: Json, [key, ...rest]: readonly string[], change: (before: Json) => Json): Json {
  if (key === undefined) return change(value);
  if (isJsonArray(value))
    return value.map((item, i) => (String(i) === key ? changed(item, rest, change) : item));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([k, v]) => [k, k === key ? changed(v, rest, change) : v]));
}

const damaged = fc
  .tuple(
    fc.constantFrom(...SOUND),
    fc.array(fc.tuple(fc.nat(), odd, fc.nat(2)), { minLength: 1, maxLength: 3 }),
  )
  .map(([sound, changes]) =>
    changes.reduce<Json>((definition, [at, value, how]) => {
      const places = placesIn(definition);
      const place = places[at % places.length] ?? [];
      return changed(definition, place, (before) => {
        if (how === 0 || !isJsonObject(before)) return value;
        const keys = Object.keys(before);
        const key = how === 1 ? (keys[at % (keys.length || 1)] ?? 'x') : 'Extra';
        return how === 1
          ? Object.fromEntries(Object.entries(before).filter(([k]) => k !== key))
          : { ...before, [key]: value };
      });
    }, sound),
  );

describe('whatever is done to a sound definition', () => {
  it('is sound before', () => {
    for (const definition of SOUND) expect(check(definition as object).filter(isError)).toEqual([]);
  });

  it('is said in words, at places that are there, by all that look at it', () => {
    fc.assert(
      fc.property(damaged, (definition) => {
        looked(definition);
        for (const { code, message, path } of asl.check(definition)) {
          expect(code).not.toBe('');
          expect(message).not.toContain('undefined');
          expect(path === '' || path.startsWith('/')).toBe(true);
        }
        if (asl.check(definition).some(isError)) return;
        for (const { severity } of inspect(asl.compile(definition), definition))
          expect(severity).toBe('warning');
      }),
      { numRuns: 500 },
    );
  });
});
