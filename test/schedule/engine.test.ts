import { afterEach, describe, expect, it } from 'vitest';
import type { Engine, InstanceView } from '../../src/core/engine.js';
import type { JsonObject } from '../../src/core/json.js';
import { SCHEDULE_MACHINE } from '../../src/core/schedule-id.js';
import { openEngine } from '../../src/embed/engine.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { schedule } from '../../src/schedule/language.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import { probe } from '../../src/testing/probe-language.js';

const engines: Engine[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

/** An engine with a machine that ends at once, and one that waits to be told. */
async function open(): Promise<Engine> {
  const quick = { id: 'quick', initial: 'done', states: { done: { type: 'final' } } };
  const slow = { id: 'slow', initial: 'on', states: { on: { on: { end: 'off' } }, off: { type: 'final' } } };
  const engine = await openEngine({ definitions: [quick, slow] });
  engines.push(engine);
  return engine;
}

const wait = '20s';
const yearly = (start: object) => ({ cron: '@yearly', start: start as JsonObject });
const contextOf = (view: InstanceView | undefined) => view?.context as JsonObject;

async function until(
  engine: Engine,
  id: string,
  holds: (context: JsonObject) => boolean,
): Promise<JsonObject> {
  for (let i = 0; i < 2_000; i++) {
    const context = contextOf(await engine.read(id));
    if (context !== null && holds(context)) return context;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${id} never got there: ${JSON.stringify(await engine.read(id))}`);
}

const runs = (context: JsonObject, key: 'running' | 'recent') =>
  context[key] as unknown as readonly { readonly id: string; readonly status?: string }[];

describe('an engine', () => {
  it('runs a schedule: its runs start on time, end, and are instances of their own', async () => {
    const engine = await open();
    const { id } = await engine.schedule('tick', { every: '1s', start: { machine: 'quick' }, limit: 2 });
    expect(id).toBe('schedule/tick');
    const context = await until(engine, id, ({ counts }) => (counts as JsonObject)['fired'] === 2);
    await until(engine, id, (now) => runs(now, 'recent').length === 2);
    expect(context).toMatchObject({ name: 'tick', next: null });
    expect((await engine.read(id))?.status).toBe('succeeded');
    const { items } = await engine.list({ machine: 'quick' });
    expect(items.map(({ status, parent }) => [status, parent])).toEqual([
      ['succeeded', id],
      ['succeeded', id],
    ]);
    const { items: history } = await engine.history(id);
    const fired = history.filter(({ type }) => type === 'ScheduleFired');
    expect(fired.every(({ data }) => Number(data['lateMs']) >= 0)).toBe(true);
    expect(new Set(fired.map(({ data }) => data['scheduledAt'])).size).toBe(2);
  });

  it('passes on what is sent to a schedule, and stops the run that is replaced', async () => {
    const engine = await open();
    const { id } = await engine.schedule('year', { ...yearly({ machine: 'slow' }), overlap: 'replace' });
    await engine.send(id, { type: 'trigger' }, { wait });
    const [first] = runs(contextOf(await engine.read(id)), 'running');
    await engine.send(id, { type: 'trigger' }, { wait });
    const context = await until(engine, id, (now) => runs(now, 'recent').length === 1);
    expect(runs(context, 'recent')).toMatchObject([{ id: first?.id, status: 'stopped' }]);
    await until(engine, id, (now) => runs(now, 'running').length === 1);
    const receipt = await engine.send(id, { type: 'update', data: { cron: 'never' } }, { wait });
    expect(receipt.applied?.outcome).toMatchObject({
      kind: 'rejected',
      problem: { code: 'schedule-invalid' },
    });
    await engine.stop(id);
    await until(engine, id, ({ next }) => next === null);
    expect((await engine.read(id))?.status).toBe('stopped');
  });

  it('notes a run of a machine that there is none of as failed', async () => {
    const engine = await open();
    const { id } = await engine.schedule('nobody', yearly({ machine: 'nobody' }));
    await engine.send(id, { type: 'trigger' }, { wait });
    const context = await until(engine, id, (now) => runs(now, 'recent').length === 1);
    expect(runs(context, 'recent')).toMatchObject([{ status: 'failed', error: 'UnknownMachine' }]);
  });

  it('creates a schedule once, and refuses another specification under its name', async () => {
    const engine = await open();
    const view = await engine.schedule('report', yearly({ machine: 'quick' }));
    expect((await engine.schedule('report', yearly({ machine: 'quick' }))).createdAt).toBe(view.createdAt);
    await expect(engine.schedule('report', yearly({ machine: 'slow' }))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await engine.list({ machine: SCHEDULE_MACHINE })).items).toHaveLength(1);
  });

  it('refuses a wrong one with everything that is wrong with it, and creates nothing', async () => {
    const engine = await open();
    await expect(engine.schedule('wrong', { evry: '1s', start: {} })).rejects.toMatchObject({
      code: 'schedule-invalid',
      problems: [{ hint: 'did you mean "every"?' }, { path: '' }, { path: '/start/machine' }],
    });
    await expect(engine.schedule('a/b', yearly({ machine: 'quick' }))).rejects.toMatchObject({
      code: 'invalid-id',
    });
    expect(await engine.count({ machine: SCHEDULE_MACHINE })).toBe(0);
  });

  it('keeps the machine and the language of schedules to itself', async () => {
    const engine = await open();
    await engine.schedule('report', yearly({ machine: 'quick' }));
    const machines = (await engine.machines()).map(({ machine }) => machine);
    expect(machines).toEqual(['quick', 'slow']);
    const input = yearly({ machine: 'quick' });
    await expect(engine.create(SCHEDULE_MACHINE, { id: 'mine', input })).rejects.toMatchObject({
      code: 'reserved',
      problems: [{ path: '/machine', hint: expect.stringContaining('engine.schedule') }],
    });
    const sent = engine.send('mine', { type: 'trigger' }, { create: SCHEDULE_MACHINE });
    await expect(sent).rejects.toMatchObject({ code: 'reserved' });
    const publication = { machine: 'mine', language: 'schedule', source: {} };
    await expect(engine.publish(publication)).rejects.toMatchObject({
      code: 'reserved',
      problems: [{ path: '/language' }],
    });
    expect(await engine.read('mine')).toBeUndefined();
  });

  it('lets nobody have a schedule as a child', async () => {
    const engine = new DurableEngine({
      store: openMemoryStore(),
      registry: new Registry({ languages: [probe, schedule] }),
      clock: systemClock,
      identity: 'test',
      works: true,
    });
    engines.push(engine);
    await engine.publish({ machine: 'probe', language: 'probe', source: {} });
    await engine.schedule('report', yearly({ machine: 'probe' }));
    await engine.create('probe', { id: 'parent' });
    const spawn = { spawn: SCHEDULE_MACHINE, input: yearly({ machine: 'probe' }) };
    await engine.send('parent', { type: 'go', data: [spawn] }, { wait });
    for (let i = 0; i < 2_000 && (await engine.read('parent'))?.revision !== 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(contextOf(await engine.read('parent'))).toMatchObject({ answers: { '2.0': 'child.ended' } });
    expect(await engine.count({ machine: SCHEDULE_MACHINE })).toBe(1);
  });

  it('keeps the ids of schedules to itself', async () => {
    const engine = await open();
    await expect(engine.create('quick', { id: 'schedule/mine' })).rejects.toMatchObject({
      code: 'invalid-id',
    });
    const sent = engine.send('schedule/mine', { type: 'go' }, { create: 'quick' });
    await expect(sent).rejects.toMatchObject({ code: 'invalid-id' });
    const publication = { machine: SCHEDULE_MACHINE, language: 'schedule', source: {} };
    await expect(engine.publish(publication)).rejects.toMatchObject({ code: 'invalid-id' });
  });
});
