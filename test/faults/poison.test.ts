import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DevProcess, freePort, pause } from './dev-process.js';

/** Whether to wait until a guard that takes the process down is parked for it; set by `npm run test:faults`. */
const IS_LONG = process.env['DETENT_POISON'] !== undefined;

/** After so long a process counts as sound, and the next restart comes soon again. */
const HEALTHY_MS = 11_000;

const here = (file: string) => join(import.meta.dirname, file);
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type View = Readonly<Record<string, unknown>>;

/** The server says that it cannot answer yet. */
class Away extends Error {}

async function startDev(machine: string) {
  const dir = mkdtempSync(join(tmpdir(), 'detent-poison-'));
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  const dev = new DevProcess(await freePort(), [here(machine), '--db', `sqlite:${join(dir, 'poison.db')}`]);
  await dev.start();
  closers.push(() => dev.signal('SIGTERM'));
  const ask = async (path: string, body?: unknown): Promise<View> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${dev.url}/api/v1/instances${path}`, init);
    const answer = (await response.json()) as View;
    if (response.status >= 500) throw new Away(JSON.stringify(answer));
    return answer;
  };
  /** Asks again while the server is away. */
  const insist = async (path: string, body?: unknown): Promise<View> => {
    for (const giveUpAt = performance.now() + 60_000; performance.now() < giveUpAt; await pause(50)) {
      try {
        return await ask(path, body);
      } catch (error) {
        if (!(error instanceof TypeError) && !(error instanceof Away)) throw error;
      }
    }
    throw new Error(`no answer to ${path}`);
  };
  return { dev, ask, insist };
}

/** Sends each of these to an instance of its own, and expects that it is refused and leaves nothing behind. */
async function expectRejections(machine: string, file: string, events: Readonly<Record<string, RegExp>>) {
  const { dev, ask } = await startDev(file);
  await ask('?wait=30s', { machine, id: 'other' });
  for (const [type, words] of Object.entries(events)) {
    const id = `with-${type}`;
    await ask('?wait=30s', { machine, id });
    const receipt = await ask(`/${id}/events?wait=30s`, { type, id: 'bad' });
    expect(receipt, type).toMatchObject({
      applied: { outcome: { kind: 'rejected', problem: { message: expect.stringMatching(words) } } },
    });
    for (const one of [id, 'other'])
      expect(await ask(`/${one}/events?wait=30s`, { type: 'ADD' }), type).toMatchObject({
        applied: { outcome: { kind: 'applied' } },
      });
    const view = await ask(`/${id}`);
    expect(view, type).toMatchObject({ status: 'running', value: 'open', revision: 3, context: { n: 1 } });
    expect(view['parked'], type).toBeUndefined();
  }
  expect(await ask('/other')).toMatchObject({ context: { n: Object.keys(events).length } });
  expect(dev.output).not.toContain('restarting');
}

describe('dev, with a machine that does harm', () => {
  it('rejects the event whose guard throws, whatever it throws, and goes on', async () => {
    await expectRejections('poison', 'poison-machine.mjs', {
      THROW: /out of range/,
      NOTHING: /undefined/,
      RECUR: /Maximum call stack size exceeded/,
    });
  });

  it('rejects the event whose expression would not end or would take all memory, and goes on', async () => {
    await expectRejections('spell', 'poison.yaml', {
      LOOP: /the expression takes too many steps/,
      RECUR: /the expression calls too deep/,
      HOARD: /the expression takes too many steps/,
      DOUBLE: /a text may not exceed/,
      ERROR: /on purpose/,
      SPIN: /more than \d+ microsteps/,
    });
  });

  // The suite has a short turn of this in test/cli/dev-survival.test.ts.
  const longTest = IS_LONG ? it : undefined;
  longTest?.(
    'parks an instance whose guard takes the process down, and the others go on',
    async () => {
      const { dev, insist } = await startDev('poison-machine.mjs');
      const bad = { looping: 'LOOP', hoarding: 'HOARD' };
      for (const id of ['other', ...Object.keys(bad)]) await insist('?wait=30s', { machine: 'poison', id });
      let sent = 0;
      let slowestMs = 0;
      const sendToOther = async () => {
        const began = performance.now();
        const event = { type: 'ADD', id: `add-${sent++}` };
        while ((await insist('/other/events?wait=10s', event))['applied'] === undefined);
        slowestMs = Math.max(slowestMs, performance.now() - began);
      };
      for (const [id, type] of Object.entries(bad)) {
        await insist(`/${id}/events`, { type, id: 'bad' });
        const giveUpAt = performance.now() + 120_000;
        for (let view: View = {}; view['parked'] === undefined; view = await insist(`/${id}`)) {
          expect(performance.now(), `${id} is not parked`).toBeLessThan(giveUpAt);
          await sendToOther();
        }
        expect(await insist(`/${id}`)).toMatchObject({
          status: 'running',
          value: 'open',
          revision: 1,
          parked: { code: 'gave-up', message: expect.any(String) },
        });
        const deaths = dev.output.split('\n').filter((line) => line.includes(`while stepping ${id};`));
        expect(deaths.length, `deaths by ${id}`).toBe(5);
        // So that the next one is met by a process that has worked a while, as this one was.
        for (const healthyAt = performance.now() + HEALTHY_MS; performance.now() < healthyAt; )
          await sendToOther();
      }
      expect(await insist('/other')).toMatchObject({ context: { n: sent } });
      expect(slowestMs).toBeLessThan(40_000);
      console.log(`poison: the others waited ${Math.round(slowestMs)} ms at most`);
    },
    400_000,
  );
});
