import { describe, expect, it } from 'vitest';
import { asl } from '../../../src/asl/language.js';
import type { Json, JsonObject } from '../../../src/core/json.js';
import { type Behaviour, drive } from '../drive.js';
import { hasCorpus, readCases, score } from '../recorded-case.js';

const GET = 'arn:aws:states:::s3:getObject';
const LIST = 'arn:aws:states:::s3:listObjectsV2';
const ONE = { Type: 'Pass', Result: 1, End: true };
const PASS = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };

/** A machine of one Map that reads its items. */
function reading(config: JsonObject, more: JsonObject = {}, map: JsonObject = {}): Json {
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  const Parameters = { Bucket: 'bucket', Key: 'key' };
  const ItemReader = { Resource: GET, Parameters, ReaderConfig: config, ...more };
  const state = { Type: 'Map', ItemReader, ItemProcessor: { ProcessorConfig, ...PASS }, End: true, ...map };
  return { StartAt: 'Map', States: { Map: state } };
}

/** A bucket whose objects are these, by their keys. */
function bucketOf(objects: Readonly<Record<string, string>>): Behaviour {
  return (input) => {
    const body = objects[(input as { Key: string }).Key];
    return body === undefined
      ? { error: 'S3.NoSuchKey', cause: 'there is no such key' }
      : { output: { Body: body } };
  };
}

/** An object of ASCII that is given so many bytes at a time. */
function inParts(text: string, bytes: number): Behaviour {
  return (input) => {
    const { Range = 'bytes=0-' } = input as { Range?: string };
    const from = Number(/\d+/.exec(Range)?.[0]);
    const Body = text.slice(from, from + bytes);
    return { output: { Body, ContentRange: `bytes ${from}-${from + Body.length - 1}/${text.length}` } };
  };
}

function read(definition: Json, objects: Readonly<Record<string, string>>, list?: Behaviour) {
  const handlers = { [GET]: bucketOf(objects), ...(list && { [LIST]: list }) };
  const { status, output, error, cause, types, steps } = drive(definition, { n: 2 }, { handlers });
  return { status, output, error, cause, types, steps };
}

