import { afterEach, describe, expect, it } from 'vitest';
import type { Engine, WatchedHistory, WatchOptions } from '../../src/core/engine.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { WATCH_PAGE } from '../../src/runtime/watching.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import { probe } from '../../src/testing/probe-language.js';

let engine: Engine;
let store: Store;

async function open(): Promise<void> {
  store = openMemoryStore();
  const registry = new Registry({ languages: [probe] });
  engine = new DurableEngine({ store, registry, clock: systemClock, identity: 'test:1:0:1', works: true });
  for (const machine of ['probe', 'other']) {
    await engine.publish({ machine, language: 'probe', source: { machine } });
  }
}

afterEach(() => engine.close());

const wait = '10s';
const refused = (code: string) => expect.objectContaining({ name: 'Refused', code });

/** `<instance> <revision>` of each entry. */
function places({ entries }: WatchedHistory): string[] {
  return entries.map(({ instance, revision }) => `${instance} ${revision}`);
}

/** Reads pages until so many entries have come. */
async function read(
  watch: AsyncIterator<WatchedHistory>,
  count: number,
): Promise<{ seen: string[]; position: string }> {
  const seen: string[] = [];
  let position = '';
  while (seen.length < count) {
    const { value, done } = await watch.next();
    if (done === true) throw new Error('the watch ended');
    seen.push(...places(value));
    ({ position } = value);
  }
  return { seen, position };
}

function start(options: WatchOptions = {}): AsyncIterator<WatchedHistory> {
  return engine.watch(options)[Symbol.asyncIterator]();
}

describe('watch', () => {
  it('begins at the end, says where that is, and reads on as things happen', async () => {
    await open();
    await engine.create('probe', { id: 'a', wait });
    const watch = start();
    const first = await watch.next();
    expect(first.value).toEqual({ entries: [], position: expect.any(String) });
    await engine.create('other', { id: 'b' });
    expect((await read(watch, 1)).seen).toEqual(['b 1']);
    await engine.send('a', { type: 'x' });
    expect((await read(watch, 1)).seen).toEqual(['a 2']);
    await watch.return?.();
  });

  it('goes on behind any position that it gave out, with nothing skipped or repeated', async () => {
    await open();
    const total = 2 * WATCH_PAGE + 50;
    await engine.create('probe', { id: 'a', wait });
    for (let n = 0; n < total - 1; n++) await engine.send('a', { type: 'x' });
    const whole = await read(start({ after: '' }), total);
    expect(whole.seen).toEqual(Array.from({ length: total }, (_, n) => `a ${n + 1}`));
    const seen: string[] = [];
    for (let after = ''; seen.length < total; ) {
      const { value } = await start({ after }).next();
      expect(value.entries.length).toBeLessThanOrEqual(WATCH_PAGE);
      seen.push(...places(value));
      after = value.position;
    }
    expect(seen).toEqual(whole.seen);
  });

  it('reads one instance, or the instances of a machine', async () => {
    await open();
    for (const [id, machine] of [
      ['a', 'probe'],
      ['b', 'other'],
      ['c', 'probe'],
    ] as const) {
      await engine.create(machine, { id, wait });
    }
    expect((await read(start({ after: '', instance: 'c' }), 1)).seen).toEqual(['c 1']);
    expect((await read(start({ after: '', machine: 'probe' }), 2)).seen).toEqual(['a 1', 'c 1']);
    const live = start({ machine: 'other' });
    await live.next();
    await engine.send('a', { type: 'x' }, { wait });
    await engine.send('b', { type: 'x' });
    expect((await read(live, 1)).seen).toEqual(['b 2']);
    await live.return?.();
  });

  it('refuses what there is not', async () => {
    await open();
    await expect(start({ instance: 'nobody' }).next()).rejects.toEqual(refused('unknown-instance'));
    await expect(start({ machine: 'prob' }).next()).rejects.toEqual(refused('unknown-machine'));
    await expect(start({ after: 'yesterday' }).next()).rejects.toEqual(refused('invalid-position'));
  });

  it('says reset where what it would have read next was swept', async () => {
    await open();
    const { value } = await start({ after: '' }).next();
    await engine.create('probe', { id: 'a', input: [{ end: 'succeeded' }], wait });
    await engine.create('probe', { id: 'b', wait });
    await expect.poll(async () => store.sweep({ what: 'instances', before: Date.now(), limit: 10 })).toBe(1);
    const gone = await start({ after: value.position }).next();
    expect([places(gone.value), gone.value.reset]).toEqual([['b 1'], true]);
  });

  it('ends where its signal says so, and where the engine closes', async () => {
    await open();
    const stop = new AbortController();
    const watch = start({ signal: stop.signal });
    await watch.next();
    const waiting = watch.next();
    stop.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const other = start();
    await other.next();
    const last = other.next();
    await engine.close();
    expect(await last).toEqual({ done: true, value: undefined });
    expect(await start({ signal: stop.signal }).next()).toEqual({ done: true, value: undefined });
  });

  it('listens to the store for as long as it is read, and no longer', async () => {
    await open();
    let listeners = 0;
    const { onChange } = store;
    store.onChange = (listener) => {
      listeners += 1;
      const stop = onChange.call(store, listener);
      return () => {
        listeners -= 1;
        stop();
      };
    };
    for await (const page of engine.watch()) {
      expect([page.entries, listeners]).toEqual([[], 1]);
      break;
    }
    expect(listeners).toBe(0);
  });
});
