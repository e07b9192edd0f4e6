import { describe, expect, it } from 'vitest';
import { openApp } from './open-app.js';

const wait = '10s';

describe('pausing over HTTP', () => {
  it('pauses and resumes an instance, and answers how it stands', async () => {
    const { engine, post } = await openApp();
    await engine.create('probe', { id: 'a', wait });
    for (let n = 0; n < 2; n++) {
      const paused = await post('/api/v1/instances/a/pause', '');
      expect(paused).toMatchObject({ status: 200, body: { id: 'a', status: 'paused' } });
    }
    const resumed = await post('/api/v1/instances/a/resume', '');
    expect(resumed).toMatchObject({ status: 200, body: { id: 'a', status: 'running' } });
  });

  it('pauses and resumes a machine', async () => {
    const { engine, post } = await openApp();
    const paused = await post('/api/v1/machines/probe/pause', '');
    expect(paused).toMatchObject({ status: 200, body: { machine: 'probe', paused: true } });
    expect(await engine.paused()).toEqual([{ machine: 'probe' }]);
    const resumed = await post('/api/v1/machines/probe/resume', '');
    expect(resumed).toMatchObject({ status: 200, body: { machine: 'probe', paused: false } });
    expect(await engine.paused()).toEqual([]);
  });

  it('says what cannot be paused', async () => {
    const { engine, post } = await openApp();
    await engine.create('probe', { id: 'a', input: [{ end: 'succeeded' }], wait });
    for (const change of ['pause', 'resume']) {
      expect(await post(`/api/v1/instances/a/${change}`, '')).toMatchObject({
        status: 409,
        body: { code: 'ended' },
      });
      expect(await post(`/api/v1/instances/b/${change}`, '')).toMatchObject({ status: 404 });
      expect(await post(`/api/v1/machines/prob/${change}`, '')).toMatchObject({ status: 404 });
    }
  });
});
