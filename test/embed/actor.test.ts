import { describe, expect, it } from 'vitest';
import {
  assign,
  createActor,
  createMachine,
  emit,
  fromPromise,
  raise,
  sendParent,
  sendTo,
  setup,
  type,
} from '../../src/index.js';

/** A clock that stands still until it is told to go on. */
function standingClock() {
  let now = 1_000_000;
  const due: { at: number; action: () => void }[] = [];
  return {
    now: () => now,
    after(ms: number, action: () => void) {
      const item = { at: now + ms, action };
      due.push(item);
      return () => {
        if (due.includes(item)) due.splice(due.indexOf(item), 1);
      };
    },
    /** Goes on by so many milliseconds, stopping wherever something is due. */
    go(ms: number) {
      const end = now + ms;
      for (;;) {
        const next = due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = Math.max(now, next.at);
        due.splice(due.indexOf(next), 1);
        next.action();
      }
      now = end;
    },
  };
}

/** Lets promises that are done already tell so. */
const settle = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

const light = createMachine({
  id: 'light',
  context: { n: 0 },
  events: { PRESS: type<{ by: number }>(), LATER: {}, NEVER: {} },
  initial: 'off',
  states: {
    off: { on: { PRESS: { target: 'on', assign: { n: ({ context, event }) => context.n + event.by } } } },
    on: {
      after: { '10s': 'off' },
      entry: emit(({ context }) => ({ type: 'lit', n: context.n })),
      on: {
        LATER: { actions: raise({ type: 'PRESS', by: 10 }, { delay: '3s', id: 'later' }) },
        PRESS: 'off',
      },
    },
  },
});

