import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/core/job.js';
import { openStore } from '../../src/embed/store-url.js';
import { folderWith, isAlive, until } from './child-script.js';
import { call, start } from './program-process.js';

const TRIP = `
id: trip
initial: riding
states:
  riding: {invoke: {src: ride, onDone: home}}
  home: {type: final}
`;

/** Rides for so long, or until there is a file that says that it may arrive, and tells of it in another. */
const HANDLERS = `
import { appendFileSync, existsSync } from 'node:fs';
export async function ride(input, { signal }) {
  appendFileSync('rides.txt', 'begun\\n');
  const end = Date.now() + Number(process.env.RIDE_MS ?? 0);
  while (Date.now() < end && !existsSync('arrive')) await new Promise((resolve) => setTimeout(resolve, 20));
  appendFileSync('rides.txt', signal.aborted ? 'aborted\\n' : 'done\\n');
  return process.pid;
}
`;

const FILES = { 'trip.yaml': TRIP, 'handlers.mjs': HANDLERS };

/** What became of the jobs in a folder's store so far. */
async function jobsIn(folder: string): Promise<readonly Job[]> {
  const { store } = await openStore(`sqlite:${join(folder, 'detent.db')}`);
  const { items } = await store.jobs({});
  await store.close();
  return items;
}

async function haveStatus(folder: string, status: Job['status']): Promise<void> {
  await until(async () => (await jobsIn(folder)).some((job) => job.status === status));
}

async function startWorker(folder: string, ...words: string[]) {
  const program = start(folder, ['worker', ...words, '--json']);
  await until(() => program.stdout.includes('\n') || program.child.exitCode !== null);
  if (!program.stdout.includes('\n')) throw new Error(`worker ended: ${program.stderr}`);
  return Object.assign(program, { told: JSON.parse(program.stdout) as Record<string, unknown> });
}

describe('worker', () => {
  it('steps and handles what other processes put into the store, and ends with 0 on SIGTERM', async () => {
    const folder = folderWith(FILES);
    const worker = await startWorker(folder, 'trip.yaml', '--handlers', 'handlers.mjs', '--concurrency', '3');
    expect(worker.told).toMatchObject({ machines: ['trip'], concurrency: 3 });
    expect((await call(folder, 'create', 'trip', '--id', 'a')).code).toBe(0);
    await until(async () => (await call(folder, 'show', 'a')).out.includes('succeeded'));
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(worker.stderr).toBe('');
  });

  it('lets a handler finish after SIGTERM, within the drain, and claims nothing more', async () => {
    process.env['RIDE_MS'] = '60000';
    const folder = folderWith(FILES);
    const words = ['--handlers', 'handlers.mjs', '--concurrency', '1', '--drain', '60s'];
    const worker = await startWorker(folder, 'trip.yaml', ...words);
    for (const id of ['a', 'b']) await call(folder, 'create', 'trip', '--id', id);
    await haveStatus(folder, 'processing');
    worker.child.kill('SIGTERM');
    // By then it has been told to stop: what it claimed after the ride that is at hand would be seen below.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    writeFileSync(join(folder, 'arrive'), '');
    expect(await worker.ended).toBe(0);
    delete process.env['RIDE_MS'];
    const jobs = await jobsIn(folder);
    expect(jobs.map(({ status }) => status).sort()).toEqual(['completed', 'pending']);
  });

  it('gives a job back whose handler does not end within the drain', async () => {
    process.env['RIDE_MS'] = '60000';
    const folder = folderWith(FILES);
    const words = ['trip.yaml', '--handlers', 'handlers.mjs', '--drain', '100ms'];
    const worker = await startWorker(folder, ...words);
    await call(folder, 'create', 'trip', '--id', 'a');
    await haveStatus(folder, 'processing');
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    delete process.env['RIDE_MS'];
    expect((await jobsIn(folder))[0]).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('leaves jobs of other queues alone', async () => {
    const folder = folderWith(FILES);
    const elsewhere = await startWorker(
      folder,
      'trip.yaml',
      '--handlers',
      'handlers.mjs',
      '--queues',
      'mail, post',
    );
    expect(elsewhere.told).toMatchObject({ queues: ['mail', 'post'] });
    await call(folder, 'create', 'trip', '--id', 'a');
    await haveStatus(folder, 'pending');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await jobsIn(folder))[0]?.status).toBe('pending');
    await startWorker(folder, '--handlers', 'handlers.mjs', '--queues', 'default');
    await until(async () => (await call(folder, 'show', 'a')).out.includes('succeeded'));
  });

  it('is not alone: what one of two was doing when it was killed, the other does', async () => {
    process.env['RIDE_MS'] = '300';
    const folder = folderWith(FILES);
    const workers = [1, 2].map(() => startWorker(folder, 'trip.yaml', '--handlers', 'handlers.mjs'));
    const [first, second] = await Promise.all(workers);
    delete process.env['RIDE_MS'];
    const ids = Array.from({ length: 6 }, (_, n) => `trip-${n}`);
    for (const id of ids) await call(folder, 'create', 'trip', '--id', id);
    first?.child.kill('SIGKILL');
    await until(
      async () => (await call(folder, 'list', '--json')).out.split('succeeded').length > ids.length,
    );
    expect(isAlive(second?.pid ?? 0)).toBe(true);
  });

  it('refuses a queue, a concurrency or a drain that is none, and ends with 1 or 2', async () => {
    const folder = folderWith({});
    expect((await call(folder, 'worker', '--queues', 'a,,b')).err).toContain('a queue may not be empty');
    expect((await call(folder, 'worker', '--concurrency', '0')).err).toContain('from 1 to 10000');
    expect((await call(folder, 'worker', '--drain', 'soon')).err).toContain('--drain');
    expect((await call(folder, 'worker', '--drain', '25h')).err).toContain('longer than a day');
  });
});
