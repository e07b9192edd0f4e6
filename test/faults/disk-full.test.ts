import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Refused } from '../../src/core/problem.js';
import { type Engine, openEngine } from '../../src/embed/engine.js';
import { connect } from '../../src/store/sqlite/connect.js';
import { pause } from './dev-process.js';
import { mountSmallDisk } from './small-disk.js';

const DISK_BYTES = 6_291_456;

/** What stands in the way until it is removed. */
const BALLAST_BYTES = 3_145_728;

const CLIENTS = 4;

const disk = mountSmallDisk(DISK_BYTES);
afterAll(() => disk?.remove());
if (disk === undefined)
  console.log('skipped: no file system may be mounted here, so no disk can be filled; as root it can');

const MACHINE = `
id: counter
initial: open
context: { n: 0 }
states:
  open:
    on:
      ADD: { assign: { n: '{% context.n + 1 %}' } }
`;

interface Client {
  readonly id: string;
  /** Ids of events that were acknowledged. */
  readonly acknowledged: string[];
}

describe.skipIf(disk === undefined)('an engine whose disk is full', () => {
  it('refuses plainly, reads on, loses nothing that it acknowledged, and goes on once there is room', async () => {
    const folder = disk?.folder ?? '';
    const ballast = join(folder, 'ballast');
    const path = join(folder, 'full.db');
    writeFileSync(ballast, Buffer.alloc(BALLAST_BYTES));
    const survived: unknown[] = [];
    const engine = await openEngine({
      db: `sqlite:${path}`,
      definitions: [MACHINE],
      onError: (error) => survived.push(error),
    });
    const clients = Array.from(
      { length: CLIENTS },
      (_, index): Client => ({ id: `c${index}`, acknowledged: [] }),
    );
    for (const { id } of clients) await engine.create('counter', { id, wait: '20s' });

    const refusals = await Promise.all(clients.map((client) => sendUntilRefused(engine, client)));
    for (const error of [...refusals, ...survived]) expectFull(error, path);
    const { bavail, bsize } = statfsSync(folder);
    expect(bavail * bsize, 'bytes that were left').toBeLessThan(200_000);
    // Again, and for whatever else would have to be written.
    const attempts = [
      engine.send('c0', { type: 'ADD', data: 'x'.repeat(200_000) }),
      engine.create('counter', { id: 'late', input: 'x'.repeat(200_000) }),
    ];
    for (const attempt of attempts) expectFull(await attempt.catch((error: unknown) => error), path);
    expect(await engine.read('late')).toBeUndefined();
    for (const { id } of clients) expect(await engine.read(id)).toMatchObject({ status: 'running' });

    rmSync(ballast);
    for (const client of clients) {
      const id = `${client.id}-after`;
      const receipt = await engine.send(client.id, { type: 'ADD', data: 'after', id }, { wait: '30s' });
      expect(receipt).toMatchObject({ duplicate: false, applied: { outcome: { kind: 'applied' } } });
      client.acknowledged.push(id);
    }
    for (const error of survived) expectFull(error, path);
    for (const client of clients) await expectAll(engine, client);
    await engine.close();
    const connection = connect(path);
    expect(connection.prepare('PRAGMA integrity_check').all([])).toEqual([['ok']]);
    connection.close();
    const sent = clients.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
    console.log(
      `disk-full: ${sent} acknowledged events, ${survived.length} failures that the worker survived`,
    );
  });
});

async function sendUntilRefused(engine: Engine, { id, acknowledged }: Client): Promise<unknown> {
  const data = 'x'.repeat(4_000);
  for (let n = 0; n < DISK_BYTES / data.length; n++) {
    const event = `${id}-${n}`;
    try {
      await engine.send(id, { type: 'ADD', data, id: event });
    } catch (error) {
      return error;
    }
    acknowledged.push(event);
  }
  throw new Error('the disk was never full');
}

function expectFull(error: unknown, path: string): void {
  expect(error).toBeInstanceOf(Refused);
  expect((error as Refused).problems).toMatchObject([
    { code: 'store-full', message: `${path} cannot grow: the disk is full` },
  ]);
}

/** Every event that was acknowledged took effect, once; what was refused did not. */
async function expectAll(engine: Engine, { id, acknowledged }: Client): Promise<void> {
  for (const event of acknowledged) {
    const again = await engine.send(id, { type: 'ADD', data: dataOf(event), id: event }, { wait: '30s' });
    expect(again, event).toMatchObject({ duplicate: true, applied: { outcome: { kind: 'applied' } } });
  }
  for (let waited = 0; ((await engine.read(id))?.nextDueAt ?? 0) > 0 && waited < 600; waited++)
    await pause(50);
  const view = await engine.read(id);
  expect(view?.revision).toBe(acknowledged.length + 1);
  expect(view?.context).toEqual({ n: acknowledged.length });
}

function dataOf(event: string): string {
  return event.endsWith('after') ? 'after' : 'x'.repeat(4_000);
}
