import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import {
  describeMapRun,
  type Handlers,
  listMapRuns,
  openEngine,
  updateMapRun,
} from '../../src/embed/engine.js';
import { onEachStore } from './each-store.js';

const PATIENCE = { timeout: 20_000, interval: 20 };
const open: Engine[] = [];

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
});

function mapOf(resource: string, fields: JsonObject = {}): Json {
  const Work = { Type: 'Task', Resource: resource, End: true };
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  const ItemProcessor = { ProcessorConfig, StartAt: 'Work', States: { Work } };
  return { StartAt: 'Map', States: { Map: { Type: 'Map', ItemProcessor, End: true, ...fields } } };
}

const GET_OBJECT = 'arn:aws:states:::s3:getObject';
const READER = {
  Resource: GET_OBJECT,
  ReaderConfig: { InputType: 'JSON' },
  Parameters: { Bucket: 'bucket', Key: 'key' },
};

async function engineOn(db: string, handlers: Handlers, source: Json): Promise<Engine> {
  const engine = await openEngine({ db, handlers });
  open.push(engine);
  await engine.publish({ machine: 'items', language: 'asl', source });
  return engine;
}

/** Another process in the place of one. */
async function reopened(engine: Engine, db: string, handlers: Handlers): Promise<Engine> {
  await engine.close();
  open.splice(open.indexOf(engine), 1);
  const next = await openEngine({ db, handlers });
  open.push(next);
  return next;
}

async function statusOf(engine: Engine, id: string): Promise<string | undefined> {
  return (await engine.read(id))?.status;
}

