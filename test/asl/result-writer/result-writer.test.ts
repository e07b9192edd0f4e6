import { describe, expect, it } from 'vitest';
import { asl } from '../../../src/asl/language.js';
import { MAX_DATA_BYTES, MAX_STOPPED_PER_STEP, RESULT_FILE_BYTES } from '../../../src/asl/limits.js';
import type { Json, JsonObject } from '../../../src/core/json.js';
import { type Behaviour, drive } from '../drive.js';

const PUT = 'arn:aws:states:::s3:putObject';
const GET = 'arn:aws:states:::s3:getObject';
const TASK = { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: 'work', End: true } } };
const TARGET = { Resource: PUT, Parameters: { Bucket: 'results', 'Prefix.$': '$$.Execution.Name' } };
const RUN = 'arn:aws:states:us-east-1:000000000000:mapRun:machine/items:run-1/1.0';

/** A machine of one Map that writes its results. */
function writing(writer: JsonObject, map: JsonObject = {}, machine: JsonObject = {}): Json {
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  const ItemProcessor = { ProcessorConfig, ...TASK };
  const state = { Type: 'Map', Label: 'items', ItemProcessor, ResultWriter: writer, End: true, ...map };
  return { StartAt: 'Map', States: { Map: state }, ...machine };
}

const work: Behaviour = (input) =>
  input === 'bad' ? { error: 'Bad', cause: 'it is bad' } : { output: [input, input] };

/** Runs a machine beside a bucket; its objects, as values where they are JSON. */
function run(definition: Json, input: Json, handlers: Readonly<Record<string, Behaviour>> = {}) {
  const bucket: Record<string, string> = {};
  const put: Behaviour = (given) => {
    const { Bucket, Key, Body } = given as { Bucket: string; Key: string; Body: string };
    bucket[`${Bucket}:${Key}`] = Body;
    return { output: { ETag: '"1"' } };
  };
  const ended = drive(definition, input, { handlers: { work, [PUT]: put, ...handlers } });
  return { ...ended, bucket };
}

const FOLDER = 'results:run-1/run-1/1.0';
const parsed = (text: string | undefined): Json => JSON.parse(text ?? 'null') as Json;

