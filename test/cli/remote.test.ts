import { describe, expect, it } from 'vitest';
import { folderWith, until } from './child-script.js';
import { call, post, startDev } from './program-process.js';

const TRIP = `
id: trip
initial: riding
states:
  riding: {invoke: {src: ride, onDone: home, onError: lost}}
  home: {type: final}
  lost: {type: final}
`;

interface Claimed {
  readonly id: string;
  readonly token: string;
}

/** Claims a job as a worker in another language would. */
async function claim(url: string, name: string) {
  const { body } = await post(`${url}/api/v1/jobs/claim?wait=20s`, { names: [name] });
  const { items } = body as { items: readonly Claimed[] };
  if (items[0] === undefined) throw new Error(`there was no job "${name}" to claim`);
  return items[0];
}

async function complete(url: string, { id, token }: Claimed) {
  const path = `${url}/api/v1/jobs/${encodeURIComponent(id)}/complete`;
  return post(path, { token, output: 'done' });
}

async function ended(folder: string, instance: string): Promise<string> {
  let shown = '';
  await until(async () => {
    shown = (await call(folder, 'show', instance, '--json')).out;
    return JSON.parse(shown).status !== 'running';
  });
  return JSON.parse(shown).value;
}

describe('a worker in another language beside dev', () => {
  it('gets the jobs that no machine asks for, and keeps what it has while dev is killed', async () => {
    const folder = folderWith({ 'trip.yaml': TRIP });
    const dev = await startDev(folder, 'trip.yaml');
    await post(`${dev.url}/api/v1/jobs`, { name: 'greet', id: 'greet' });
    // By the time that this has failed for want of a handler, the job before it would have, too.
    await call(folder, 'create', 'trip', '--id', 'a');
    expect(await ended(folder, 'a')).toBe('lost');
    const job = await claim(dev.url, 'greet');
    expect(job).toMatchObject({ id: 'greet', attempts: 1 });
    dev.child.kill('SIGKILL');
    const { url } = await startDev(folder, 'trip.yaml');
    expect((await complete(url, job)).body).toMatchObject({ status: 'completed', output: 'done' });
  });

  it('gets the tasks of machines that dev was told to leave', async () => {
    const folder = folderWith({ 'trip.yaml': TRIP });
    const { url } = await startDev(folder, 'trip.yaml', '--remote', 'ride');
    await call(folder, 'create', 'trip', '--id', 'a');
    expect((await complete(url, await claim(url, 'ride'))).status).toBe(200);
    expect(await ended(folder, 'a')).toBe('home');
  });
});
