import { expect, it } from 'vitest';
import type { Language } from '../../src/core/language.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import { probe } from '../../src/testing/probe-language.js';

const CARD = '4111-1111';
const PIN = 271_828;

/** Throws with all that it was given, as a bug might. */
const careless: Language = {
  ...probe,
  sensitive: () => ['card', 'pin'],
  view: (state) => ({ value: 'probing', context: state, output: null }),
  step(_program, state, event) {
    if (event.type === 'start')
      return {
        state: { pin: PIN },
        status: 'running',
        effects: [],
        history: [],
        outcome: { kind: 'applied' },
      };
    throw new TypeError(`cannot read ${JSON.stringify(event)} in ${JSON.stringify(state)}`);
  },
};

it('a step that throws tells nothing of what is sensitive, in its state or in its events', async () => {
  const engine = new DurableEngine({
    ...{ store: openMemoryStore(), registry: new Registry({ languages: [careless] }), clock: systemClock },
    ...{ identity: 'test', works: true },
  });
  await engine.publish({ machine: 'probe', language: 'probe', source: {} });
  await engine.create('probe', { id: 'a', wait: '10s' });
  await engine.send('a', { type: 'pay', data: { card: CARD, amount: 5 } });
  await expect
    .poll(async () => (await engine.read('a'))?.parked?.code, { timeout: 20_000 })
    .toBe('step-failed');
  const told = JSON.stringify(await engine.read('a'));
  expect(told).not.toContain(CARD);
  expect(told).not.toContain(String(PIN));
  expect(told).toContain('the step threw TypeError: cannot read');
  expect(told.split('[sensitive]').length).toBeGreaterThan(3);
  await engine.close();
}, 30_000);
