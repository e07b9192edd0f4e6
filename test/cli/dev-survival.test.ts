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

/** A machine that ends in the state "done" or "failed", as its handler says. */
const asking = (task: string) => `
initial: asking
states:
  asking: {invoke: {src: ${task}, onDone: done, onError: {target: failed, assign: {error: "{% event.error %}"}}}}
  done: {type: final}
  failed: {type: final}
`;

const STRAYS = `
export const handlers = {
  patient: (_, { attempt }) => new Promise((resolve) => setTimeout(resolve, 1_000, attempt)),
  late: () => new Promise(() => setTimeout(() => { throw new TypeError('too late'); })),
  forgotten: () => { Promise.reject(new Error('never awaited')); return new Promise(() => {}); },
  leaving: async (_, { attempt }) => {
    if (attempt === 1) setTimeout(() => process.exit(3), 50);
    return new Promise((resolve) => setTimeout(resolve, 100));
  },
};
`;

describe('dev', () => {
  it('fails the task whose handler throws where nothing catches it, and goes on with the others', async () => {
    const names = ['patient', 'late', 'forgotten'];
    const files = names.map((name) => [`${name}.yaml`, asking(name)]);
    const dev = await startDev(folderWith({ ...Object.fromEntries(files), 'handlers.mjs': STRAYS }), '.');
    for (const machine of names) await post(`${dev.url}/api/v1/instances`, { machine, id: machine });
    const shown = async (id: string) => {
      const response = await fetch(`${dev.url}/api/v1/instances/${id}`);
      return (await response.json()) as Record<string, unknown>;
    };
    await until(async () => (await shown('patient'))['status'] === 'succeeded');
    expect(await shown('late')).toMatchObject({
      value: 'failed',
      context: { error: { name: 'TypeError', message: 'too late' } },
    });
    expect(await shown('forgotten')).toMatchObject({ context: { error: { message: 'never awaited' } } });
    expect(await shown('patient')).toMatchObject({ value: 'done' });
    expect(dev.stderr.trim().split('\n').sort()).toEqual([
      'the handler "forgotten" of forgotten threw where nothing catches it: Error: never awaited',
      'the handler "late" of late threw where nothing catches it: TypeError: too late',
    ]);
  });

  it('names nothing when it ends while nothing is stepped', async () => {
    const dev = await startDev(
      folderWith({ 'leaving.yaml': asking('leaving'), 'handlers.mjs': STRAYS }),
      '.',
    );
    await post(`${dev.url}/api/v1/instances`, { machine: 'leaving', id: 'a' });
    await until(() => dev.stderr.includes('restarting it'));
    expect(dev.stderr).toBe('the worker ended (exit code 3); restarting it (attempt 2)\n');
  });

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
