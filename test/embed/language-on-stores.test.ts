import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import type { Json } from '../../src/core/json.js';
import { type Handlers, openEngine } from '../../src/embed/engine.js';
import { onEachStore } from './each-store.js';

const PATIENCE = { timeout: 20_000, interval: 20 };

/** What is held back, by delays of all kinds, to be released, taken back, or left behind with its state. */
const delays: Json = {
  id: 'delays',
  context: { unit: '{% input %}', got: [] },
  delays: { FIXED: '200ms', WORKED: '{% context.unit * 3 %}' },
  initial: 'held',
  on: { '*': { assign: { got: '{% $append(context.got, [event.type]) %}' } } },
  states: {
    held: {
      entry: [
        { raise: { type: 'RAISED', delay: 'FIXED' } },
        { send: { type: 'SENT', delay: 'WORKED' } },
        { raise: { type: 'NEVER', delay: 'FIXED', id: 'raised' } },
        { send: { type: 'NEVER', delay: 'WORKED', id: 'sent' } },
        { cancel: 'raised' },
      ],
      on: { TAKE_BACK: { actions: { cancel: 'sent' } }, GO: 'named' },
    },
    named: { after: { FIXED: 'worked', '1h': 'lost' } },
    worked: { timeout: 'WORKED', onTimeout: 'computed' },
    computed: { timeout: '{% context.unit * 2 %}', onTimeout: 'over' },
    lost: { type: 'final', output: 'lost' },
    over: { type: 'final', output: '{% $sort(context.got) %}' },
  },
};

/** Tries all that it invokes again: what is silent, what is late, and a machine of which two fail. */
const caller: Json = {
  id: 'caller',
  context: { errors: [] },
  initial: 'silent',
  states: {
    silent: {
      invoke: {
        ...{ src: 'hang', heartbeat: '50ms', timeout: '1h' },
        retry: { attempts: 2, delay: '10ms', errors: ['HeartbeatTimeout'] },
        onError: { target: 'late', assign: { errors: '{% $append(context.errors, [event.error.name]) %}' } },
      },
    },
    late: {
      invoke: {
        ...{ src: 'hang', timeout: '50ms' },
        onError: {
          target: 'machine',
          assign: { errors: '{% $append(context.errors, [event.error.name]) %}' },
        },
      },
    },
    machine: {
      invoke: {
        ...{ machine: 'fragile', input: { key: 'k' } },
        retry: { attempts: 3, delay: '10ms' },
        onDone: { target: 'over', assign: { result: '{% event.output %}' } },
      },
    },
    over: { type: 'final', output: { errors: '{% context.errors %}', result: '{% context.result %}' } },
  },
};

const fragile: Json = {
  id: 'fragile',
  context: { key: '{% input.key %}' },
  initial: 'working',
  states: {
    working: {
      invoke: {
        ...{ src: 'third', input: '{% context.key %}' },
        onDone: { target: 'over', assign: { n: '{% event.output %}' } },
      },
    },
    over: { type: 'final', output: '{% context.n %}' },
  },
};

/** Invokes two machines, one in the other. What is innermost differs from version to version. */
const outer: Json = {
  id: 'outer',
  initial: 'waiting',
  states: {
    waiting: { on: { GO: 'calling' } },
    calling: {
      invoke: { machine: 'middle', id: 'kid', forward: ['card.*'], onDone: { target: 'over' } },
    },
    over: { type: 'final', output: '{% event.output %}' },
  },
};

const middle: Json = {
  id: 'middle',
  initial: 'waiting',
  states: {
    waiting: { on: { 'card.go': 'calling' } },
    calling: {
      invoke: { machine: 'inner', onDone: { target: 'over', assign: { is: '{% event.output %}' } } },
    },
    over: { type: 'final', output: '{% context.is %}' },
  },
};

const inner = (version: string): Json => ({
  id: 'inner',
  initial: 'over',
  states: { over: { type: 'final', output: version } },
});

const open: Engine[] = [];

afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
});

/** Two workers on one database; on that of one process, one. */
async function workers(
  db: string,
  definitions: Json[] = [],
  handlers: Handlers = {},
): Promise<[Engine, Engine]> {
  const one = await openEngine({ db, definitions: definitions as object[], handlers });
  open.push(one);
  if (db === 'memory:') return [one, one];
  const other = await openEngine({ db, handlers });
  open.push(other);
  return [one, other];
}

