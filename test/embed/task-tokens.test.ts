import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import type { Json } from '../../src/core/json.js';
import { writeTaskToken } from '../../src/core/task-token.js';
import { openEngine } from '../../src/embed/engine.js';
import { onEachStore } from './each-store.js';

const PATIENCE = { timeout: 20_000, interval: 20 };

const ACTIVITY = 'arn:aws:states:us-east-1:000000000000:activity:approve';

/** Hands its token on, and has an activity done afterwards. */
const approval: Json = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'ask.waitForTaskToken',
      Parameters: { 'token.$': '$$.Task.Token' },
      ResultPath: '$.asked',
      Next: 'Sign',
    },
    Sign: { Type: 'Task', Resource: ACTIVITY, HeartbeatSeconds: 3_600, ResultPath: '$.signed', End: true },
  },
};

const open: Engine[] = [];

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
});

/** A worker whose handler keeps the tokens that it is given, by instance, and another engine on the same database. */
async function begin(db: string) {
  const tokens = new Map<string, string>();
  const ask = (input: unknown, { instance = '' }) => {
    tokens.set(instance, (input as { token: string }).token);
  };
  const worker = await openEngine({ db, handlers: { 'ask.waitForTaskToken': ask } });
  open.push(worker);
  await worker.publish({ machine: 'approval', language: 'asl', source: approval });
  if (db === 'memory:') return { worker, other: worker, tokens };
  const other = await openEngine({ db, worker: false });
  open.push(other);
  return { worker, other, tokens };
}

async function tokenOf(engine: Engine, tokens: ReadonlyMap<string, string>, id: string): Promise<string> {
  await engine.create('approval', { id, input: {} });
  await expect.poll(() => tokens.get(id), PATIENCE).toBeDefined();
  return tokens.get(id) ?? '';
}

const outcome = async (engine: Engine, id: string) => {
  await expect.poll(async () => (await engine.read(id))?.status, PATIENCE).not.toBe('running');
  const { status, output, error } = (await engine.read(id)) ?? {};
  return { status, output, error };
};

const refusal = async (asked: Promise<unknown>) =>
  asked.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

function describeOn(name: string, fresh: () => string): void {
  describe(`tasks that are answered from outside, on ${name}`, () => {
    it('go on with the first answer, whoever gives it', async () => {
      const { worker, other, tokens } = await begin(fresh());
      const token = await tokenOf(worker, tokens, 'a');
      await other.heartbeatTask(token);
      await other.succeedTask(token, { by: 'Ada' });
      expect(await refusal(other.failTask(token, { error: 'No' }))).toBe('TaskTimedOut');
      let task: Awaited<ReturnType<Engine['claimActivity']>>;
      await expect
        .poll(async () => (task ??= await other.claimActivity(ACTIVITY, { wait: '5s' })), PATIENCE)
        .toMatchObject({ input: { asked: { by: 'Ada' } } });
      expect(await refusal(other.succeedTask(token, { by: 'Bob' }))).toBe('TaskTimedOut');
      expect(await other.claimActivity(ACTIVITY)).toBeUndefined();
      await other.heartbeatTask(task?.token ?? '');
      await other.succeedTask(task?.token ?? '', 'signed');
      expect(await outcome(worker, 'a')).toMatchObject({
        status: 'succeeded',
        output: { asked: { by: 'Ada' }, signed: 'signed' },
      });
      expect(await refusal(other.heartbeatTask(task?.token ?? ''))).toBe('TaskTimedOut');
      const types = (await worker.history('a')).items.map(({ type }) => type);
      expect(types.filter((type) => /^(Task|Activity)(?!State)/.test(type))).toEqual([
        ...['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded'],
        ...['ActivityScheduled', 'ActivityStarted', 'ActivitySucceeded'],
      ]);
    }, 60_000);

    it('fail as they are told to', async () => {
      const { worker, other, tokens } = await begin(fresh());
      await other.failTask(await tokenOf(worker, tokens, 'a'), { error: 'Declined', cause: 'no budget' });
      expect((await outcome(worker, 'a')).error).toEqual({ error: 'Declined', cause: 'no budget' });
      await other.succeedTask(await tokenOf(worker, tokens, 'b'), null);
      const task = await other.claimActivity(ACTIVITY, { wait: '20s' });
      await other.failTask(task?.token ?? '', { error: 'Unreadable' });
      expect((await outcome(worker, 'b')).error).toMatchObject({ error: 'Unreadable' });
    }, 60_000);

    it('wait for nobody once their instance was stopped', async () => {
      const { worker, other, tokens } = await begin(fresh());
      const token = await tokenOf(worker, tokens, 'a');
      await worker.stop('a');
      expect((await outcome(worker, 'a')).status).toBe('stopped');
      expect(await refusal(other.succeedTask(token))).toBe('TaskTimedOut');
      expect(await refusal(other.heartbeatTask(token))).toBe('TaskTimedOut');
    }, 60_000);
  });
}

onEachStore('tasks that are answered from outside', describeOn);

describe('an answer from outside', () => {
  it('is taken of whoever was given the token, and of nobody else', async () => {
    const { worker, tokens } = await begin('memory:');
    const token = await tokenOf(worker, tokens, 'a');
    const forged = (parts: object) =>
      writeTaskToken({ instance: 'a', effect: '1.0', secret: 'x'.repeat(64), ...parts });
    expect(await refusal(worker.succeedTask(forged({})))).toBe('InvalidToken');
    expect(await refusal(worker.failTask(forged({ effect: '9.9' })))).toBe('TaskTimedOut');
    expect(await refusal(worker.heartbeatTask(forged({ instance: 'none' })))).toBe('TaskDoesNotExist');
    expect(await refusal(worker.heartbeatTask(writeTaskToken({ job: 'a/1/1', lease: 'x' })))).toBe(
      'TaskTimedOut',
    );
    expect(await refusal(worker.succeedTask(writeTaskToken({ job: 'none', lease: 'x' })))).toBe(
      'TaskDoesNotExist',
    );
    for (const text of ['', 'nonsense', '!', `${token}=`.slice(1), 'W10', 'bnVsbA'])
      expect(await refusal(worker.succeedTask(text))).toBe('InvalidToken');
    expect(await refusal(worker.succeedTask(7 as never))).toBe('InvalidToken');
    expect((await worker.read('a'))?.status).toBe('running');
    expect(await refusal(worker.succeedTask(token))).toBe('done');
  });

  it('has a size', async () => {
    const { worker, tokens } = await begin('memory:');
    const token = await tokenOf(worker, tokens, 'a');
    expect(await refusal(worker.succeedTask(token, 'x'.repeat(262_143)))).toBe('InvalidOutput');
    expect(await refusal(worker.succeedTask(token, (() => {}) as never))).toBe('InvalidOutput');
    expect(await refusal(worker.failTask(token, { error: 'x'.repeat(257) }))).toBe('ValidationException');
    expect(await refusal(worker.failTask(token, { cause: 'x'.repeat(32_769) }))).toBe('ValidationException');
    expect(await refusal(worker.failTask(token, { cause: 7 as never }))).toBe('ValidationException');
    const longest = { error: 'x'.repeat(256), cause: 'x'.repeat(32_768) };
    expect(await refusal(worker.failTask(token, longest))).toBe('done');
    expect((await outcome(worker, 'a')).error).toEqual(longest);
  });
});
