import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childrenOf, DevProcess, freePort, pause } from './dev-process.js';

const KB = 1_000;
const MB = 1_000_000;

/** How many times longer others may wait for their answers meanwhile, in the median. */
const SLOWER = 100;

/** What the server's memory may grow by while it refuses ten times this much. */
const GROWTH_BYTES = 150 * MB;

const dir = mkdtempSync(join(tmpdir(), 'detent-oversize-'));
const here = (file: string) => join(import.meta.dirname, file);
let dev: DevProcess;

beforeAll(async () => {
  const db = `sqlite:${join(dir, 'sizes.db')}`;
  dev = new DevProcess(await freePort(), [
    here('sizes.yaml'),
    '--handlers',
    here('sizes-handlers.mjs'),
    '--db',
    db,
  ]);
  await dev.start();
});

afterAll(async () => {
  await dev.signal('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Posts a body piece by piece, and takes the answer whenever it comes; `announced`: with its length. */
function post(path: string, body: Buffer, announced = true): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = announced ? { 'content-length': String(body.length) } : { 'transfer-encoding': 'chunked' };
    const headers = { 'content-type': 'application/json', ...length };
    // Without an agent each has a connection of its own, and asks for it to be closed.
    const options = { method: 'POST', headers, agent: false };
    const outgoing = request(`${dev.url}/api/v1${path}`, options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(text) as Answer['body'] });
        outgoing.destroy();
      });
      incoming.on('error', reject);
    });
    // Whoever was answered may be cut off while it still sends.
    outgoing.on('error', reject);
    const piece = 65_536;
    const send = (from: number): void => {
      if (outgoing.destroyed || from >= body.length) outgoing.end();
      else outgoing.write(body.subarray(from, from + piece), () => setImmediate(send, from + piece));
    };
    send(0);
  });
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const text = (length: number) => 'x'.repeat(length);

async function create(id: string): Promise<void> {
  expect((await post('/instances?wait=30s', json({ machine: 'sizes', id }))).status).toBe(201);
}

async function view(id: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${dev.url}/api/v1/instances/${id}`)).json()) as Record<string, unknown>;
}

describe('a payload', () => {
  it('of 300 kB is taken, kept, read and answered by a handler', async () => {
    await create('large');
    const sent = await post('/instances/large/events?wait=30s', json({ type: 'KEEP', data: text(300 * KB) }));
    expect(sent).toMatchObject({ status: 200, body: { applied: { outcome: { kind: 'applied' } } } });
    expect((await view('large'))['context']).toMatchObject({ text: text(300 * KB) });
    await post('/instances/large/events?wait=30s', json({ type: 'MAKE', data: 300 * KB }));
    await until(async () => (await view('large'))['value'] === 'open');
    expect((await view('large'))['context']).toMatchObject({ made: 300 * KB, error: null });
    const input = { machine: 'sizes', id: 'large-input', input: text(300 * KB) };
    expect((await post('/instances', json(input))).status).toBe(201);
  });

  it.each([5 * MB, 50 * MB])('of %d bytes is refused in words, however it is sent', async (length) => {
    await create(`refused-${length}`);
    const before = await view(`refused-${length}`);
    for (const announced of [true, false]) {
      const event = json({ type: 'KEEP', data: text(length), id: 'big' });
      const answer = await post(`/instances/refused-${length}/events`, event, announced);
      expect(answer).toMatchObject({ status: 413, body: { code: 'payload-too-large' } });
      expect(String(answer.body['detail'] ?? answer.body['message'])).toMatch(/\d+ bytes/);
      const creation = json({ machine: 'sizes', id: `never-${length}`, input: text(length) });
      expect(await post('/instances', creation, announced)).toMatchObject({ status: 413 });
    }
    expect(await view(`refused-${length}`)).toEqual(before);
    expect(await view(`never-${length}`)).toMatchObject({ code: 'unknown-instance' });
    // The id was not taken by what was refused.
    const small = await post(
      `/instances/refused-${length}/events`,
      json({ type: 'KEEP', data: 1, id: 'big' }),
    );
    expect(small.body).toMatchObject({ duplicate: false });
  });

  it.each([
    5 * MB,
    50 * MB,
  ])('of %d bytes from a handler fails its task, and nothing else', async (length) => {
    await create(`made-${length}`);
    await post(`/instances/made-${length}/events?wait=30s`, json({ type: 'MAKE', data: length }));
    await until(async () => (await view(`made-${length}`))['value'] === 'open');
    expect((await view(`made-${length}`))['context']).toMatchObject({ made: null, error: 'ResultTooLarge' });
  });

  it.skipIf(!existsSync('/proc/self/status'))(
    'of 50 MB costs neither memory nor the others their answers, ten at a time',
    async () => {
      await create('other');
      const [server] = childrenOf(dev.pid);
      const before = peakBytes(server ?? 0);
      const keepMs = async () => {
        const began = performance.now();
        const answer = await post('/instances/other/events?wait=30s', json({ type: 'KEEP', data: 1 }));
        expect(answer).toMatchObject({ status: 200, body: { applied: { outcome: { kind: 'applied' } } } });
        return performance.now() - began;
      };
      const alone: number[] = [];
      for (let time = 0; time < 9; time++) alone.push(await keepMs());
      const body = json({ type: 'KEEP', data: text(50 * MB) });
      let uploading = true;
      const uploads = Promise.all(
        Array.from({ length: 10 }, (_, index) => post('/instances/other/events', body, index % 2 === 0)),
      ).finally(() => {
        uploading = false;
      });
      const times: number[] = [];
      do times.push(await keepMs());
      while (uploading);
      for (const answer of await uploads) expect(answer.status).toBe(413);
      expect(childrenOf(dev.pid)).toEqual([server]);
      expect(peakBytes(server ?? 0) - before, 'bytes of memory more than before').toBeLessThan(GROWTH_BYTES);
      expect(median(times), 'ms to an answer').toBeLessThan(SLOWER * median(alone));
      expect(dev.output).not.toContain('restarting');
    },
  );
});

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** The most memory that a process has had in its life. */
function peakBytes(pid: number): number {
  const [, kB] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  if (kB === undefined) throw new Error(`nothing is told of process ${pid}`);
  return Number(kB) * 1_024;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const giveUpAt = performance.now() + 30_000; performance.now() < giveUpAt; await pause(20))
    if (await holds()) return;
  throw new Error('it never came to this');
}
