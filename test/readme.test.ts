import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../examples/embedded.js';
import { drive } from '../examples/light.js';
import { openEngine } from '../src/embed/engine.js';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const shown = [...readme.matchAll(/<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)```/g)].map(([, file, text]) => ({
  file,
  text,
}));

async function settle(machine: string, input: unknown, events: { type: string; data?: never }[]) {
  const engine = await openEngine({ definitions: [join(root, 'examples')] });
  try {
    const { id } = await engine.create(machine, { input: input as never, wait: '10s' });
    for (const event of events) await engine.send(id, event, { wait: '10s' });
    for (let i = 0; i < 1_000; i++) {
      const view = await engine.read(id);
      if (view?.status !== 'running' || (events.length > 0 && view.value === 'shipped')) return view;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('it did not settle');
  } finally {
    await engine.close();
  }
}

describe('the README', () => {
  it('shows four files', () => {
    expect(shown.map(({ file }) => file)).toEqual([
      'examples/order.yaml',
      'examples/onboarding.asl.json',
      'examples/light.ts',
      'examples/embedded.ts',
    ]);
  });

  it.each(shown)('shows $file as it is', ({ file, text }) => {
    expect(text).toBe(readFileSync(join(root, file ?? ''), 'utf8'));
  });

  it('has an order that is packed once it is paid', async () => {
    const pay = { type: 'PAY', data: { amount: 80 } as never };
    expect(await settle('order', { total: 80 }, [pay])).toMatchObject({
      value: 'shipped',
      context: { paid: 80 },
    });
  });

  it('has an onboarding that gets over a failure', async () => {
    const view = await settle('onboarding', { email: 'ada@example.com', plan: 'business' }, []);
    expect(view).toMatchObject({ status: 'succeeded', output: { to: 'ada@example.com', from: 'Ada' } });
  });

  it('has a light that turns green for cars', () => {
    expect(
      drive([{ type: 'TICK' }, { type: 'CAR' }, { type: 'TICK' }, { type: 'TICK' }, { type: 'TICK' }]),
    ).toEqual(['red', 'red', 'green', 'yellow', 'red']);
  });

  it('has a program that runs it durably', async () => {
    expect(await run('memory:')).toBe('green');
  });
});
