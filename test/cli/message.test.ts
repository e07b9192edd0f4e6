import { describe, expect, it } from 'vitest';
import { openCommandLine } from './call.js';

describe('message', () => {
  it('says that nobody waits for it', async () => {
    const { call } = openCommandLine();
    expect(await call(['message', 'order_id', '9'])).toEqual({
      ...{ code: 1, out: '' },
      err: 'nobody waits for order_id = 9\n',
    });
    const { code, out } = await call(['message', 'order_id', '9', '--json', '--one', '--data', '-'], {
      stdin: '{"a": 1}',
    });
    expect([code, JSON.parse(out)]).toEqual([1, { matched: 0, instances: [] }]);
  });

  it('is used wrongly with what is not JSON, and refused with what nobody can wait for', async () => {
    const { call } = openCommandLine();
    expect((await call(['message', 'k', '1', '--data', '{'])).code).toBe(2);
    expect(await call(['message', '', '1'])).toMatchObject({
      code: 1,
      err: 'error: the key of a correlation may not be empty\n',
    });
  });

  it('is explained with an example', async () => {
    const { call } = openCommandLine();
    expect((await call(['message', '--help'])).out).toMatch(/Example:\n {2}detent message /);
  });
});