describe('a Map that reads its items', () => {
  it.each([
    [{ InputType: 'JSON' }, '[1,{"a":2}]', [1, { a: 2 }]],
    [{ InputType: 'JSON', ItemsPointer: '/rows' }, '{"rows":[1,2]}', [1, 2]],
    [{ InputType: 'JSONL' }, '1\n{"a":2}\n', [1, { a: 2 }]],
    [
      { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', CSVDelimiter: 'PIPE' },
      'a|b\n1|2',
      [{ a: '1', b: '2' }],
    ],
    [{ InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a'] }, '1\n2', [{ a: '1' }, { a: '2' }]],
    [{ InputType: 'JSON' }, '[]', []],
    [{ InputType: 'JSON', MaxItems: 2 }, '[1,2,3]', [1, 2]],
    [{ InputType: 'JSON', MaxItems: 0 }, '[1,2,3]', [1, 2, 3]],
    [{ InputType: 'JSON', MaxItemsPath: '$.n' }, '[1,2,3]', [1, 2]],
  ])('as %j finds in %j what it says', (config, key, items) => {
    expect(read(reading(config), { key })).toMatchObject({ status: 'succeeded', output: items });
  });

  it.each([
    [{ InputType: 'JSON' }, '{"a":1}', 'Attempting to map over non-iterable node.'],
    [{ InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }, 'a,a', 'CSV headers cannot contain duplicates.'],
    [{ InputType: 'JSON', MaxItemsPath: '$.bad' }, '[]', 'field MaxItems must be positive'],
  ])('as %j fails with what AWS was recorded to say of %j', (config, key, words) => {
    const definition = reading(config);
    const { status, error, cause } = drive(
      definition,
      { bad: -1 },
      { handlers: { [GET]: bucketOf({ key }) } },
    );
    expect({ status, error, cause }).toEqual({
      status: 'failed',
      error: 'States.ItemReaderFailed',
      cause: words,
    });
  });

  it('fails with what its handler says, or leads to its Catcher', () => {
    const failed = read(reading({ InputType: 'JSON' }), {});
    expect(failed).toMatchObject({
      error: 'States.ItemReaderFailed',
      cause: 'S3.NoSuchKey: there is no such key',
    });
    expect(failed.types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    const Catch = [{ ErrorEquals: ['States.ItemReaderFailed'], Next: 'Caught' }];
    const machine = reading({ InputType: 'JSON' }, {}, { Catch }) as { States: JsonObject };
    const caught = { ...machine, States: { ...machine.States, Caught: { Type: 'Succeed' } } };
    expect(read(caught, {})).toMatchObject({
      status: 'succeeded',
      output: { Error: 'States.ItemReaderFailed' },
    });
  });

  it('asks again where its Retrier says so, and its handler is asked once each time', () => {
    const Retry = [{ ErrorEquals: ['States.ItemReaderFailed'], MaxAttempts: 2 }];
    const asked: number[] = [];
    const flaky: Behaviour = (_, attempt) => {
      asked.push(attempt);
      return attempt < 3 ? { error: 'S3.SlowDown' } : { output: { Body: '[1]' } };
    };
    const definition = reading({ InputType: 'JSON' }, {}, { Retry });
    expect(drive(definition, {}, { handlers: { [GET]: flaky } }).output).toEqual([1]);
    expect(asked).toEqual([1, 2, 3]);
  });

  it('brings items in portions and keeps no more than one of them', () => {
    const items = Array.from({ length: 3_000 }, (_, index) => ({ index, filler: 'x'.repeat(40) }));
    const definition = reading(
      { InputType: 'JSON' },
      {},
      { ItemSelector: { 'i.$': '$$.Map.Item.Value.index' } },
    );
    const { status, output, steps } = read(definition, { key: JSON.stringify(items) });
    expect(status).toBe('succeeded');
    expect(output).toEqual(items.map(({ index }) => ({ i: index })));
    const brought = steps.flatMap(({ effects }) => effects.filter(({ type }) => type === 'gather'));
    expect(brought.length).toBeGreaterThan(5);
    const isMain = (state: Json) => (state as { start: JsonObject }).start['role'] === undefined;
    const parents = steps.filter(({ state }) => isMain(state));
    const sizes = parents.map(({ state }) => JSON.stringify(state).length);
    expect(Math.max(...sizes)).toBeLessThan(64_000);
  }, 60_000);

  it('begins no more than MaxConcurrency while others end, and loses none', () => {
    const definition = reading({ InputType: 'JSON' }, {}, { MaxConcurrency: 3 });
    const key = JSON.stringify(Array.from({ length: 50 }, (_, index) => 'x'.repeat(2_000) + index));
    const { output } = read(definition, { key });
    expect(output).toEqual(JSON.parse(key));
  });

  it.each([1, 7, 120, 121, 500, 5_000])('fills batches of %d across what is brought at once', (most) => {
    const items = Array.from({ length: 1_000 }, (_, index) => `${index}${'x'.repeat(98)}`);
    const map = { ItemBatcher: { MaxItemsPerBatch: most }, MaxConcurrency: 2 };
    const { output } = read(reading({ InputType: 'JSON' }, {}, map), { key: JSON.stringify(items) });
    const batches = (output as readonly JsonObject[]).map(({ Items }) => Items as readonly Json[]);
    expect(batches.flat()).toEqual(items);
    const sizes = batches.map(({ length }) => length);
    expect(sizes.slice(0, -1).every((size) => size === most)).toBe(true);
  }, 60_000);

  it('fills batches up to their bytes with items of any size', () => {
    const items = Array.from({ length: 60 }, (_, index) => 'x'.repeat((index * 7_919) % 60_000));
    const chosen = { ItemSelector: { 'n.$': '$$.Map.Item.Index' }, ItemBatcher: { MaxItemsPerBatch: 100 } };
    const { output } = read(reading({ InputType: 'JSON' }, {}, chosen), { key: JSON.stringify(items) });
    const batches = (output as readonly JsonObject[]).map(({ Items }) => Items as readonly JsonObject[]);
    expect(batches.flat().map(({ n }) => n)).toEqual(items.map((_, index) => index));
    // What one of them is made of is brought at once.
    expect(batches.length).toBeLessThan(10);
  });

  it('keeps its own state small while it reads and works, and that of who reads', () => {
    const rows = Array.from({ length: 4_000 }, (_, index) => `${index},${'y'.repeat(90)}`);
    const text = `n,filler\n${rows.join('\n')}`;
    const config = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' };
    const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
    const ItemProcessor = { ProcessorConfig, StartAt: 'One', States: { One: ONE } };
    const definition = reading(config, {}, { MaxConcurrency: 50, ItemProcessor });
    const { status, output, steps, events } = drive(
      definition,
      {},
      { handlers: { [GET]: inParts(text, 100_000) } },
    );
    expect({ status, output }).toEqual({ status: 'succeeded', output: rows.map(() => 1) });
    for (const [instance, most] of [
      ['run-1', 64_000],
      ['run-1/1.1/0', 300_000],
    ] as const) {
      const own = steps.filter((_, at) => events[at]?.instance === instance);
      const sizes = own.map(({ state }) => JSON.stringify(state).length);
      expect(Math.max(...sizes)).toBeLessThan(most);
    }
  }, 60_000);

  it('puts an object together that comes in parts', () => {
    const ranges: Json[] = [];
    const object = inParts('[1,2,3,4]', 4);
    const parts: Behaviour = (input, attempt) => {
      ranges.push((input as JsonObject)['Range'] ?? null);
      return object(input, attempt);
    };
    const definition = reading({ InputType: 'JSON' });
    expect(drive(definition, {}, { handlers: { [GET]: parts } }).output).toEqual([1, 2, 3, 4]);
    expect(ranges).toEqual([null, 'bytes=4-', 'bytes=8-']);
  });
});

describe('a Map that goes over lists of objects', () => {
  const page = (keys: readonly string[], next?: string): JsonObject => ({
    Contents: keys.map((Key) => ({ Key, Size: 1 })),
    ...(next === undefined ? {} : { IsTruncated: true, NextContinuationToken: next }),
  });
  const pages: Behaviour = (input) => {
    const { ContinuationToken: token } = input as { ContinuationToken?: string };
    return { output: token === undefined ? page(['a', 'b'], 't') : page(['c']) };
  };
  const more = { Resource: LIST, Parameters: { Bucket: 'bucket', Prefix: 'p' } };

  it('asks for one page after the other', () => {
    const { output } = read(reading({}, more), {}, pages);
    expect(output).toEqual(['a', 'b', 'c'].map((Key) => ({ Key, Size: 1 })));
    expect(read(reading({ MaxItems: 1 }, more), {}, pages).output).toEqual([{ Key: 'a', Size: 1 }]);
  });

  it('loads the objects where it is to', () => {
    const definition = reading({ Transformation: 'LOAD_AND_FLATTEN', InputType: 'JSONL' }, more);
    expect(read(definition, { a: '1\n2', b: '', c: '3' }, pages).output).toEqual([1, 2, 3]);
    expect(asl.compile(definition).tasks).toEqual([LIST, GET]);
  });

  it('goes through manifests', () => {
    const manifest = { fileFormat: 'CSV', fileSchema: 'Bucket, Key', files: [{ key: 'x' }, { key: 'y' }] };
    const objects = { key: JSON.stringify(manifest), x: '"b","1"', y: '"b","2"' };
    const items = ['1', '2'].map((Key) => ({ Bucket: 'b', Key }));
    expect(read(reading({ InputType: 'MANIFEST' }), objects).output).toEqual(items);
    expect(read(reading({ ManifestType: 'S3_INVENTORY' }), objects).output).toEqual(items);
    const athena = { key: 's3://bucket/x\ns3://bucket/y', x: '{"a":1}', y: '{"a":2}' };
    const config = { ManifestType: 'ATHENA_DATA', InputType: 'JSONL' };
    expect(read(reading(config), athena).output).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

describe('a Map whose items cannot be read', () => {
  const failing = (definition: Json, handlers: Readonly<Record<string, Behaviour>>) => {
    const { status, error, cause } = drive(definition, {}, { handlers });
    return { status, error, cause };
  };
  const because = (cause: string) => ({ status: 'failed', error: 'States.ItemReaderFailed', cause });
  const csv = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' };
  const given =
    (output: Json): Behaviour =>
    () => ({ output });

  it.each([
    [csv, { Body: 'a\n"x' }, 'Row 2 of the CSV has a quote that is never closed.'],
    [{ InputType: 'JSON' }, { Body: '[1,' }, 'The JSON cannot be parsed.'],
    [{ InputType: 'JSON' }, { Body: '' }, 'The JSON cannot be parsed.'],
    [{ InputType: 'JSONL' }, { Body: '1\nx' }, 'Line 2 of the JSONL cannot be parsed.'],
    [{ InputType: 'MANIFEST' }, { Body: 'x' }, 'The manifest cannot be parsed.'],
    [{ InputType: 'MANIFEST' }, { Body: 'null' }, 'The files of the manifest are not CSV.'],
    [{ InputType: 'JSON' }, null, 'What gets the object gave no Body that is a text.'],
    [
      { InputType: 'JSON' },
      { Body: '[', ContentRange: 'bytes 0-0' },
      'The ContentRange of the object is no range of bytes.',
    ],
    [csv, { Body: `a\n${'x'.repeat(300_000)}` }, 'Item 0 has more than 262143 bytes.'],
    [
      { InputType: 'JSONL' },
      { Body: `1\n2\n"${'x'.repeat(300_000)}"` },
      'Item 2 has more than 262143 bytes.',
    ],
  ])('fails as %j for %.60j', (config, output, cause) => {
    expect(failing(reading(config), { [GET]: given(output) })).toEqual(because(cause));
  });

  it('fails where the parts of an object never come to an end', () => {
    const again = { Body: 'a\n1\n', ContentRange: 'bytes 0-3/100' };
    expect(failing(reading(csv), { [GET]: given(again) })).toEqual(
      because('The object is not given from byte 4 on: ContentRange is bytes 0-3/100.'),
    );
  });

  it.each([
    [['t']],
    [['a', 'b']],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g']],
  ])('fails where the tokens of a list go round: %j', (tokens) => {
    const list: Behaviour = (input) => {
      const { ContinuationToken: token } = input as { ContinuationToken?: string };
      const next = tokens[(tokens.indexOf(token ?? '') + 1) % tokens.length] ?? '';
      return { output: { Contents: [], IsTruncated: true, NextContinuationToken: next } };
    };
    const definition = reading({}, { Resource: LIST, Parameters: { Bucket: 'b' } });
    expect(failing(definition, { [LIST]: list })).toEqual(
      because('The continuation tokens of the list go round in a circle.'),
    );
  });

  it('takes columns by any name', () => {
    const { output } = read(reading(csv), { key: '__proto__,constructor\n1,2' });
    expect(JSON.stringify(output)).toBe('[{"__proto__":"1","constructor":"2"}]');
  });

  it.each([
    [csv, ''],
    [csv, 'a,b\n'],
    [{ InputType: 'JSONL' }, '\n\n'],
  ])('is over at once where there are none: %j, %j', (config, key) => {
    expect(read(reading(config), { key })).toMatchObject({ status: 'succeeded', output: [] });
  });
});

describe('an ItemReader is refused', () => {
  it.each([
    [
      { InputType: 'JSON' },
      { Resource: 'arn:aws:states:::s3:putObject' },
      "The field 'Resource' does not match any of the allowed values",
    ],
    [{ InputType: 'CSV' }, {}, "The field 'CSVHeaderLocation' is required"],
    [{ InputType: 'CSV', CSVHeaderLocation: 'GIVEN' }, {}, 'These fields are required: [CSVHeaders]'],
    [{ InputType: 'JSON', CSVHeaderLocation: 'FIRST_ROW' }, {}, "Field 'CSVHeaderLocation' is not supported"],
    [{ InputType: 'PARQUET' }, {}, 'InputType PARQUET is not supported: only texts are read'],
    [{}, {}, 'These fields are required: [InputType]'],
    [{ InputType: 'JSON', MaxItems: 100_000_001 }, {}, 'Maximum value is 100000000'],
    [{ InputType: 'JSON', MaxItems: 100_000_000 }, {}, undefined],
  ])('with %j and %j', (config, more, words) => {
    expect(asl.check(reading(config, more)).map(({ message }) => message)).toEqual(
      words === undefined ? [] : [words],
    );
  });

  it.each([
    [100, []],
    [100.5, ['Maximum value is 100']],
  ])('with a ToleratedFailurePercentage of more than 100: %d', (ToleratedFailurePercentage, words) => {
    const problems = asl.check(reading({ InputType: 'JSON' }, {}, { ToleratedFailurePercentage }));
    expect(problems.map(({ message }) => message)).toEqual(words);
  });

  it('in an inline Map', () => {
    const ItemReader = { Resource: GET, ReaderConfig: { InputType: 'JSON' } };
    const state = { Type: 'Map', ItemReader, ItemProcessor: PASS, End: true };
    const problems = asl.check({ StartAt: 'Map', States: { Map: state } });
    expect(problems.map(({ message }) => message)).toEqual(['ItemReader is for distributed Maps']);
  });
});

/** What the buckets of the recordings held, as their outputs tell. */
const ROWS = "Value4,Value5,Value6\n,,,\ntrue,1,'HelloWorld'\nNull,None,\n   ,\n";
const VERDICTS = [
  { verdict: 'true', statement_date: '6/11/2008', statement_source: 'speech' },
  { verdict: 'false', statement_date: '6/7/2022', statement_source: 'television' },
  { verdict: 'mostly-true', statement_date: '5/18/2016', statement_source: 'news' },
  { verdict: 'false', statement_date: '5/18/2024', statement_source: 'x' },
];

describe.skipIf(!hasCorpus)('the recordings of Maps that read their items', () => {
  const isRead = ({ definition }: { definition: Json }): boolean =>
    JSON.stringify(definition).includes('"ItemReader"');
  const cases = readCases().filter((one) => one.kind === 'execution' && isRead(one));

  it.each(cases.map((one) => [one.id, one] as const))('%s', (id, one) => {
    const header = id.includes('first_row') ? 'H1,\n' : 'Value1,Value2,Value3\n';
    const objects = { 'file.json': JSON.stringify(VERDICTS), 'file.csv': header + ROWS };
    expect(score(one, { [GET]: bucketOf(objects) })).toEqual({
      ...{ id, outcome: true, cause: true, history: true, difference: undefined },
    });
  });

  it.skipIf(!hasCorpus)('are five', () => expect(cases).toHaveLength(5));
});
