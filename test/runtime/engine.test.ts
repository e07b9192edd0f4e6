import { afterEach, describe, expect, it } from 'vitest';
import type { Engine, InstanceView } from '../../src/core/engine.js';
import type { Json } from '../../src/core/json.js';
import type { Language } from '../../src/core/language.js';
import { MAX_ID_LENGTH, MAX_PAGE, MAX_PAYLOAD_BYTES } from '../../src/core/limits.js';
import { Refused } from '../../src/core/problem.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import type { Handlers } from '../../src/runtime/handler.js';
import { Registry } from '../../src/runtime/registry.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import { type ProbeState, probe } from '../../src/testing/probe-language.js';

const engines: Engine[] = [];

interface Setting {
  readonly store?: Store;
  readonly handlers?: Handlers;
  readonly languages?: readonly Language[];
  readonly works?: boolean;
  readonly failMissing?: boolean;
}

async function open(setting: Setting = {}): Promise<Engine> {
  const {
    store = openMemoryStore(),
    handlers = {},
    languages = [probe],
    works = true,
    failMissing = false,
  } = setting;
  const registry = new Registry({ languages, handlers });
  const identity = `test:${process.pid}:0:${engines.length}`;
  const engine = new DurableEngine({ store, registry, clock: systemClock, identity, works, failMissing });
  engines.push(engine);
  await engine.publish({ machine: 'probe', language: 'probe', source: {} });
  return engine;
}

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

const wait = '10s';

