import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import type { Status } from '../../src/core/instance.js';
import { openEngine } from '../../src/embed/engine.js';

const folder = mkdtempSync(join(tmpdir(), 'detent-workflow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EACH = {
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemProcessor: {
        StartAt: 'Work',
        States: { Work: { Type: 'Task', Resource: 'work', End: true } },
      },
      End: true,
    },
  },
};

it('a Map on a store goes on where it failed, and keeps what had ended', async () => {
  const items = Array.from({ length: 60 }, (_, i) => i);
  const done: unknown[] = [];
  let isBroken = true;
  const work = (item: unknown) => {
    if (item === 7 && isBroken) throw new Error('broken');
    done.push(item);
    return item;
  };
  const db = `sqlite:${join(folder, 'each.db')}`;
  const definition = join(folder, 'each.json');
  writeFileSync(definition, JSON.stringify(EACH));
  const engine = await openEngine({ db, definitions: [definition], handlers: { work } });
  const becomes = (status: Status) =>
    vi.waitFor(async () => expect((await engine.read('one'))?.status).toBe(status), {
      timeout: 30_000,
      interval: 20,
    });
  try {
    await engine.create('each', { id: 'one', input: items });
    await becomes('failed');
    const before = [...done];
    expect(before).not.toContain(7);
    isBroken = false;
    await engine.retry('one');
    await becomes('succeeded');
    expect((await engine.read('one'))?.output).toEqual(items);
    expect([...new Set(done)].toSorted((a, b) => Number(a) - Number(b))).toEqual(items);
    const { items: history } = await engine.history('one', { limit: 1_000 });
    const succeeded = history.filter(({ type }) => type === 'MapIterationSucceeded');
    expect(succeeded).toHaveLength(items.length);
  } finally {
    await engine.close();
  }
}, 60_000);

it('an execution that was stopped goes on where it was', async () => {
  const engine = await openEngine({ handlers: { work: () => 'done' } });
  const becomes = (status: Status) =>
    vi.waitFor(async () => expect((await engine.read('one'))?.status).toBe(status), {
      timeout: 30_000,
      interval: 20,
    });
  const states = {
    Hold: { Type: 'Wait', Seconds: 1, Next: 'Work' },
    Work: { Type: 'Task', Resource: 'work', End: true },
  };
  try {
    await engine.publish({ machine: 'm', language: 'asl', source: { StartAt: 'Hold', States: states } });
    await engine.create('m', { id: 'one' });
    await engine.stop('one', { cause: 'enough' });
    await becomes('stopped');
    expect((await engine.read('one'))?.redrive).toEqual({ count: 0 });
    await engine.retry('one');
    await becomes('succeeded');
    expect(await engine.read('one')).toMatchObject({ output: 'done', redrive: { count: 1 } });
    await expect(engine.retry('one')).rejects.toMatchObject({ code: 'not-parked' });
  } finally {
    await engine.close();
  }
}, 60_000);