function describeOn(name: string, fresh: () => string): void {
  // Nobody can go on with what was in memory.
  const isVolatile = fresh() === 'memory:';
  describe(`distributed Maps on ${name}`, () => {
    it('gather what hundreds of executions gave, in the order of the items', async () => {
      const engine = await engineOn(fresh(), { work: (n) => Number(n) * 2 }, mapOf('work'));
      const input = Array.from({ length: 250 }, (_, index) => index);
      await engine.create('items', { id: 'run', input });
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('succeeded');
      expect((await engine.read('run'))?.output).toEqual(input.map((n) => n * 2));
      expect(await engine.count({ machine: 'items' })).toBe(251);
      const types = (await engine.history('run/1.0/7', { limit: 10 })).items.map(({ type }) => type);
      expect(types.slice(0, 2)).toEqual(['ExecutionStarted', 'TaskStateEntered']);
    }, 60_000);

    it('run their items by the definition that they began with', async () => {
      const held: (() => void)[] = [];
      const work = (n: Json) => new Promise((done) => held.push(() => done(n)));
      const engine = await engineOn(
        fresh(),
        { work, other: () => 'other' },
        mapOf('work', { MaxConcurrency: 1 }),
      );
      await engine.create('items', { id: 'run', input: [1, 2] });
      await expect.poll(() => held.length, PATIENCE).toBe(1);
      await engine.publish({ machine: 'items', language: 'asl', source: mapOf('other') });
      held[0]?.();
      await expect.poll(() => held.length, PATIENCE).toBe(2);
      held[1]?.();
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('succeeded');
      expect((await engine.read('run'))?.output).toEqual([1, 2]);
    }, 60_000);

    it('do again what failed when they are redriven, and nothing else', async () => {
      const seen: Json[] = [];
      let broken = true;
      const work = (n: Json) => {
        seen.push(n);
        if (n === 2 && broken) throw new Error('broken');
        return n;
      };
      const engine = await engineOn(fresh(), { work }, mapOf('work', { MaxConcurrency: 1 }));
      await engine.create('items', { id: 'run', input: [1, 2, 3] });
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('failed');
      broken = false;
      await engine.retry('run');
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('succeeded');
      expect((await engine.read('run'))?.output).toEqual([1, 2, 3]);
      expect(seen).toEqual([1, 2, 2, 3]);
    }, 60_000);

    it('do again the batches that failed, of the same items', async () => {
      const seen: Json[] = [];
      let broken = true;
      const work = (input: Json) => {
        const { Items } = input as { Items: number[] };
        seen.push(Items);
        if (Items.includes(3) && broken) throw new Error('broken');
        return Items.length;
      };
      const fields = { MaxConcurrency: 1, ItemBatcher: { MaxItemsPerBatch: 2 } };
      const engine = await engineOn(fresh(), { work }, mapOf('work', fields));
      await engine.create('items', { id: 'run', input: [1, 2, 3, 4, 5] });
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('failed');
      broken = false;
      await engine.retry('run');
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('succeeded');
      expect((await engine.read('run'))?.output).toEqual([2, 2, 1]);
      expect(seen).toEqual([[1, 2], [3, 4], [3, 4], [5]]);
    }, 60_000);

    // What is in memory alone is not there for another.
    if (!isVolatile)
      it('read their items once, whoever goes on with them after the reading', async () => {
        const db = fresh();
        const items = Array.from({ length: 400 }, (_, index) => ({ index, filler: 'x'.repeat(200) }));
        const source = mapOf('work', { ItemReader: READER, MaxConcurrency: 20 });
        let [asked, done] = [0, 0];
        const handlers: Handlers = {
          [GET_OBJECT]: () => {
            asked++;
            return { Body: JSON.stringify(items) };
          },
          work: (item) => {
            done++;
            return (item as { index: number }).index;
          },
        };
        // Without anyone for the items, so that what was read waits.
        const first = await engineOn(db, { [GET_OBJECT]: handlers[GET_OBJECT] as Handlers[string] }, source);
        await first.create('items', { id: 'run', input: {} });
        const isRead = async () => (await first.read('run/1.1/0'))?.output;
        await expect.poll(isRead, PATIENCE).toMatchObject({ total: 400 });
        const second = await reopened(first, db, handlers);
        await expect.poll(() => statusOf(second, 'run'), PATIENCE).toBe('succeeded');
        expect((await second.read('run'))?.output).toEqual(items.map(({ index }) => index));
        expect({ asked, done }).toEqual({ asked: 1, done: 400 });
      }, 60_000);

    it('do again what failed of the items that were read, and read none again', async () => {
      const seen: Json[] = [];
      let [broken, asked] = [true, 0];
      const items = Array.from({ length: 300 }, (_, index) => ({ index, filler: 'x'.repeat(200) }));
      const handlers: Handlers = {
        [GET_OBJECT]: () => {
          asked++;
          return { Body: items.map((item) => JSON.stringify(item)).join('\n') };
        },
        work: (item) => {
          const { index } = item as { index: number };
          seen.push(index);
          if (index === 250 && broken) throw new Error('broken');
          return index;
        },
      };
      const ItemReader = { ...READER, ReaderConfig: { InputType: 'JSONL' } };
      const fields = { ItemReader, MaxConcurrency: 10 };
      const engine = await engineOn(fresh(), handlers, mapOf('work', fields));
      await engine.create('items', { id: 'run', input: {} });
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('failed');
      broken = false;
      const before = new Set(seen).size;
      await engine.retry('run');
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('succeeded');
      expect((await engine.read('run'))?.output).toEqual(items.map(({ index }) => index));
      expect(asked).toBe(1);
      expect(seen.length).toBeLessThan(before + 300);
    }, 60_000);

    it('delete what was read with the instance that it was read for', async () => {
      const handlers: Handlers = { [GET_OBJECT]: () => ({ Body: '[1,2]' }), work: (n) => n };
      const engine = await engineOn(fresh(), handlers, mapOf('work', { ItemReader: READER }));
      await engine.create('items', { id: 'run', input: {} });
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('succeeded');
      await engine.sweep({ instances: '0s' });
      expect(await engine.count({ machine: 'items' })).toBe(0);
      for (const id of ['run/1.1/0', 'run/1.1/0/1.0/0']) expect(await engine.read(id)).toBeUndefined();
    }, 60_000);

    it('have their results written, and go on with where they are', async () => {
      const bucket = new Map<string, string>();
      const put = (given: Json) => {
        const { Key, Body } = given as { Key: string; Body: string };
        bucket.set(Key, Body);
        return {};
      };
      const PUT_OBJECT = 'arn:aws:states:::s3:putObject';
      const ResultWriter = { Resource: PUT_OBJECT, Parameters: { Bucket: 'b', Prefix: 'all' } };
      const source = mapOf('work', { ResultWriter, ToleratedFailureCount: 1, Label: 'rows' });
      const work = (n: Json) => {
        if (n === 7) throw new RangeError('seven');
        return n;
      };
      const engine = await engineOn(fresh(), { work, [PUT_OBJECT]: put }, source);
      const input = Array.from({ length: 120 }, (_, index) => index);
      await engine.create('items', { id: 'run', input });
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('succeeded');
      const MapRunArn = 'arn:aws:states:us-east-1:000000000000:mapRun:items/rows:run/1.0';
      const Key = 'all/run/1.0/manifest.json';
      expect((await engine.read('run'))?.output).toEqual({
        ...{ MapRunArn, ResultWriterDetails: { Bucket: 'b', Key } },
      });
      const written = (name: string) => JSON.parse(bucket.get(`all/run/1.0/${name}`) ?? '') as JsonObject[];
      expect(written('SUCCEEDED_0.json').map(({ Output }) => Number(Output))).toEqual(
        input.filter((n) => n !== 7),
      );
      expect(written('FAILED_0.json')).toMatchObject([
        { Error: 'RangeError', Cause: 'seven', Status: 'FAILED', Input: '7' },
      ]);
      expect(await describeMapRun(engine, MapRunArn)).toMatchObject({
        ...{ mapRunArn: MapRunArn, status: 'SUCCEEDED', toleratedFailureCount: 1, redriveCount: 0 },
        itemCounts: { total: 120, succeeded: 119, failed: 1, pending: 0, running: 0, resultsWritten: 120 },
      });
    }, 60_000);

    it('have them written again when they are redriven, those of the first run with the others', async () => {
      const bucket = new Map<string, string>();
      const put = (given: Json) => {
        const { Key, Body } = given as { Key: string; Body: string };
        bucket.set(Key, Body);
        return {};
      };
      let broken = true;
      const work = (n: Json) => {
        if (n === 2 && broken) throw new RangeError('two');
        return n;
      };
      const PUT_OBJECT = 'arn:aws:states:::s3:putObject';
      const ResultWriter = { Resource: PUT_OBJECT, Parameters: { Bucket: 'b' } };
      const source = mapOf('work', { ResultWriter, MaxConcurrency: 1, Label: 'rows' });
      const engine = await engineOn(fresh(), { work, [PUT_OBJECT]: put }, source);
      await engine.create('items', { id: 'run', input: [1, 2, 3] });
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('failed');
      const manifest = () => JSON.parse(bucket.get('run/1.0/manifest.json') ?? '') as JsonObject;
      const keys = (kind: string) => {
        const { [kind]: files } = manifest()['ResultFiles'] as Record<string, { Key: string }[]>;
        return files?.map(({ Key }) => Key);
      };
      const kinds = ['SUCCEEDED', 'FAILED', 'PENDING'];
      expect(kinds.map(keys)).toEqual(kinds.map((kind) => [`run/1.0/${kind}_0.json`]));
      broken = false;
      await engine.retry('run');
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('succeeded');
      expect(kinds.map(keys)).toEqual([['run/1.0/SUCCEEDED_0.json'], [], []]);
      const written = JSON.parse(bucket.get('run/1.0/SUCCEEDED_0.json') ?? '') as JsonObject[];
      const group = (await engine.history('run', { limit: 1_000 })).items.find(
        ({ type }) => type === 'MapRunRedriven',
      )?.revision;
      expect(written.map(({ Name, Output }) => [Name, Output])).toEqual([
        ['run/1.0/0', '1'],
        [`run/${group}.0/1`, '2'],
        [`run/${group}.0/2`, '3'],
      ]);
    }, 60_000);

    it('are told of while they run and after their end, and take other bounds meanwhile', async () => {
      const held: (() => void)[] = [];
      const work = (n: Json) => new Promise((done) => held.push(() => done(n)));
      const engine = await engineOn(fresh(), { work }, mapOf('work', { MaxConcurrency: 1, Label: 'rows' }));
      await engine.create('items', { id: 'run', input: [1, 2, 3] });
      await expect.poll(() => held.length, PATIENCE).toBe(1);
      const [run] = await listMapRuns(engine, 'run');
      expect(await describeMapRun(engine, run?.mapRunArn ?? '')).toEqual(run);
      expect(await describeMapRun(engine, (run?.mapRunArn ?? '').replace('rows', 'lines'))).toBeUndefined();
      expect(run).toMatchObject({
        executionArn: 'arn:aws:states:us-east-1:000000000000:execution:items:run',
        stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:items/rows',
        ...{ status: 'RUNNING', maxConcurrency: 1, toleratedFailurePercentage: 0 },
        executionCounts: { total: 3, running: 1, pending: 2, succeeded: 0 },
      });
      expect(run?.stopDate).toBeUndefined();
      const arn = run?.mapRunArn ?? '';
      const bounds = { maxConcurrency: 0, toleratedFailurePercentage: 12.5 };
      const receipt = await updateMapRun(engine, arn, bounds, { wait: '10s' });
      expect(receipt.applied?.outcome).toEqual({ kind: 'applied' });
      await expect.poll(() => held.length, PATIENCE).toBe(3);
      expect(await describeMapRun(engine, arn)).toMatchObject(bounds);
      for (const done of held) done();
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('succeeded');
      const ended = await describeMapRun(engine, arn);
      expect(ended).toMatchObject({ ...bounds, status: 'SUCCEEDED', itemCounts: { succeeded: 3, total: 3 } });
      expect(ended?.stopDate).toBeGreaterThanOrEqual(ended?.startDate ?? Number.NaN);
      const late = await updateMapRun(engine, arn, bounds, { wait: '10s' });
      expect(late.applied?.outcome.kind).toBe('ignored');
    }, 60_000);

    it('are told of when they fail, when they are redriven, and when they are stopped', async () => {
      let broken = true;
      const work = (n: Json) => {
        if (broken) throw new Error('broken');
        return n === 2 ? new Promise(() => {}) : n;
      };
      const engine = await engineOn(fresh(), { work }, mapOf('work', { MaxConcurrency: 1 }));
      await engine.create('items', { id: 'run', input: [1, 2] });
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('failed');
      const only = async () => (await listMapRuns(engine, 'run')).map(({ mapRunArn: _, ...run }) => run);
      expect(await only()).toMatchObject([{ status: 'FAILED', itemCounts: { failed: 1, pending: 1 } }]);
      broken = false;
      await engine.retry('run');
      const isOne = async () => (await only())[0]?.itemCounts.succeeded;
      await expect.poll(isOne, PATIENCE).toBe(1);
      expect(await only()).toMatchObject([{ status: 'RUNNING', redriveCount: 1, itemCounts: { failed: 0 } }]);
      await engine.stop('run');
      await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('stopped');
      expect(await only()).toMatchObject([{ status: 'ABORTED', itemCounts: { succeeded: 1, aborted: 1 } }]);
    }, 60_000);

    it('stop their executions when they are stopped', async () => {
      const work = (_: Json, { signal }: { signal: AbortSignal }) =>
        new Promise((_done, failed) => signal.addEventListener('abort', () => failed(signal.reason)));
      const engine = await engineOn(fresh(), { work }, mapOf('work'));
      await engine.create('items', { id: 'run', input: [1, 2, 3] });
      await expect.poll(() => engine.count({ machine: 'items' }), PATIENCE).toBe(4);
      await engine.stop('run');
      await expect.poll(() => engine.count({ machine: 'items', status: 'stopped' }), PATIENCE).toBe(4);
    }, 60_000);
  });
}