describe('a Map that writes its results', () => {
  it('goes on with where they are, and has files and a manifest written', () => {
    const { status, output, bucket, types } = run(writing(TARGET, { ToleratedFailureCount: 1 }), [
      'a',
      'bad',
      'c',
    ]);
    expect(status).toBe('succeeded');
    expect(output).toEqual({
      MapRunArn: RUN,
      ResultWriterDetails: { Bucket: 'results', Key: 'run-1/run-1/1.0/manifest.json' },
    });
    expect(types.slice(-5)).toEqual([
      ...['MapRunStarted', 'MapRunSucceeded', 'MapStateSucceeded', 'MapStateExited', 'ExecutionSucceeded'],
    ]);
    const succeeded = bucket[`${FOLDER}/SUCCEEDED_0.json`] ?? '';
    const failed = bucket[`${FOLDER}/FAILED_0.json`] ?? '';
    expect(parsed(bucket[`${FOLDER}/manifest.json`])).toEqual({
      DestinationBucket: 'results',
      MapRunArn: RUN,
      ResultFiles: {
        FAILED: [{ Key: 'run-1/run-1/1.0/FAILED_0.json', Size: failed.length }],
        PENDING: [],
        SUCCEEDED: [{ Key: 'run-1/run-1/1.0/SUCCEEDED_0.json', Size: succeeded.length }],
      },
    });
    expect(parsed(succeeded)).toMatchObject([
      { Input: '"a"', Output: '["a","a"]', Status: 'SUCCEEDED', Name: 'run-1/1.0/0' },
      { Input: '"c"', Output: '["c","c"]', Status: 'SUCCEEDED', Name: 'run-1/1.0/2' },
    ]);
    expect(parsed(failed)).toMatchObject([
      { Input: '"bad"', Error: 'Bad', Cause: 'it is bad', Status: 'FAILED' },
    ]);
  });

  it('has a manifest without files where there are no items', () => {
    const { output, bucket } = run(writing(TARGET), []);
    expect(Object.keys(bucket)).toEqual([`${FOLDER}/manifest.json`]);
    expect(output).toMatchObject({ MapRunArn: RUN });
  });

  it.each([
    [{ Transformation: 'COMPACT' }, 'SUCCEEDED_0.json', '[["a","a"],["b","b"]]'],
    [{ Transformation: 'FLATTEN' }, 'SUCCEEDED_0.json', '["a","a","b","b"]'],
    [{ Transformation: 'FLATTEN', OutputType: 'JSONL' }, 'SUCCEEDED_0.jsonl', '"a"\n"a"\n"b"\n"b"\n'],
    [{ Transformation: 'COMPACT', OutputType: 'JSONL' }, 'SUCCEEDED_0.jsonl', '["a","a"]\n["b","b"]\n'],
  ])('writes them as %j says', (WriterConfig, name, text) => {
    const { bucket } = run(writing({ ...TARGET, WriterConfig }), ['a', 'b']);
    expect(bucket[`${FOLDER}/${name}`]).toBe(text);
  });

  it.each([
    [{ Transformation: 'COMPACT' }, [['a', 'a']]],
    [{ Transformation: 'FLATTEN' }, ['a', 'a']],
    [{ Transformation: 'FLATTEN', OutputType: 'JSONL' }, '"a"\n"a"\n'],
    [{ OutputType: 'JSON' }, [['a', 'a']]],
  ])('hands them on as %j says where it names no bucket', (WriterConfig, output) => {
    expect(run(writing({ WriterConfig }), ['a']).output).toEqual(output);
  });

  it('hands on all there is to say of its executions where that is asked for', () => {
    const { output } = run(writing({ WriterConfig: { Transformation: 'NONE' } }), ['a']);
    expect(output).toMatchObject([{ Status: 'SUCCEEDED', Input: '"a"', Output: '["a","a"]' }]);
  });

  it('writes more files where one would be too large, and keeps none of it', () => {
    const items = Array.from({ length: 8 }, (_, index) => index);
    const big: Behaviour = (input) => ({ output: `${String(input)}${'x'.repeat(100_000)}` });
    const { bucket, steps } = run(writing(TARGET), items, { work: big });
    const files = Object.keys(bucket).filter((key) => key.includes('SUCCEEDED'));
    expect(files).toHaveLength(4);
    const states = steps
      .map(({ state }) => JSON.stringify(state))
      .filter((state) => state.includes('mapRun'));
    expect(Math.max(...states.map(({ length }) => length))).toBeLessThan(10_000);
    const names = files.flatMap((key) => parsed(bucket[key]) as readonly JsonObject[]);
    expect(names.map(({ Name }) => Name)).toEqual(items.map((index) => `run-1/1.0/${index}`));
  });

  it('fills a file to its last byte', () => {
    const half = RESULT_FILE_BYTES / 2 - '"",'.length;
    const filesOf = (lengths: readonly number[]) => {
      const sized: Behaviour = (input) => ({ output: 'x'.repeat(Number(input)) });
      const definition = writing({ ...TARGET, WriterConfig: { Transformation: 'COMPACT' } });
      const { bucket } = run(definition, lengths, { work: sized });
      return Object.keys(bucket).filter((key) => key.includes('SUCCEEDED')).length;
    };
    expect(filesOf([half, half])).toBe(1);
    expect(filesOf([half, half + 1])).toBe(2);
  });

  it('has what a failed run came to written as well, what never began included', () => {
    const map = { MaxConcurrency: 2, ItemBatcher: { MaxItemsPerBatch: 2 } };
    const failing: Behaviour = (input) =>
      JSON.stringify(input).includes('bad') ? { error: 'Bad' } : { output: 1, afterMs: 60_000 };
    const { error, types, bucket, steps } = run(writing(TARGET, map), ['a', 'b', 'bad', 'c', 'd', 'e', 'f'], {
      work: failing,
    });
    expect(error).toBe('States.ExceedToleratedFailureThreshold');
    expect(types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    expect(parsed(bucket[`${FOLDER}/FAILED_0.json`])).toMatchObject([
      { Input: '{"Items":["a","b"]}', Status: 'ABORTED' },
      { Input: '{"Items":["bad","c"]}', Status: 'FAILED' },
    ]);
    expect(parsed(bucket[`${FOLDER}/PENDING_0.json`])).toMatchObject([
      { Input: '{"Items":["d","e"]}', Status: 'PENDING' },
      { Input: '{"Items":["f"]}', Status: 'PENDING' },
    ]);
    const manifest = parsed(bucket[`${FOLDER}/manifest.json`]);
    expect(manifest).toMatchObject({ ResultFiles: { SUCCEEDED: [], PENDING: [{}] } });
    const cancels = steps.flatMap(({ effects }) =>
      effects.flatMap((effect) =>
        effect.type === 'cancel' && effect.kind === 'child' ? [effect.indexes] : [],
      ),
    );
    expect(cancels).toEqual([[0]]);
  });

  it('has the items brought that were read and never began', () => {
    const ItemReader = {
      Resource: GET,
      Parameters: { Bucket: 'b', Key: 'k' },
      ReaderConfig: { InputType: 'JSON' },
    };
    const items = ['bad', ...Array.from({ length: 2_500 }, (_, index) => index)];
    const { error, bucket } = run(
      writing(TARGET, { ItemReader, MaxConcurrency: 1 }),
      {},
      {
        [GET]: () => ({ output: { Body: JSON.stringify(items) } }),
      },
    );
    expect(error).toBe('States.ExceedToleratedFailureThreshold');
    const files = Object.keys(bucket).filter((key) => key.includes('PENDING'));
    const pending = files.flatMap((key) => parsed(bucket[key]) as readonly JsonObject[]);
    expect(pending.map(({ Input }) => JSON.parse(String(Input)))).toEqual(items.slice(1));
  });

  it('tells items that nothing can be chosen for as they are', () => {
    const ItemSelector = { 'n.$': 'States.MathAdd($$.Map.Item.Value, 1)' };
    const { error, bucket } = run(writing(TARGET, { ItemSelector }), [1, 'x', 2]);
    expect(error).toBe('States.Runtime');
    expect(parsed(bucket[`${FOLDER}/PENDING_0.json`])).toMatchObject([
      { Input: '"x"' },
      { Input: '{"n":3}' },
    ]);
  });

  it('fails where it cannot write, and leads to its Catcher', () => {
    const Catch = [{ ErrorEquals: ['States.ResultWriterFailed'], Next: 'Caught' }];
    const machine = writing(TARGET, { Catch }) as { States: JsonObject };
    const whole = { ...machine, States: { ...machine.States, Caught: { Type: 'Pass', End: true } } };
    const refuse: Behaviour = () => ({ error: 'S3.AccessDenied', cause: 'no' });
    const { output, types } = run(whole, ['a'], { [PUT]: refuse });
    expect(output).toEqual({ Error: 'States.ResultWriterFailed', Cause: 'S3.AccessDenied: no' });
    expect(types).toContain('MapRunFailed');
  });

  it('fails for what failed first, whatever becomes of the writing', () => {
    const refuse: Behaviour = () => ({ error: 'S3.AccessDenied' });
    expect(run(writing(TARGET), ['bad'], { [PUT]: refuse }).error).toBe(
      'States.ExceedToleratedFailureThreshold',
    );
  });

  it.each([
    [{ Bucket: 7 }, 'What the results are written with has no Bucket that is a text.'],
    [{ Bucket: 'b', Prefix: 7 }, 'The Prefix that the results are written under is no text.'],
  ])('fails before it begins where it is to write to %j', (Parameters, cause) => {
    const { error, cause: told } = run(writing({ Resource: PUT, Parameters }), ['a']);
    expect({ error, told }).toEqual({ error: 'States.ResultWriterFailed', told: cause });
  });

  it('takes its Arguments in JSONata, with a prefix or without one', () => {
    const Arguments = { Bucket: "{% 'results' %}" };
    const jsonata = writing({ Resource: PUT, Arguments }, {}, { QueryLanguage: 'JSONata' });
    const { bucket } = run(jsonata, ['a']);
    expect(Object.keys(bucket)).toContain('results:run-1/1.0/manifest.json');
  });
});

describe('a ResultWriter', () => {
  it.each([
    [{}, 'This object should have at least one of the following fields: [Resource, WriterConfig]'],
    [{ Parameters: { Bucket: 'b' } }, 'These fields are required: [Resource]'],
    [{ Resource: PUT }, 'These fields are required: [Parameters]'],
    [{ Resource: GET, Parameters: {} }, "The field 'Resource' does not match any of the allowed values"],
    [{ WriterConfig: { OutputType: 'CSV' } }, 'Value should be one of the following: [JSON, JSONL]'],
  ])('is refused as %j', (writer, words) => {
    const problems = asl.check(writing(writer));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toBe(words);
    expect(problems[0]?.path).toMatch(/^\/States\/Map\/ResultWriter/);
  });
});

describe('a Map run that fails', () => {
  it('has its executions stopped in portions, each by an event of its own', () => {
    const count = MAX_STOPPED_PER_STEP + 5;
    const items = ['bad', ...Array.from({ length: count }, (_, index) => index)];
    const slow: Behaviour = (input) =>
      input === 'bad' ? { error: 'Bad', afterMs: 1_000 } : { output: 1, afterMs: 60_000 };
    const WriterConfig = { Transformation: 'COMPACT' };
    const { error, steps } = run(writing({ WriterConfig }), items, { work: slow });
    expect(error).toBe('States.ExceedToleratedFailureThreshold');
    const stopped = steps.flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.type === 'cancel' ? [effect.indexes?.length] : [])),
    );
    expect(stopped).toEqual([MAX_STOPPED_PER_STEP, 5]);
  });

  it('writes nothing where the items cannot be held, and fails as a run', () => {
    const Arguments = { Bucket: 'results' };
    const jsonata = { QueryLanguage: 'JSONata', Items: '{% [$pad("", $states.input, "x"), 1] %}' };
    const definition = writing({ Resource: PUT, Arguments }, jsonata);
    const { error, types, bucket } = run(definition, MAX_DATA_BYTES);
    expect(error).toBe('States.DataLimitExceeded');
    expect(types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    expect(bucket).toEqual({});
  });
});
