import { describe, expect, it } from 'vitest';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import { MAX_STATE_BYTES } from '../../src/core/limits.js';
import { statechart } from '../../src/statechart/language.js';
import { createMachine } from '../../src/statechart/machine.js';

describe('what functions change in place', () => {
  const hoarder = createMachine({
    id: 'hoarder',
    context: { list: Array.from({ length: 40 }, (_, n) => `${n}`), n: 0 },
    initial: 'a',
    states: {
      a: {
        entry: {
          assign: {
            list: ({ context }) => {
              context.list.push('entered');
              return context.list;
            },
          },
        },
        on: {
          LOOK: {
            guard: ({ context }) => {
              context.list[0] = 'x'.repeat(MAX_STATE_BYTES);
              return false;
            },
          },
          PASS: {
            guard: ({ context }) => {
              context.list[0] = 'x'.repeat(MAX_STATE_BYTES);
              return true;
            },
          },
          GROW: {
            assign: {
              list: ({ context }) => {
                context.list[0] = 'x'.repeat(MAX_STATE_BYTES);
                return context.list;
              },
            },
          },
          COUNT: { assign: { n: ({ context }) => context.n + 1 } },
        },
      },
    },
  });
  const program = statechart.compile(hoarder.source, hoarder.implementations);
  const stamped = (instance: string, revision: number, body: EventBody): Event => ({
    ...{ id: `e${revision}`, instance, revision, at: revision, seed: 's' },
    ...body,
  });
  const begin = (id: string) =>
    fold(statechart, program, UNBORN, stamped(id, 1, { type: 'start', machine: 'hoarder', input: null }));
  const signal = (revision: number, name: string) => stamped('i', revision, { type: 'signal', name });

  it('is lost where they do not give it back', () => {
    const started = begin('i');
    const before = JSON.stringify(started.state);
    for (const name of ['LOOK', 'PASS']) {
      const step = fold(statechart, program, started, signal(2, name));
      expect(JSON.stringify(step.state)).toBe(before);
    }
    expect(JSON.stringify(started.state)).toBe(before);
  });

  it('is measured with the rest where they do', () => {
    let standing: Standing = begin('i');
    standing = fold(statechart, program, standing, signal(2, 'COUNT'));
    const before = JSON.stringify(standing.state);
    const grown = fold(statechart, program, standing, signal(3, 'GROW'));
    expect(grown.outcome).toMatchObject({ kind: 'rejected', problem: { code: 'state-too-large' } });
    expect(JSON.stringify(grown.state)).toBe(before);
    const after = fold(statechart, program, grown, signal(4, 'COUNT'));
    expect(after.outcome.kind).toBe('applied');
    expect(JSON.stringify(after.state).length).toBeLessThan(2_000);
  });

  it('is not found by instances that begin with the same', () => {
    begin('i');
    expect((begin('j').state as { context: { list: string[] } }).context.list).toHaveLength(41);
  });
});
