import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { readTaskToken } from '../../src/core/task-token.js';
import { openCommandLine } from './call.js';

describe('task', () => {
  it('takes a task of an activity, and says how it went', async () => {
    const { call } = openCommandLine();
    for (const [id, ...words] of [
      ['a', 'succeed', '--output', '{"ok": true}'],
      ['b', 'fail', '--error', 'Declined', '--cause', 'no budget'],
    ]) {
      await call(['job', 'add', 'approve', '--id', id ?? '', '--input', '{"n": 1}', '--attempts', '1']);
      const { out } = await call(['task', 'claim', 'approve', '--json']);
      const { token, input }: { token: string; input: Json } = JSON.parse(out);
      expect(input).toEqual({ n: 1 });
      expect(readTaskToken(token)).toMatchObject({ job: id });
      expect(await call(['task', 'heartbeat', token])).toMatchObject({ code: 0, out: 'beaten\n' });
      const [verb = '', ...options] = words;
      expect(await call(['task', verb, token, ...options])).toMatchObject({ code: 0, err: '' });
    }
    const [b, a] = JSON.parse((await call(['jobs', '--json'])).out).items;
    expect(a).toMatchObject({ status: 'completed', output: { ok: true } });
    expect(b).toMatchObject({ status: 'failed', error: 'Declined', cause: 'no budget' });
  });

  it('says so where there is none, or not any more, and repeats no token', async () => {
    const { call } = openCommandLine();
    expect(await call(['task', 'claim', 'approve'])).toEqual({
      ...{ code: 1, out: '' },
      err: 'no task of approve is waiting\n',
    });
    await call(['job', 'add', 'approve', '--id', 'a']);
    const [token = '', input] = (await call(['task', 'claim', 'approve'])).out.split('\n');
    expect(input).toBe('null');
    expect((await call(['task', 'succeed', token])).out).toBe('succeeded\n');
    const late = await call(['task', 'heartbeat', token]);
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining('does not exist anymore') });
    expect(late.err).not.toContain(token);
    const wrong = await call(['task', 'fail', 'nonsense']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("Invalid Token: 'Invalid token'") });
  });

  it.each(['claim', 'succeed', 'fail', 'heartbeat'])('explains %s with an example', async (name) => {
    const { call } = openCommandLine();
    expect((await call(['task', name, '--help'])).out).toMatch(/Example:\n {2}detent task /);
  });
});