describe('a Map run', () => {
  it('that there is none of is told by nobody, and changed by nobody', async () => {
    const engine = await engineOn('memory:', {}, mapOf('work'));
    const arn = 'arn:aws:states:us-east-1:000000000000:mapRun:items/rows:nobody/1.0';
    expect(await describeMapRun(engine, arn)).toBeUndefined();
    expect(await describeMapRun(engine, 'arn:aws:s3:::rows')).toBeUndefined();
    await expect(updateMapRun(engine, 'rows', { maxConcurrency: 1 })).rejects.toMatchObject({
      code: 'unknown-map-run',
    });
    await expect(updateMapRun(engine, arn, { maxConcurrency: 1 })).rejects.toMatchObject({
      code: 'unknown-instance',
    });
    await expect(listMapRuns(engine, 'nobody')).rejects.toMatchObject({ code: 'unknown-instance' });
  });

  it('has its executions redriven with it, and none of them alone', async () => {
    const work = () => {
      throw new Error('broken');
    };
    const engine = await engineOn('memory:', { work }, mapOf('work'));
    await engine.create('items', { id: 'run', input: [1] });
    await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('failed');
    await expect(engine.retry('run/1.0/0')).rejects.toMatchObject({
      code: 'not-parked',
      message: expect.stringContaining('redriven with the execution that its Map is in'),
    });
  });

  it('is changed by its ARN, whatever the bounds name besides', async () => {
    const engine = await engineOn('memory:', { work: () => new Promise(() => {}) }, mapOf('work'));
    await engine.create('items', { id: 'run', input: [1] });
    await expect.poll(() => engine.count({ machine: 'items' }), PATIENCE).toBe(2);
    const [run] = await listMapRuns(engine, 'run');
    const bounds = { mapRun: '9.0', maxConcurrency: 1 };
    const { applied } = await updateMapRun(engine, run?.mapRunArn ?? '', bounds, { wait: '10s' });
    expect(applied?.outcome).toEqual({ kind: 'applied' });
  });

  it('says so where the execution that was to read for it is stopped', async () => {
    const handlers = { [GET_OBJECT]: () => new Promise(() => {}) };
    const engine = await engineOn('memory:', handlers, mapOf('work', { ItemReader: READER }));
    await engine.create('items', { id: 'run' });
    const reader = 'run/1.1/0';
    await expect.poll(() => statusOf(engine, reader), PATIENCE).toBe('running');
    await engine.stop(reader);
    await expect.poll(() => statusOf(engine, 'run'), PATIENCE).toBe('failed');
    expect((await engine.read('run'))?.error).toEqual({
      error: 'States.ItemReaderFailed',
      cause: `${reader}, which was to read the items, is stopped.`,
    });
  });
});

onEachStore('distributed Maps', describeOn);