async function until(
  engine: Engine,
  id: string,
  holds: (view: InstanceView) => boolean,
): Promise<InstanceView> {
  for (let i = 0; i < 1_000; i++) {
    const view = await engine.read(id);
    if (view !== undefined && holds(view)) return view;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${id} never got there: ${JSON.stringify(await engine.read(id))}`);
}

const stateOf = (view: InstanceView) => view.context as unknown as ProbeState;
const refused = (code: string) => expect.objectContaining({ name: 'Refused', code });

async function run(engine: Engine, ...commands: Json[]): Promise<string> {
  const { id } = await engine.create('probe', { wait });
  await engine.send(id, { type: 'go', data: commands }, { wait });
  return id;
}

async function failureOf(engine: Engine, task: Json): Promise<{ error: string; cause: string }> {
  const id = await run(engine, task);
  await until(engine, id, (view) => stateOf(view).pending.length === 0);
  const { items } = await engine.jobs({ instance: id });
  return { error: items[0]?.error ?? '', cause: items[0]?.cause ?? '' };
}

describe('create', () => {
  it('answers an instance that can be read at once, and starts it', async () => {
    const engine = await open();
    const view = await engine.create('probe', { id: 'a', input: { n: 1 } });
    expect(view).toMatchObject({ id: 'a', machine: 'probe', version: 1, status: 'running' });
    expect(await until(engine, 'a', ({ revision }) => revision === 1)).toMatchObject({ value: 'probing' });
  });

  it('answers the same for the same id, machine and input, whatever the order of keys', async () => {
    const engine = await open();
    await engine.create('probe', { id: 'a', input: { x: 1, y: 2 }, wait });
    expect(await engine.create('probe', { id: 'a', input: { y: 2, x: 1 } })).toMatchObject({
      id: 'a',
      revision: 1,
    });
  });

  it('refuses an id that is taken by another input', async () => {
    const engine = await open();
    await engine.create('probe', { id: 'a', input: 1 });
    await expect(engine.create('probe', { id: 'a', input: 2 })).rejects.toEqual(refused('conflict'));
  });

  it('makes an id if none is given', async () => {
    const engine = await open();
    const [a, b] = await Promise.all([engine.create('probe'), engine.create('probe')]);
    expect(a.id).not.toBe(b.id);
  });

  it('refuses an unknown machine and names the one that was meant', async () => {
    const engine = await open();
    const refusal = await engine.create('porbe').catch((error: unknown) => error);
    expect(refusal).toEqual(refused('unknown-machine'));
    expect((refusal as Refused).problems[0]?.hint).toContain('probe');
  });

  it('refuses bad ids and input that is not JSON', async () => {
    const engine = await open();
    await expect(engine.create('probe', { id: 'a/b' })).rejects.toEqual(refused('invalid-id'));
    await expect(engine.create('probe', { input: Number.NaN })).rejects.toEqual(refused('not-json'));
  });
});

describe('send', () => {
  it('is applied once for one id, and says so the second time', async () => {
    const engine = await open();
    await engine.create('probe', { id: 'a', wait });
    const first = await engine.send('a', { type: 'go', id: 'e1', data: [] }, { wait });
    expect(first).toMatchObject({ duplicate: false, applied: { revision: 2, outcome: { kind: 'applied' } } });
    const second = await engine.send('a', { type: 'go', id: 'e1', data: [] });
    expect(second).toMatchObject({ duplicate: true, applied: { revision: 2 } });
    expect(await engine.read('a')).toMatchObject({ revision: 2 });
  });

  it('refuses an id that came before with another body', async () => {
    const engine = await open();
    await engine.create('probe', { id: 'a' });
    await engine.send('a', { type: 'go', id: 'e1' });
    await expect(engine.send('a', { type: 'go', id: 'e1', data: 1 })).rejects.toEqual(refused('conflict'));
    await expect(engine.send('a', { type: 'stop', id: 'e1' })).rejects.toEqual(refused('conflict'));
  });

  it('refuses an unknown instance, or creates it where the call says so', async () => {
    const engine = await open();
    await expect(engine.send('a', { type: 'go' })).rejects.toEqual(refused('unknown-instance'));
    await engine.send('a', { type: 'go' }, { create: 'probe', wait });
    expect(await engine.read('a')).toMatchObject({ revision: 2 });
  });

  it('sends to the instance that another call made meanwhile, with whatever input', async () => {
    const store = openMemoryStore();
    const engine = await open({ store, works: false });
    const send = store.send.bind(store);
    let raced = false;
    store.send = async (messages) => {
      const results = await send(messages);
      if (!raced) await engine.create('probe', { id: 'a', input: { other: true } });
      raced = true;
      return results;
    };
    const receipt = await engine.send('a', { type: 'go', id: 'e' }, { create: 'probe' });
    expect(receipt).toEqual({ instance: 'a', id: 'e', duplicate: false });
  });

  it('refuses a wait that is none before it writes anything', async () => {
    const engine = await open({ works: false });
    await expect(engine.create('probe', { id: 'a', wait: 'soon' })).rejects.toEqual(refused('duration'));
    expect(await engine.read('a')).toBeUndefined();
    await engine.create('probe', { id: 'a' });
    await expect(engine.send('a', { type: 'go', id: 'e' }, { wait: -1 })).rejects.toEqual(
      refused('duration'),
    );
    expect(await engine.send('a', { type: 'go', id: 'e' })).toMatchObject({ duplicate: false });
  });

  it('takes data of exactly the limit and refuses one byte more', async () => {
    const engine = await open();
    await engine.create('probe', { id: 'a' });
    const data = 'x'.repeat(MAX_PAYLOAD_BYTES - 2);
    await engine.send('a', { type: 'go', data });
    await expect(engine.send('a', { type: 'go', data: `${data}x` })).rejects.toEqual(
      refused('payload-too-large'),
    );
  });

  it('takes a type of the greatest length and none longer, and none that is empty', async () => {
    const engine = await open();
    await engine.create('probe', { id: 'a' });
    await engine.send('a', { type: 'x'.repeat(MAX_ID_LENGTH) });
    await expect(engine.send('a', { type: 'x'.repeat(MAX_ID_LENGTH + 1) })).rejects.toEqual(
      refused('invalid-event'),
    );
    await expect(engine.send('a', { type: '' })).rejects.toEqual(refused('invalid-event'));
  });

  it('journals an event for an ended instance as ignored', async () => {
    const engine = await open();
    const id = await run(engine, { end: 'succeeded' });
    const receipt = await engine.send(id, { type: 'late' }, { wait });
    expect(receipt.applied?.outcome).toMatchObject({ kind: 'ignored' });
  });
});

describe('a step that throws', () => {
  it('parks its instance after its attempts, lets the others go on, and tries again when told to', async () => {
    let broken = true;
    const fragile: Language = {
      ...probe,
      step: (program, state, event) => {
        if (broken && event.type === 'signal' && event.name === 'poison') throw new TypeError('cannot');
        return probe.step(program, state, event);
      },
    };
    const engine = await open({ languages: [fragile] });
    await engine.create('probe', { id: 'sick', wait });
    await engine.create('probe', { id: 'well', wait });
    await engine.send('sick', { type: 'poison' });
    await engine.send('well', { type: 'go' }, { wait });
    const parked = await until(engine, 'sick', (view) => view.parked !== undefined);
    expect(parked.parked?.message).toContain('TypeError: cannot');
    expect((await engine.list({ parked: true })).items.map(({ id }) => id)).toEqual(['sick']);
    await expect(engine.retry('well')).rejects.toEqual(refused('not-parked'));
    broken = false;
    await engine.retry('sick');
    expect(await until(engine, 'sick', ({ revision }) => revision === 2)).not.toHaveProperty('parked');
  });
});

describe('a handler', () => {
  it('gets a stable job id, its instance, the attempt and a signal, and its result answers the task', async () => {
    const seen: unknown[] = [];
    const engine = await open({
      handlers: {
        double: (input, job) => {
          seen.push([job.jobId, job.resource, job.instance, job.attempt, job.signal.aborted]);
          return Number(input) * 2;
        },
      },
    });
    const id = await run(engine, { task: 'double', input: 21 });
    const view = await until(engine, id, (view) => stateOf(view).pending.length === 0);
    expect(stateOf(view).answers).toEqual({ '2.0': 'task.succeeded' });
    expect(seen).toEqual([[`${id}/2/0`, 'double', id, 1, false]]);
    expect((await engine.jobs({ instance: id })).items).toMatchObject([{ status: 'completed', attempts: 1 }]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new RangeError('too far');
      },
      'RangeError',
      'too far',
    ],
    ['rejects', () => Promise.reject(new Error('no')), 'Error', 'no'],
    [
      'throws a text',
      () => {
        throw 'plain';
      },
      'Error',
      'plain',
    ],
    [
      'throws what has no words',
      () => {
        throw Object.create(null);
      },
      'Error',
      '{}',
    ],
    ['returns a function', () => () => 1, 'ResultNotJson', 'a function has no JSON form'],
    ['returns NaN inside', () => ({ a: [Number.NaN] }), 'ResultNotJson', '"/a/0"'],
    ['returns too much', () => 'x'.repeat(MAX_PAYLOAD_BYTES), 'ResultTooLarge', 'bytes'],
  ])('that %s fails its task with a name and a cause', async (_what, handler, error, cause) => {
    const engine = await open({ handlers: { bad: handler } });
    const failure = await failureOf(engine, { task: 'bad', input: null });
    expect(failure.error).toBe(error);
    expect(failure.cause).toContain(cause);
  });

  it('that hangs fails its task at the deadline, hears of it, and holds nobody else up', async () => {
    let aborted: unknown;
    const hang = (_input: Json, job: { signal: AbortSignal }) =>
      new Promise(() => job.signal.addEventListener('abort', () => (aborted = job.signal.reason)));
    const engine = await open({ handlers: { hang, echo: (input) => input } });
    const hung = await run(engine, { task: 'hang', timeoutMs: 300 });
    const other = await run(engine, { task: 'echo' });
    await until(engine, other, (view) => stateOf(view).pending.length === 0);
    const view = await until(engine, hung, (view) => stateOf(view).pending.length === 0);
    expect(stateOf(view).answers).toEqual({ '2.0': 'task.failed' });
    expect((await engine.jobs({ instance: hung })).items[0]?.error).toBe('Timeout');
    for (let i = 0; aborted === undefined && i < 500; i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(aborted).toMatchObject({ message: 'the job is no longer ours' });
  });

  it('that is missing leaves the job waiting, or fails it at once where that is asked for', async () => {
    const store = openMemoryStore();
    const patient = await open({ store });
    const id = await run(patient, { task: 'nobody' });
    expect((await patient.jobs({ instance: id })).items).toMatchObject([
      { status: 'pending', name: 'nobody' },
    ]);
    // Its definitions name what they ask for.
    const naming: Language = { ...probe, compile: () => ({ language: 'probe', tasks: ['nobody'] }) };
    const strict = await open({ failMissing: true, languages: [naming] });
    expect(await failureOf(strict, { task: 'nobody' })).toMatchObject({ error: 'HandlerMissing' });
  });

  it('is told to stop when the engine closes, and its job is given back', async () => {
    const store = openMemoryStore();
    const keep = new Proxy(store, {
      get: (target, key: string & keyof Store) => {
        const member = key === 'close' ? async () => {} : target[key];
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const hang = (_input: Json, job: { signal: AbortSignal }) =>
      new Promise((_, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason)));
    const first = await open({ store: keep, handlers: { work: hang } });
    const id = await run(first, { task: 'work' });
    for (let i = 0; (await first.jobs({ status: 'processing' })).items.length === 0 && i < 500; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await first.close();
    expect((await store.jobs({ instance: id })).items).toMatchObject([{ status: 'pending' }]);
    const second = await open({ store, handlers: { work: () => 'done' } });
    const view = await until(second, id, (view) => stateOf(view).pending.length === 0);
    expect(stateOf(view).answers).toEqual({ '2.0': 'task.succeeded' });
  });
});

describe('reading', () => {
  it('shows history, jobs, machines and health', async () => {
    const engine = await open({ handlers: { echo: (input) => input } });
    const id = await run(engine, { task: 'echo' });
    await until(engine, id, ({ revision }) => revision === 3);
    const { items } = await engine.history(id);
    expect(items.map(({ revision, index, type }) => [revision, index, type])).toEqual([
      [1, 0, 'Probed'],
      [2, 0, 'Probed'],
      [3, 0, 'Probed'],
    ]);
    expect(await engine.machines()).toMatchObject([{ machine: 'probe', version: 1 }]);
    expect(await engine.health()).toMatchObject({ ok: true, instances: 1, parked: 0 });
    expect(await engine.count({ status: 'running' })).toBe(1);
  });

  it('pages through lists', async () => {
    const engine = await open();
    for (const id of ['a', 'b', 'c']) await engine.create('probe', { id });
    const first = await engine.list({ limit: 2 });
    const rest = await engine.list({ limit: 2, ...(first.next === undefined ? {} : { after: first.next }) });
    expect([...first.items, ...rest.items].map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    expect(rest.next).toBeUndefined();
  });

  it('refuses a page of no rows, and of more than the limit', async () => {
    const engine = await open();
    await engine.list({ limit: MAX_PAGE });
    await expect(engine.list({ limit: MAX_PAGE + 1 })).rejects.toEqual(refused('invalid-limit'));
    await expect(engine.list({ limit: 0 })).rejects.toEqual(refused('invalid-limit'));
  });

  it('answers nothing for an unknown instance, and refuses its history', async () => {
    const engine = await open();
    expect(await engine.read('nobody')).toBeUndefined();
    await expect(engine.history('nobody')).rejects.toEqual(refused('unknown-instance'));
  });

  it('tells when something is due and no worker takes it', async () => {
    let now = Date.now();
    const engine = await open({ store: openMemoryStore({ clock: () => now }), works: false });
    await engine.create('probe', { id: 'a' });
    expect(await engine.read('a')).not.toHaveProperty('lag');
    now += 10_000;
    expect((await engine.read('a'))?.lag).toContain('no worker has taken it');
  });

  it('tells what is missing here, unless nothing is stepped here anyway', async () => {
    let now = Date.now();
    const store = openMemoryStore({ clock: () => now });
    const compile = () => {
      throw new Refused({ code: 'missing', message: 'there is no guard "open"', path: '' });
    };
    const languages = [{ ...probe, compile }];
    const worker = await open({ store, languages });
    const reader = await open({ store, languages, works: false });
    await worker.create('probe', { id: 'a' });
    now += 10_000;
    expect((await worker.read('a'))?.lag).toContain('here: there is no guard "open"');
    expect((await reader.read('a'))?.lag).toContain('no worker has taken it');
  });
});

describe('publish', () => {
  it('refuses a definition with errors and tells them all', async () => {
    const strict: Language = {
      ...probe,
      check: () => [
        { code: 'one', message: 'first', path: '/a' },
        { code: 'two', message: 'second', path: '/b' },
        { code: 'three', message: 'only a warning', path: '', severity: 'warning' },
      ],
    };
    const registry = new Registry({ languages: [strict] });
    const store = openMemoryStore();
    const engine = new DurableEngine({ store, registry, clock: systemClock, identity: 'x', works: false });
    const refusal = await engine
      .publish({ machine: 'm', language: 'probe', source: {} })
      .catch((error) => error);
    expect(refusal.problems.map(({ code }: { code: string }) => code)).toEqual([
      'definition-invalid',
      'one',
      'two',
    ]);
    await engine.close();
  });

  it('refuses an unknown language', async () => {
    const engine = await open();
    const publication = { machine: 'm', language: 'klingon', source: {} };
    await expect(engine.publish(publication)).rejects.toEqual(refused('unknown-language'));
  });

  it('gives the same content the same version, and other content the next', async () => {
    const engine = await open();
    const publish = (n: number) => engine.publish({ machine: 'm', language: 'probe', source: { n } });
    expect([(await publish(1)).version, (await publish(1)).version, (await publish(2)).version]).toEqual([
      1, 1, 2,
    ]);
  });
});
