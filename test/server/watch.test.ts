import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import { eventStream, eventText, type ServerSentEvent } from '../../src/server/event-stream.js';
import { type Listening, listen } from '../../src/server/listen.js';
import { MAX_STREAMS } from '../../src/server/routes/watch.js';
import { openApp } from './open-app.js';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Told {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: { readonly entries?: readonly { instance: string; revision: number }[] };
}

/** Reads a stream, event by event, as a browser does. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = '';

  constructor(response: Response) {
    if (response.body === null) throw new Error('there is no body');
    this.#reader = response.body.getReader();
  }

  /** The next event or comment; undefined at the end. */
  async block(): Promise<string | undefined> {
    while (!this.#text.includes('\n\n')) {
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
    const end = this.#text.indexOf('\n\n');
    const block = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 2);
    return block;
  }

  async next(): Promise<Told> {
    for (let block = await this.block(); block !== undefined; block = await this.block()) {
      const field = (name: string) =>
        block
          ?.split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const event = field('event');
      if (event !== undefined) return { event, id: field('id'), data: JSON.parse(field('data') ?? '') };
    }
    throw new Error('the stream ended');
  }

  /** `<instance> <revision>` of so many entries. */
  async places(count: number): Promise<string[]> {
    const places: string[] = [];
    while (places.length < count) {
      const { data } = await this.next();
      places.push(...(data.entries ?? []).map(({ instance, revision }) => `${instance} ${revision}`));
    }
    return places;
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

async function openServer(): Promise<{ engine: Engine; server: Listening; watch: Watch }> {
  const { app, engine } = await openApp();
  const server = await listen({ app, port: 0 });
  closers.push(() => server.close());
  const watch: Watch = async (query = '', headers = {}) => {
    const stop = new AbortController();
    closers.unshift(async () => stop.abort());
    const response = await fetch(`${server.url}/api/v1/watch${query}`, { headers, signal: stop.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    return { reader: new Reader(response), cut: () => stop.abort() };
  };
  return { engine, server, watch };
}

type Watch = (
  query?: string,
  headers?: Record<string, string>,
) => Promise<{ readonly reader: Reader; readonly cut: () => void }>;

const wait = '10s';

describe('GET /api/v1/watch', () => {
  it('streams what happens from now on', async () => {
    const { engine, watch } = await openServer();
    await engine.create('probe', { id: 'a', wait });
    const { reader } = await watch();
    expect(await reader.next()).toMatchObject({ event: 'history', data: { entries: [] } });
    await engine.send('a', { type: 'x' });
    expect(await reader.places(1)).toEqual(['a 2']);
    await engine.create('probe', { id: 'b' });
    expect(await reader.places(1)).toEqual(['b 1']);
  });

  it('goes on where a client was cut off, by the id of the last event that it had', async () => {
    const { engine, watch } = await openServer();
    await engine.create('probe', { id: 'a', wait });
    const { reader, cut } = await watch('?after=');
    const { id = '', data } = await reader.next();
    expect(data.entries).toHaveLength(1);
    cut();
    for (let n = 0; n < 3; n++) await engine.send('a', { type: 'x' }, { wait });
    const again = await watch('?after=ignored', { 'last-event-id': id });
    expect(await again.reader.places(3)).toEqual(['a 2', 'a 3', 'a 4']);
    const other = await watch(`?after=${id}`);
    expect(await other.reader.places(3)).toEqual(['a 2', 'a 3', 'a 4']);
  });

  it('streams one instance, or the instances of a machine', async () => {
    const { engine, watch } = await openServer();
    for (const id of ['a', 'b']) await engine.create('probe', { id, wait });
    expect(await (await watch('?after=&instance=b')).reader.places(1)).toEqual(['b 1']);
    expect(await (await watch('?after=&machine=probe')).reader.places(2)).toEqual(['a 1', 'b 1']);
  });

  it('says reset where something was swept away before it could be told', async () => {
    const { engine, watch } = await openServer();
    const { id = '' } = await (await watch('?after=')).reader.next();
    await engine.create('probe', { id: 'a', input: [{ end: 'succeeded' }], wait });
    await expect
      .poll(async () => (await engine.sweep({ instances: 0 })).instances, { timeout: 10_000 })
      .toBe(1);
    const { reader } = await watch(`?after=${id}`);
    expect((await reader.next()).event).toBe('reset');
    expect((await reader.next()).event).toBe('history');
  });

  it('refuses, before it begins, what there is not', async () => {
    const { call } = await openApp();
    expect(await call('/api/v1/watch?instance=nobody')).toMatchObject({ status: 404 });
    expect(await call('/api/v1/watch?machine=prob')).toMatchObject({ status: 404 });
    expect(await call('/api/v1/watch?after=yesterday')).toMatchObject({
      status: 400,
      body: { code: 'invalid-position' },
    });
    expect(await call('/api/v1/watch?since=1')).toMatchObject({ status: 400 });
  });

  it(`keeps no more than ${MAX_STREAMS} streams open, and forgets those whose client is gone`, async () => {
    const { app } = await openApp();
    const open = async () => app.request('/api/v1/watch');
    const streams = await Promise.all(Array.from({ length: MAX_STREAMS }, open));
    expect(streams.every(({ status }) => status === 200)).toBe(true);
    const refused = await open();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ code: 'too-many-streams' });
    await streams[0]?.body?.cancel();
    expect((await app.request('/api/v1/watch', { method: 'HEAD' })).status).toBe(200);
    expect((await app.request('/api/v1/watch?instance=nobody')).status).toBe(404);
    const another = await open();
    expect(another.status).toBe(200);
    for (const { body } of [...streams.slice(1), another]) await body?.cancel();
  });

  it('ends when its engine does', async () => {
    const { engine, watch } = await openServer();
    const { reader } = await watch();
    await reader.next();
    await engine.close();
    expect(await reader.block()).toBeUndefined();
  });
});

describe('a stream of events', () => {
  async function* never(): AsyncGenerator<readonly ServerSentEvent[]> {
    yield [{ event: 'first', data: '1' }];
    await new Promise(() => {});
  }

  it('says from time to time that it is there', async () => {
    const reader = new Reader(eventStream(never(), () => {}, 5));
    expect(await reader.block()).toBe('event: first\ndata: 1');
    expect(await reader.block()).toBe(': nothing new');
    expect(await reader.block()).toBe(': nothing new');
    await reader.close();
  });

  it('takes no event before the client has room for it, and ends once', async () => {
    let taken = 0;
    async function* eager(): AsyncGenerator<readonly ServerSentEvent[]> {
      for (let n = 0; ; n++) {
        taken += 1;
        yield [{ event: 'e', data: String(n), id: `p${n}` }];
      }
    }
    let ends = 0;
    const reader = new Reader(
      eventStream(eager(), () => {
        ends += 1;
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(taken).toBe(0);
    expect(await reader.block()).toBe('id: p0\nevent: e\ndata: 0');
    expect(taken).toBe(1);
    await reader.close();
    await reader.close();
    expect([taken, ends]).toEqual([1, 1]);
  });

  it('has its events in lines', () => {
    expect(eventText({ event: 'history', data: '{}' })).toBe('event: history\ndata: {}\n\n');
  });
});
