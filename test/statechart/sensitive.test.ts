import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { type Engine, openEngine } from '../../src/embed/engine.js';
import { statechart } from '../../src/statechart/language.js';

const CARD = '4111-1111-1111-1111';

const till: Json = {
  id: 'till',
  sensitive: ['card.number', 'pin'],
  context: { card: { number: '{% input.card.number %}', owner: 'Ada' }, pin: 271828, copy: null },
  initial: 'open',
  onUnhandled: 'reject',
  states: {
    open: {
      on: {
        COPY: { assign: { copy: "{% 'card ' & context.card.number %}" } },
        LOG: {
          actions: {
            log: { label: 'seen', value: { c: '{% context.card.number %}', p: '{% context.pin %}' } },
          },
        },
        TELL: { actions: { emit: { type: 'told', data: { pin: true, sum: '{% event.data.sum %}' } } } },
        BREAK: { assign: { copy: "{% $error('wrong: ' & event.data.card.number) %}" } },
        PAY: 'paying',
      },
    },
    paying: {
      invoke: {
        src: 'charge',
        input: { number: '{% context.card.number %}', sum: 5 },
        onError: 'open',
        onDone: 'paid',
      },
    },
    paid: { type: 'final' },
  },
  output: { receipt: "{% 'paid with ' & context.card.number %}", card: { number: 12 } },
};

let engine: Engine;

afterEach(async () => {
  await engine.close();
});

async function history(): Promise<string> {
  return JSON.stringify((await engine.history('a')).items);
}

async function open(charge: (input: Json) => unknown): Promise<void> {
  engine = await openEngine({ db: 'memory:', definitions: [till] as never, handlers: { charge } as never });
  await engine.create('till', { id: 'a', input: { card: { number: CARD } }, wait: '5s' });
}

describe('what a machine calls sensitive', () => {
  it('is stored and given to handlers, and shown to nobody', async () => {
    let given: Json = null;
    await open((input) => {
      given = input;
      throw new Error(`the card ${CARD} was refused`);
    });
    const created = await engine.read('a');
    expect(created?.context).toEqual({
      card: { number: '[sensitive]', owner: 'Ada' },
      pin: '[sensitive]',
      copy: null,
    });
    await engine.send('a', { type: 'COPY' }, { wait: '5s' });
    await engine.send('a', { type: 'LOG' }, { wait: '5s' });
    await engine.send('a', { type: 'TELL', data: { sum: 271828 } }, { wait: '5s' });
    const broken = await engine.send(
      'a',
      { type: 'BREAK', data: { card: { number: '9999-0000' } } },
      { wait: '5s' },
    );
    expect(JSON.stringify(broken)).toContain('wrong: [sensitive]');
    await engine.send('a', { type: 'PAY' }, { wait: '5s' });
    while (!(await history()).includes('TaskFailed')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(given).toEqual({ number: CARD, sum: 5 });

    const told = await history();
    expect(told).toContain('"value":{"c":"[sensitive]","p":"[sensitive]"}');
    expect(told).toContain('"data":{"pin":"[sensitive]","sum":"[sensitive]"}');
    expect(told).toContain('the card [sensitive] was refused');
    for await (const page of engine.watch({ instance: 'a', after: '' })) {
      expect(JSON.stringify(page.entries)).toEqual(told);
      break;
    }
    const read = [
      told,
      await engine.read('a'),
      await engine.list(),
      await engine.jobs(),
      await engine.job('a/6/0'),
    ];
    expect(JSON.stringify(read)).toContain('"copy":"card [sensitive]"');
    for (const secret of [CARD, '9999-0000', '271828']) expect(JSON.stringify(read)).not.toContain(secret);
    expect((await engine.read('a', { reveal: true }))?.context).toMatchObject({ card: { number: CARD } });
  });

  it('is hidden in the output too', async () => {
    await open(() => null);
    await engine.send('a', { type: 'PAY' }, { wait: '5s' });
    while ((await engine.read('a'))?.status === 'running')
      await new Promise((resolve) => setTimeout(resolve, 5));
    const output = { receipt: 'paid with [sensitive]', card: { number: '[sensitive]' } };
    expect(await engine.read('a')).toMatchObject({ status: 'succeeded', output });
    expect(await history()).not.toContain(CARD);
  });

  it('is a problem unless it is a list of paths', () => {
    engine = { close: async () => {} } as Engine;
    const of = (sensitive: Json) => statechart.check({ id: 'm', sensitive, initial: 'a', states: { a: {} } });
    expect(of(['a.b', 5, 'a..b'])).toMatchObject([
      { code: 'wrong-type', path: '/sensitive/1' },
      { code: 'wrong-type', path: '/sensitive/2' },
    ]);
    expect(of('pin')).toEqual([]);
  });
});
