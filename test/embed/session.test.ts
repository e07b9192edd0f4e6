import { describe, expect, it } from 'vitest';
import { openEngine } from '../../src/embed/engine.js';
import { actorSession, openSession } from '../../src/embed/session.js';
import { createActor, createMachine, Refused, type } from '../../src/index.js';

const order = createMachine({
  id: 'order',
  context: { qty: 0 },
  events: { fill: type<{ qty: number }>(), ship: {} },
  onUnhandled: 'reject',
  initial: 'open',
  states: {
    open: {
      initial: 'empty',
      states: {
        empty: { on: { fill: { target: 'full', assign: { qty: ({ event }) => event.qty } } } },
        full: {},
      },
      on: { ship: 'shipped' },
    },
    shipped: { type: 'final', output: ({ context }) => context.qty },
  },
});

describe('a session', () => {
  it('speaks of an actor in the words of its machine', () => {
    const session = actorSession(createActor(order).start());
    expect([session.is.open, session.is['open.empty'], session.is.shipped]).toEqual([true, true, false]);
    session.send.fill({ qty: 3 });
    expect([session.value, session.context.qty]).toEqual([{ open: 'full' }, 3]);
    session.send.ship();
    expect(session.output).toBe(3);
    // @ts-expect-error: without its payload
    session.send.fill();
    // @ts-expect-error: no such event
    expect(() => session.send.fly()).not.toThrow();
    // @ts-expect-error: no such state
    expect(session.is.flying).toBe(false);
  });

  it('speaks of an instance that is kept, and goes on with it', async () => {
    const engine = await openEngine({ definitions: [order] });
    try {
      const session = await openSession(engine, order, { id: 'o-1' });
      await session.send.fill({ qty: 3 });
      expect([session.is['open.full'], session.context]).toEqual([true, { qty: 3 }]);
      await expect(session.send.fill({ qty: 4 })).rejects.toThrow(Refused);
      const again = await openSession(engine, order, { id: 'o-1' });
      expect(again.is['open.full']).toBe(true);
      await again.send.ship();
      expect(again.output).toBe(3);
      expect(session.is.open).toBe(true);
      await session.refresh();
      expect(session.is.shipped).toBe(true);
    } finally {
      await engine.close();
    }
  });

  it('sends what is no object as the data of an event', async () => {
    const tag = createMachine({
      id: 'tag',
      context: { name: '' },
      events: { TAG: type<{ data: string }>() },
      on: { TAG: { assign: { name: '{% event.data %}' } } },
    });
    const engine = await openEngine({ definitions: [tag] });
    try {
      const session = await openSession(engine, tag);
      await session.send.TAG({ data: 'x' });
      expect(session.context.name).toBe('x');
    } finally {
      await engine.close();
    }
  });
});
