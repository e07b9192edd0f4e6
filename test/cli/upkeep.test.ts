import { describe, expect, it } from 'vitest';
import { retentionOf } from '../../src/cli/retention-option.js';
import { openCommandLine } from './call.js';

async function withProbe() {
  const { call, engine } = openCommandLine();
  const working = engine({ worker: true });
  await working.publish({ machine: 'probe', language: 'asl', source: {} });
  await working.create('probe', { id: 'a', wait: '10s' });
  return { call, engine: working };
}

describe('pause and resume', () => {
  it('pause an instance, and say whether that was new', async () => {
    const { call, engine } = await withProbe();
    expect(await call(['pause', 'a'])).toMatchObject({ code: 0, out: 'instance a is paused\n' });
    expect(await call(['pause', 'a'])).toMatchObject({ code: 0, out: 'instance a was already paused\n' });
    expect((await engine.read('a'))?.status).toBe('paused');
    const { out } = await call(['resume', 'a', '--json']);
    expect(JSON.parse(out)).toEqual({ instance: 'a', paused: false, changed: true });
    expect((await engine.read('a'))?.status).toBe('running');
  });

  it('pause a machine or a queue', async () => {
    const { call, engine } = await withProbe();
    expect((await call(['pause', '--machine', 'probe'])).out).toBe('machine probe is paused\n');
    expect((await call(['pause', '--queue', 'mail'])).out).toBe('queue mail is paused\n');
    expect(await engine.paused()).toEqual([{ machine: 'probe' }, { queue: 'mail' }]);
    await call(['resume', '--queue', 'mail']);
    expect(await engine.paused()).toEqual([{ machine: 'probe' }]);
  });

  it('say what there is not, and want one thing named', async () => {
    const { call } = await withProbe();
    for (const change of ['pause', 'resume']) {
      expect(await call([change, 'nobody'])).toMatchObject({
        code: 1,
        err: 'error: there is no instance "nobody"\n',
      });
      for (const words of [[], ['a', '--machine', 'probe']]) {
        expect((await call([change, ...words])).err).toContain('name one thing');
      }
    }
  });
});

describe('history --follow', () => {
  it('prints what happened and what happens, until the instance has ended', async () => {
    const { call, engine } = await withProbe();
    const following = call(['history', 'a', '--follow', '--json']);
    for (const id of ['one', 'two']) await engine.send('a', { type: 'GO', id }, { wait: '10s' });
    await engine.send('a', { type: 'GO', data: [{ end: 'succeeded' }] }, { wait: '10s' });
    const { code, out } = await following;
    expect(code).toBe(0);
    const lines = out.trim().split('\n');
    const revisions = lines.map((line) => (JSON.parse(line) as { revision: number }).revision);
    expect(revisions).toEqual([1, 2, 3, 4]);
  });

  it('ends at once where the instance has ended, and refuses pages', async () => {
    const { call, engine } = await withProbe();
    await engine.send('a', { type: 'GO', data: [{ end: 'succeeded' }] }, { wait: '10s' });
    const { out } = await call(['history', 'a', '--follow']);
    expect(out.trim().split('\n')).toHaveLength(2);
    expect((await call(['history', 'a', '--follow', '--limit', '1'])).err).toContain(
      '--follow takes no --limit',
    );
    expect((await call(['history', 'b', '--follow'])).err).toContain('there is no instance "b"');
  });
});

describe('sweep', () => {
  it('deletes instances that ended long enough ago, of one machine or of all', async () => {
    const { call, engine } = await withProbe();
    const end = () => engine.create('probe', { input: [{ end: 'succeeded' }], wait: '10s' });
    await end();
    expect((await call(['sweep', '--older-than', '1h'])).out).toContain('instances        0');
    expect((await call(['sweep', '--older-than', '0s', '--machine', 'other'])).out).toContain(
      'instances        0',
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { code, out } = await call(['sweep', '--older-than', '0s', '--machine', 'probe', '--json']);
    expect([code, JSON.parse(out)]).toEqual([0, { instances: 1, journals: 0, jobs: 0, letters: 0 }]);
    await end();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await call(['sweep', '--retention', 'instances=0s'])).out).toContain('instances        1');
    expect((await engine.list()).items.map(({ id }) => id)).toEqual(['a']);
  });

  it('wants to be told what to delete', async () => {
    const { call } = await withProbe();
    for (const words of [
      [],
      ['--older-than', '1d', '--retention', 'jobs=1d'],
      ['--retention', 'jobs=1d', '--machine', 'probe'],
      ['--older-than', 'soon'],
      ['--retention', 'jobs'],
      ['--retention', 'jobs=1d,jobs=2d'],
      ['--retention', 'job=1d'],
    ]) {
      const { code, err } = await call(['sweep', ...words]);
      expect([code, err.startsWith('error: ')]).toEqual([1, true]);
    }
  });
});

describe('--retention', () => {
  it('says how long to keep what, of all machines and of one', () => {
    expect(retentionOf({})).toBeUndefined();
    expect(
      retentionOf({ retention: 'instances=30d, jobs=7d,order/instances=1y,order/jobs=forever' }),
    ).toEqual({
      instances: '30d',
      jobs: '7d',
      machines: { order: { instances: '1y', jobs: 'forever' } },
    });
  });
});