describe('an actor', () => {
  it('handles what is sent to it, and tells those who watch', () => {
    const actor = createActor(light);
    const seen: string[] = [];
    const emitted: unknown[] = [];
    actor.send({ type: 'PRESS', by: 2 });
    expect(actor.getSnapshot().value).toBe('off');
    const { unsubscribe } = actor.subscribe(({ value }) => seen.push(String(value)));
    actor.on('lit', (event) => emitted.push(event));
    actor.start();
    expect(actor.matches('on')).toBe(true);
    expect(actor.getSnapshot().context).toEqual({ n: 2 });
    expect(emitted).toEqual([{ type: 'lit', n: 2 }]);
    expect([actor.can({ type: 'LATER' }), actor.can({ type: 'NEVER' })]).toEqual([true, false]);
    unsubscribe();
    actor.send({ type: 'PRESS', by: 1 });
    expect(seen).toEqual(['off', 'on']);
    actor.stop();
    expect(actor.getSnapshot().status).toBe('stopped');
  });

  it('carries out delays, and forgets them when their state is left', () => {
    const clock = standingClock();
    const actor = createActor(light, { clock }).start();
    actor.send({ type: 'PRESS', by: 1 });
    clock.go(9_999);
    expect(actor.getSnapshot().value).toBe('on');
    clock.go(1);
    expect(actor.getSnapshot().value).toBe('off');
    actor.send({ type: 'PRESS', by: 1 });
    actor.send({ type: 'LATER' });
    clock.go(3_000);
    expect(actor.getSnapshot().value).toBe('off');
    actor.send({ type: 'PRESS', by: 1 });
    clock.go(9_000);
    expect(actor.getSnapshot().value).toBe('on');
  });

  it('goes on with its delays after it was kept and restored', () => {
    const clock = standingClock();
    const actor = createActor(light, { clock }).start();
    actor.send({ type: 'PRESS', by: 1 });
    actor.send({ type: 'LATER' });
    clock.go(1_000);
    const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
    expect(snapshot).toMatchObject({
      value: 'on',
      context: { n: 1 },
      timers: [{ key: 'xstate.after.10s.light.on', dueAt: 1_010_000 }],
      held: [{ key: 'later', dueAt: 1_003_000, event: { raise: { type: 'PRESS', by: 10 } } }],
      definition: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    actor.stop();
    clock.go(500);
    const again = createActor(light, { clock, snapshot }).start();
    clock.go(1_499);
    expect(again.getSnapshot().value).toBe('on');
    clock.go(1);
    expect(again.getSnapshot().value).toBe('off');
  });

  it('runs tasks, and takes their answers as events', async () => {
    const machine = setup({
      types: {} as { context: { got: number; error: string } },
      actors: {
        load: fromPromise(({ input }: { input: { id: number } }) =>
          input.id === 1 ? Promise.resolve(42) : Promise.reject(new Error('no such thing')),
        ),
      },
    }).createMachine({
      context: { got: 0, error: '' },
      initial: 'a',
      states: {
        a: {
          invoke: {
            src: 'load',
            input: { id: 1 },
            onDone: { target: 'b', actions: assign({ got: ({ event }) => event.output }) },
          },
        },
        b: {
          invoke: {
            src: 'load',
            input: { id: 2 },
            onError: { target: 'c', assign: { error: ({ event }) => event.error.message } },
          },
        },
        c: { type: 'final' },
      },
    });
    const actor = createActor(machine).start();
    let completed = false;
    actor.subscribe({ complete: () => (completed = true) });
    await settle();
    expect(actor.getSnapshot().context).toEqual({ got: 42, error: 'no such thing' });
    expect([actor.getSnapshot().status, completed]).toEqual(['done', true]);
  });

  it('tells a task whose state is left, and begins it again after a restore', async () => {
    const runs: AbortSignal[] = [];
    const machine = createMachine({
      initial: 'a',
      states: { a: { invoke: { src: 'wait', onDone: 'b' }, on: { GO: 'b' } }, b: {} },
    });
    const handlers = {
      wait: (_: unknown, { signal }: { signal: AbortSignal }) => {
        runs.push(signal);
        return new Promise(() => {});
      },
    };
    const actor = createActor(machine, { handlers }).start();
    const snapshot = actor.getPersistedSnapshot();
    actor.send({ type: 'GO' });
    expect(runs.map(({ aborted }) => aborted)).toEqual([true]);
    createActor(machine, { handlers, snapshot }).start();
    await settle();
    expect(runs.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('tells of what was invoked in the words of the dialect', async () => {
    const machine = createMachine({
      dialect: 'scxml',
      context: { got: null as unknown },
      initial: 'a',
      states: {
        a: {
          invoke: { src: 'load', id: 'k' },
          on: [{ event: 'done.invoke.k', target: 'b', assign: { got: '{% event.output %}' } }],
        },
        b: { invoke: { src: 'break', id: 'l', onError: 'c' } },
        c: {},
      },
    } as never);
    const handlers = { load: () => 5, break: () => Promise.reject(new Error('no')) };
    const actor = createActor(machine, { handlers }).start();
    await settle();
    expect(actor.getSnapshot()).toMatchObject({ value: 'c', context: { got: 5 } });
  });

  it('runs machines that it invokes, and hears of their end', () => {
    const child = createMachine({
      id: 'child',
      initial: 'x',
      states: {
        x: { entry: sendParent({ type: 'HELLO' }), on: { HINT: 'y' } },
        y: { type: 'final' },
      },
      output: () => ({ ok: true }),
    });
    const parent = setup({
      types: {} as { context: { heard: number; ok: unknown }; events: { type: 'HELLO' } | { type: 'PUSH' } },
      actors: { kid: child },
    }).createMachine({
      context: { heard: 0, ok: undefined },
      on: {
        HELLO: { assign: { heard: ({ context }) => context.heard + 1 } },
        PUSH: { actions: sendTo('kid', { type: 'HINT' }) },
      },
      invoke: { src: 'kid', onDone: { assign: { ok: ({ event }) => event.output } } },
    });
    const actor = createActor(parent).start();
    expect(actor.getSnapshot().context.heard).toBe(1);
    expect(actor.getPersistedSnapshot().children).toMatchObject([
      { key: 'kid', machine: 'child', snapshot: { value: 'x' } },
    ]);
    actor.send({ type: 'PUSH' });
    expect(actor.getSnapshot().context.ok).toEqual({ ok: true });
  });

  it('ends with an error that nothing takes, and tells of it', () => {
    const machine = createMachine({
      on: {
        BOOM: {
          assign: () => {
            throw new Error('boom');
          },
        },
      },
    });
    const actor = createActor(machine).start();
    const errors: unknown[] = [];
    actor.subscribe({ error: (error) => errors.push(error) });
    actor.send({ type: 'BOOM' });
    expect(errors).toEqual([new Error('boom')]);
    expect(actor.getSnapshot()).toMatchObject({ status: 'error', error: new Error('boom') });
  });

  describe('tries again', () => {
    const caller = createMachine({
      id: 'caller',
      context: { got: null as unknown },
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            ...{ src: 'ask', input: { n: 1 } },
            retry: [
              { attempts: 3, delay: '1s', errors: ['Down'] },
              { attempts: 2, delay: '5s', errors: ['Odd'] },
            ],
            onDone: { target: 'over', assign: { got: ({ event }) => event.output } },
            onError: { target: 'over', assign: { got: ({ event }) => event.error.name } },
          },
          on: { LEAVE: 'over' },
        },
        over: {},
      },
    });

    /** A handler that fails with these names, one after the other, and then succeeds. */
    const failing = (...names: string[]) => {
      const inputs: unknown[] = [];
      const ask = async (input: unknown) => {
        inputs.push(input);
        const name = names[inputs.length - 1];
        if (name !== undefined) throw Object.assign(new Error(name), { name });
        return inputs.length;
      };
      return { inputs, handlers: { ask } };
    };

    it('what fails, after the pauses that are written, each `retry` counted by itself', async () => {
      const clock = standingClock();
      const { inputs, handlers } = failing('Down', 'Odd', 'Down');
      const actor = createActor(caller, { clock, handlers }).start();
      for (const [pause, attempts] of [
        [999, 1],
        [1, 2],
        [4_999, 2],
        [1, 3],
        [1_999, 3],
        [1, 4],
      ] as const) {
        await settle();
        clock.go(pause);
        expect(inputs).toHaveLength(attempts);
      }
      await settle();
      expect(actor.getSnapshot()).toMatchObject({ value: 'over', context: { got: 4 } });
      expect(new Set(inputs.map((input) => JSON.stringify(input)))).toEqual(new Set(['{"n":1}']));
    });

    it('no more often than is written, and nothing that is not named', async () => {
      for (const [names, last] of [
        [['Down', 'Down', 'Down'], 'Down'],
        [['Other'], 'Other'],
      ] as const) {
        const clock = standingClock();
        const { inputs, handlers } = failing(...names);
        const actor = createActor(caller, { clock, handlers }).start();
        for (let n = 0; n < names.length; n++) {
          await settle();
          clock.go(2_000);
        }
        expect(actor.getSnapshot()).toMatchObject({ value: 'over', context: { got: last } });
        expect(inputs).toHaveLength(names.length);
      }
    });

    it('nothing whose state was left in the pause', async () => {
      const clock = standingClock();
      const { inputs, handlers } = failing('Down');
      const actor = createActor(caller, { clock, handlers }).start();
      await settle();
      actor.send({ type: 'LEAVE' });
      expect(actor.getPersistedSnapshot().retries).toBeUndefined();
      clock.go(60_000);
      await settle();
      expect(inputs).toHaveLength(1);
    });

    it('when the pause is over that was kept, and counts what was tried before', async () => {
      const clock = standingClock();
      const first = failing('Down');
      const actor = createActor(caller, { clock, ...first }).start();
      await settle();
      clock.go(400);
      const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
      expect(snapshot.retries).toEqual([
        { key: '0.caller.asking', input: { n: 1 }, used: [1, 0], dueAt: 1_001_000 },
      ]);
      actor.stop();
      const second = failing('Down');
      const again = createActor(caller, { clock, snapshot, ...second }).start();
      clock.go(599);
      expect(second.inputs).toHaveLength(0);
      clock.go(1);
      await settle();
      clock.go(2_000);
      await settle();
      expect(second.inputs).toHaveLength(2);
      expect(again.getSnapshot()).toMatchObject({ value: 'over', context: { got: 2 } });
    });

    it('a machine, with the input that it had', async () => {
      const clock = standingClock();
      const { inputs, handlers } = failing('Down', 'Down');
      const fragile = createMachine({
        id: 'fragile',
        context: ({ input }: { input: unknown }) => ({ input, got: 0 }),
        initial: 'asking',
        states: {
          asking: {
            invoke: {
              src: 'ask',
              input: ({ context }) => context.input,
              onDone: { target: 'done', assign: { got: ({ event }) => event.output as number } },
            },
          },
          done: { type: 'final' },
        },
        output: ({ context }) => context.got,
      });
      const parent = createMachine({
        context: { got: null as unknown },
        initial: 'asking',
        states: {
          asking: {
            invoke: {
              ...{ machine: 'fragile', input: 'the same', retry: { attempts: 3, delay: '1s' } },
              onDone: { target: 'over', assign: { got: ({ event }) => event.output } },
            },
          },
          over: {},
        },
      });
      const options = { clock, handlers, machines: [fragile] };
      let actor = createActor(parent, options).start();
      await settle();
      const snapshot = actor.getPersistedSnapshot();
      expect(snapshot.retries).toMatchObject([{ machine: 'fragile', input: 'the same', used: [1] }]);
      actor.stop();
      actor = createActor(parent, { ...options, snapshot }).start();
      clock.go(1_000);
      await settle();
      clock.go(2_000);
      await settle();
      expect(actor.getSnapshot()).toMatchObject({ value: 'over', context: { got: 3 } });
      expect(inputs).toEqual(['the same', 'the same', 'the same']);
    });

    it('after any pause up to that, where there is jitter', async () => {
      const machine = createMachine({
        id: 'jitter',
        initial: 'asking',
        states: {
          asking: {
            invoke: { src: 'ask', retry: { attempts: 2, delay: '1s', jitter: true }, onDone: 'over' },
          },
          over: {},
        },
      });
      const pauses = new Set<number>();
      for (let n = 0; n < 20; n++) {
        const clock = standingClock();
        const actor = createActor(machine, { clock, ...failing('Down') }).start();
        await settle();
        const [retry] = actor.getPersistedSnapshot().retries ?? [];
        pauses.add((retry?.dueAt ?? Number.NaN) - clock.now());
        actor.stop();
      }
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(1_000);
      expect(pauses.size).toBeGreaterThan(1);
    });
  });

  it('fails a task that is silent for too long, and waits for one that tells of its progress', async () => {
    const clock = standingClock();
    const jobs: { signal: AbortSignal; heartbeat: () => void }[] = [];
    const machine = createMachine({
      context: { error: null as unknown },
      initial: 'working',
      states: {
        working: {
          invoke: {
            ...{ src: 'work', heartbeat: '10s', onDone: 'done' },
            onError: { target: 'failed', assign: { error: ({ event }) => event.error } },
          },
        },
        done: {},
        failed: {},
      },
    });
    const work = (_: unknown, job: { signal: AbortSignal; heartbeat: () => void }) => {
      jobs.push(job);
      return new Promise(() => {});
    };
    const actor = createActor(machine, { clock, handlers: { work } }).start();
    const [job] = jobs;
    for (let n = 0; n < 5; n++) {
      clock.go(9_000);
      job?.heartbeat();
    }
    clock.go(9_999);
    expect([actor.getSnapshot().value, job?.signal.aborted]).toEqual(['working', false]);
    clock.go(1);
    expect([actor.getSnapshot().value, job?.signal.aborted]).toEqual(['failed', true]);
    expect(actor.getSnapshot().context).toMatchObject({ error: { name: 'HeartbeatTimeout' } });
  });
});
