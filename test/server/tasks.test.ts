import { describe, expect, it } from 'vitest';
import { openApp } from './open-app.js';

describe('tasks over HTTP', () => {
  it('are taken by workers of an activity, which say that they work on them and how they went', async () => {
    const { call, post } = await openApp();
    expect((await post('/api/v1/tasks/claim', { activity: 'approve' })).status).toBe(204);
    await post('/api/v1/jobs', { name: 'approve', id: 'a', input: { n: 1 } });
    const { body } = await post('/api/v1/tasks/claim?wait=1s', { activity: 'approve' });
    expect(body).toEqual({ token: expect.any(String), input: { n: 1 } });
    const { token } = body;
    expect((await post('/api/v1/tasks/heartbeat', { token })).status).toBe(204);
    expect((await post('/api/v1/tasks/succeed', { token, output: { ok: true } })).status).toBe(204);
    expect((await call('/api/v1/jobs/a')).body).toMatchObject({ status: 'completed', output: { ok: true } });
    expect(await post('/api/v1/tasks/heartbeat', { token })).toMatchObject({
      status: 409,
      body: { code: 'TaskTimedOut' },
    });
  });

  it('may fail', async () => {
    const { call, post } = await openApp();
    await post('/api/v1/jobs', { name: 'approve', id: 'a', attempts: 1 });
    const { body } = await post('/api/v1/tasks/claim', { activity: 'approve' });
    const failure = { error: 'Declined', cause: 'no budget' };
    expect((await post('/api/v1/tasks/fail', { token: body.token, ...failure })).status).toBe(204);
    expect((await call('/api/v1/jobs/a')).body).toMatchObject({ status: 'failed', ...failure });
  });

  it.each([
    ['succeed', {}, 400, 'invalid-request'],
    ['succeed', { token: 'nonsense' }, 400, 'InvalidToken'],
    ['heartbeat', { token: 'WyJub25lIiwieCJd' }, 404, 'TaskDoesNotExist'],
    ['fail', { token: 'WyJub25lIiwieCJd', error: 'x'.repeat(257) }, 400, 'ValidationException'],
    ['claim', {}, 400, 'invalid-request'],
  ])('%s is refused where it is wrong: %j', async (verb, body, status, code) => {
    const { post } = await openApp();
    expect(await post(`/api/v1/tasks/${verb}`, body)).toMatchObject({ status, body: { code } });
  });
});