/** Two workers that know only what the database does, where there were two others. */
async function anew(
  db: string,
  before: [Engine, Engine],
  handlers: Handlers = {},
): Promise<[Engine, Engine]> {
  if (db === 'memory:') return before;
  for (const engine of open.splice(0)) await engine.close();
  return workers(db, [], handlers);
}

async function ended(engine: Engine, id: string): Promise<Json | undefined> {
  await expect.poll(async () => (await engine.read(id))?.status, PATIENCE).not.toBe('running');
  const { status, output, error } = (await engine.read(id)) ?? {};
  expect([status, error]).toEqual(['succeeded', undefined]);
  return output;
}

function describeOn(name: string, fresh: () => string): void {
  describe(`two workers on ${name}`, () => {
    it('keep delays that have names, are worked out, or are taken back, when others go on with them', async () => {
      const db = fresh();
      let [one, other] = await workers(db, [delays]);
      await one.create('delays', { id: 'a', input: 100, wait: '10s' });
      await other.send('a', { type: 'TAKE_BACK' }, { wait: '10s' });
      [one, other] = await anew(db, [one, other]);
      await expect
        .poll(async () => ((await one.read('a'))?.context as { got: Json[] }).got.length, PATIENCE)
        .toBe(2);
      await other.send('a', { type: 'GO' }, { wait: '10s' });
      [one, other] = await anew(db, [one, other]);
      expect(await ended(other, 'a')).toEqual(['RAISED', 'SENT']);
      const entries = (await one.history('a', { limit: 100 })).items;
      const held = entries.flatMap(({ type, at, data }) =>
        type === 'EventHeld' ? [(data as { dueAt: number }).dueAt - at] : [],
      );
      expect(held).toEqual([200, 300, 300]);
      const moves = entries.flatMap(({ type, at, data }) => {
        const to = (data as { to?: string } | null)?.to;
        return type === 'TransitionTaken' && to !== undefined ? [{ to, at }] : [];
      });
      expect(moves.map(({ to }) => to)).toEqual(['named', 'worked', 'computed', 'over']);
      const pauses = moves.slice(1).map(({ at }, i) => at - (moves[i]?.at ?? 0));
      for (const [i, least] of [200, 300, 200].entries()) expect(pauses[i]).toBeGreaterThanOrEqual(least);
    }, 60_000);

    it('notice that a handler is silent or late, and try tasks and machines again', async () => {
      const db = fresh();
      let tries = 0;
      const handlers: Handlers = {
        hang: () => new Promise(() => {}),
        third: async () => {
          tries += 1;
          if (tries < 3) throw new Error('not yet');
          return tries;
        },
      };
      const [one, other] = await workers(db, [caller, fragile], handlers);
      await one.create('caller', { id: 'a' });
      expect(await ended(other, 'a')).toEqual({ errors: ['HeartbeatTimeout', 'Timeout'], result: 3 });
      const types = (await one.history('a', { limit: 100 })).items.map(({ type }) => type);
      const count = (type: string) => types.filter((found) => found === type).length;
      expect(['TaskScheduled', 'TaskRetryScheduled'].map(count)).toEqual([3, 1]);
      expect(['MachineInvoked', 'MachineFailed', 'MachineRetryScheduled'].map(count)).toEqual([3, 2, 2]);
      const children = (await one.list({ machine: 'fragile' })).items;
      expect(children.map(({ status }) => status).sort()).toEqual(['failed', 'failed', 'succeeded']);
    }, 60_000);

    it('let an instance have the versions that were there when it began, in what it invokes and that does', async () => {
      const db = fresh();
      let [one, other] = await workers(db, [outer, middle, inner('first')]);
      await one.create('outer', { id: 'early', wait: '10s' });
      await one.create('outer', { id: 'waiting', wait: '10s' });
      await other.send('early', { type: 'GO' }, { wait: '10s' });
      await other.publish({ machine: 'inner', language: 'statechart', source: inner('second') });
      [one, other] = await anew(db, [one, other]);
      await one.create('outer', { id: 'late', wait: '10s' });
      for (const id of ['waiting', 'late']) await other.send(id, { type: 'GO' }, { wait: '10s' });
      for (const id of ['early', 'waiting', 'late']) await one.send(id, { type: 'card.go' }, { wait: '10s' });
      expect(await ended(one, 'early')).toBe('first');
      expect(await ended(one, 'waiting')).toBe('first');
      expect(await ended(other, 'late')).toBe('second');
    }, 60_000);
  });
}

onEachStore('two workers', describeOn);
