import { describe, expect, it } from 'vitest';
import { openApp } from './open-app.js';

describe('messages over HTTP', () => {
  it('tell whom they reached', async () => {
    const { post } = await openApp();
    expect(
      await post('/api/v1/messages', { key: 'order_id', value: 9, data: { a: 1 }, to: 'one' }),
    ).toMatchObject({
      status: 200,
      body: { matched: 0, instances: [] },
    });
  });

  it.each([
    [{ value: 1 }, 'invalid-request'],
    [{ key: 'k', value: 1, to: 'some' }, 'invalid-request'],
    [{ key: 'k', value: 'x'.repeat(1_000) }, 'invalid-correlation'],
    [{ key: 'k', value: 1, extra: 1 }, 'invalid-request'],
  ])('are refused where they are wrong: %#', async (body, code) => {
    const { post } = await openApp();
    expect(await post('/api/v1/messages', body)).toMatchObject({ status: 400, body: { code } });
  });
});
