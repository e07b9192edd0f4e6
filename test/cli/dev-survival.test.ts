import { describe, expect, it } from 'vitest';
import { built, folderWith, until } from './child-script.js';
import { call, post, startDev } from './program-process.js';

/** A machine whose guard never ends, or takes all the memory, where the event says so. */
const TRAP = `
import { createMachine } from ${JSON.stringify(built('index.js'))};
export const trap = createMachine({
  id: 'trap',
  initial: 'open',
  states: { open: { on: { STEP: { target: 'open', guard: 'mayPass' } } } },
}, {
  guards: {
    mayPass({ event }) {
      const { how } = event.data;
      while (how === 'loop') {}
      const hoard = [];
      while (how === 'eat') hoard.push(new Array(1_000_000).fill(hoard.length));
      return true;
    },
  },
});
`;

describe('dev', () => {
  it('survives a guard that never ends: its instance is named, the others go on', async () => {
    const folder = folderWith({ 'trap.mjs': TRAP });
    const dev = await startDev(folder, 'trap.mjs');
    await post(`${dev.url}/api/v1/instances?wait=20s`, { machine: 'trap', id: 'order-7' });
    await post(`${dev.url}/api/v1/instances?wait=20s`, { machine: 'trap', id: 'order-8' });
    await post(`${dev.url}/api/v1/instances/order-7/events`, { type: 'STEP', data: { how: 'loop' } });
    await until(() => dev.stderr.includes('restarting it'));
    expect(dev.stderr).toContain('the worker hung while stepping order-7; restarting it (attempt 2)\n');
    const sent = await call(folder, 'send', 'order-8', 'STEP', '--data', '{}', '--wait', '30s');
    expect(sent.out).toContain('applied at revision 2');
    await until(async () => (await call(folder, 'list', '--parked')).out.includes('order-7'), 40_000);
    const shown = await (await fetch(`${dev.url}/api/v1/instances/order-7`)).json();
    expect(shown).toMatchObject({ status: 'running', revision: 1, parked: { message: expect.any(String) } });
  }, 90_000);

  it('survives a guard that takes all the memory', async () => {
    const folder = folderWith({ 'trap.mjs': TRAP });
    const dev = await startDev(folder, 'trap.mjs');
    await post(`${dev.url}/api/v1/instances?wait=20s`, { machine: 'trap', id: 'order-9' });
    await post(`${dev.url}/api/v1/instances/order-9/events`, { type: 'STEP', data: { how: 'eat' } });
    await until(() => dev.stderr.includes('restarting it'));
    expect(dev.stderr).toMatch(
      /^the worker (ran out of memory|hung) while stepping order-9; restarting it \(attempt 2\)\n$/,
    );
  });
});
