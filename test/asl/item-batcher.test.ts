import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import { MAX_DATA_BYTES, MAX_ITEMS_PER_STEP } from '../../src/asl/limits.js';
import { type Json, type JsonObject, utf8Length } from '../../src/core/json.js';
import { drive, type Run } from './drive.js';

const PASS = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
const TASK = { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: 'work', End: true } } };

/** A machine of one distributed Map that hands batches on. */
function batching(ItemBatcher: Json, fields: JsonObject = {}, processor: JsonObject = PASS): JsonObject {
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  const ItemProcessor = { ProcessorConfig, ...processor };
  return {
    StartAt: 'Map',
    States: { Map: { Type: 'Map', ItemProcessor, ItemBatcher, End: true, ...fields } },
  };
}

const JSONATA = { QueryLanguage: 'JSONata' };

function itemsOf({ output }: Run): Json[] {
  return (output as { Items: Json }[]).map(({ Items }) => Items);
}

function problemsOf(ItemBatcher: Json, fields: JsonObject = {}): string[] {
  return asl.check(batching(ItemBatcher, fields)).map(({ message, path }) => `${message} at ${path}`);
}

describe('ItemBatcher', () => {
  it('gives each execution as many items as it may have', () => {
    const run = drive(batching({ MaxItemsPerBatch: 2 }), [1, 2, 3, 4, 5]);
    expect(run.output).toEqual([{ Items: [1, 2] }, { Items: [3, 4] }, { Items: [5] }]);
  });

  it('sends something along with each batch', () => {
    const paths = { MaxItemsPerBatch: 2, BatchInput: { 'since.$': '$.since' } };
    const input = { since: 2020, items: [1, 2, 3] };
    const wanted = [
      { BatchInput: { since: 2020 }, Items: [1, 2] },
      { BatchInput: { since: 2020 }, Items: [3] },
    ];
    expect(drive(batching(paths, { ItemsPath: '$.items' }), input).output).toEqual(wanted);
    const jsonata = { MaxItemsPerBatch: 2, BatchInput: { since: '{% $states.input.since %}' } };
    const fields = { ...JSONATA, Items: '{% $states.input.items %}' };
    expect(drive(batching(jsonata, fields), input).output).toEqual(wanted);
  });

  it('takes what its ItemSelector makes of the items, each with its own place', () => {
    const ItemSelector = { 'at.$': '$$.Map.Item.Index', 'n.$': '$$.Map.Item.Value' };
    const run = drive(batching({ MaxItemsPerBatch: 2 }, { ItemSelector }), ['a', 'b', 'c']);
    expect(itemsOf(run)).toEqual([
      [
        { at: 0, n: 'a' },
        { at: 1, n: 'b' },
      ],
      [{ at: 2, n: 'c' }],
    ]);
  });

  it('fills no batch beyond its bytes, counted in the whole of what an execution is given', () => {
    const two = utf8Length(JSON.stringify({ Items: ['é', 'b'] }));
    const sizes = (MaxInputBytesPerBatch: number) =>
      itemsOf(drive(batching({ MaxInputBytesPerBatch }), ['é', 'b', 'c', 'd'])).map(
        (items) => (items as Json[]).length,
      );
    expect(sizes(two)).toEqual([2, 2]);
    expect(sizes(two - 1)).toEqual([1, 2, 1]);
  });

  it('keeps to 256 KiB where no bytes are named, and to whichever bound is nearer', () => {
    const input = Array.from({ length: 5 }, () => ({ size: 100_000 }));
    const ItemSelector = { text: 'x'.repeat(100_000) };
    const sizes = (batcher: JsonObject) => {
      const run = drive(batching(batcher, { ItemSelector }, TASK), input, {
        handlers: { work: (given) => ({ output: (given as { Items: Json[] }).Items.length }) },
      });
      return run.output;
    };
    expect(sizes({ MaxItemsPerBatch: 100 })).toEqual([2, 2, 1]);
    expect(sizes({ MaxItemsPerBatch: 1, MaxInputBytesPerBatch: MAX_DATA_BYTES })).toEqual([1, 1, 1, 1, 1]);
  });

  it('cannot make a batch of an item that does not fit', () => {
    const run = drive(batching({ MaxInputBytesPerBatch: 12 }), ['a', 'too long']);
    expect(run.error).toBe('States.DataLimitExceeded');
    expect(run.types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
  });

  it('finds its bounds by paths, in texts as well, and by JSONata', () => {
    const paths = { MaxItemsPerBatchPath: '$.most', MaxInputBytesPerBatchPath: '$.bytes' };
    const at = (input: JsonObject) => drive(batching(paths, { ItemsPath: '$.items' }), input);
    expect(itemsOf(at({ most: 2, bytes: 100, items: [1, 2, 3] }))).toEqual([[1, 2], [3]]);
    expect(itemsOf(at({ most: '2', bytes: '14', items: [1, 2, 3] }))).toEqual([[1], [2], [3]]);
    const jsonata = { MaxItemsPerBatch: '{% 1 + 1 %}', MaxInputBytesPerBatch: '{% 100 %}' };
    expect(itemsOf(drive(batching(jsonata, JSONATA), [1, 2, 3]))).toEqual([[1, 2], [3]]);
  });

  it('fails before any execution where a bound that it finds is none', () => {
    const at = (most: Json, bytes: Json = 100) => {
      const paths = { MaxItemsPerBatchPath: '$.most', MaxInputBytesPerBatchPath: '$.bytes' };
      const run = drive(batching(paths, { ItemsPath: '$.items' }), { most, bytes, items: [1] });
      expect(run.types).not.toContain('MapRunStarted');
      return `${run.error} ${run.cause}`;
    };
    expect(at(0)).toContain('States.Runtime');
    expect(at(0)).toContain('field MaxItemsPerBatch must be positive');
    expect(at('two')).toContain('which is not a valid integer');
    expect(at(1, MAX_DATA_BYTES + 1)).toContain('MaxInputBytesPerBatch must be between 1 and 262144.');
    const zero = drive(batching({ MaxItemsPerBatch: '{% 0 %}' }, JSONATA), [1]);
    expect([zero.error, zero.cause]).toEqual([
      'States.QueryEvaluationError',
      expect.stringContaining('The MaxItemsPerBatch field must be a positive integer: 0'),
    ]);
  });

  it('weighs the items of a batch that fails, not its execution', () => {
    const work = (input: Json) =>
      JSON.stringify(input).includes('bad') ? { error: 'Bad' } : { output: 'good' };
    const input = ['bad', 2, 3, 4, 5, 6];
    const run = (ToleratedFailureCount: number) =>
      drive(batching({ MaxItemsPerBatch: 2 }, { ToleratedFailureCount }, TASK), input, {
        handlers: { work },
      });
    expect(run(1).error).toBe('States.ExceedToleratedFailureThreshold');
    expect(run(2).output).toMatchObject([{ Status: 'FAILED' }, 'good', 'good']);
  });

  it('gives so many items with one event, and goes on with the next', () => {
    const input = Array.from({ length: MAX_ITEMS_PER_STEP * 2 }, () => 1);
    const { steps, output } = drive(batching({ MaxItemsPerBatch: MAX_ITEMS_PER_STEP / 2 }), input);
    const spawned = steps.map(({ effects }) => effects.filter(({ type }) => type === 'spawn').length);
    expect(spawned.filter((count) => count > 0)).toEqual([2, 2]);
    expect(output).toHaveLength(4);
  });

  it('refuses bounds that can be none, and a batcher without any', () => {
    expect(problemsOf({ MaxItemsPerBatch: 0, MaxInputBytesPerBatch: MAX_DATA_BYTES + 1 })).toEqual([
      'Minimum value is 1 at /States/Map/ItemBatcher/MaxItemsPerBatch',
      'Maximum value is 262144 at /States/Map/ItemBatcher/MaxInputBytesPerBatch',
    ]);
    expect(problemsOf({ BatchInput: {} })).toEqual([
      'This object should have at least one of the following fields: [MaxItemsPerBatch, MaxInputBytesPerBatch, MaxItemsPerBatchPath, MaxInputBytesPerBatchPath] at /States/Map/ItemBatcher',
    ]);
    expect(problemsOf({ MaxItemsPerBatch: 1, MaxItemPerBatch: 2 })).toEqual([
      "Field 'MaxItemPerBatch' is not supported at /States/Map/ItemBatcher/MaxItemPerBatch",
    ]);
    expect(problemsOf({ MaxItemsPerBatchPath: '$.n' }, JSONATA)).toEqual([
      expect.stringContaining(
        "field 'MaxItemsPerBatchPath' is only supported for the 'JSONPath' QueryLanguage",
      ),
      expect.stringContaining('[MaxItemsPerBatch, MaxInputBytesPerBatch] at /States/Map/ItemBatcher'),
    ]);
    expect(problemsOf('no')).toHaveLength(1);
  });
});
