import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import type { Json } from '../../src/core/json.js';
import { statechart } from '../../src/statechart/language.js';

describe('the JSON of an XState config', () => {
  const written = (config: object) =>
    JSON.parse(JSON.stringify(createMachine(config as never).config)) as Json;

  it('loads unchanged', () => {
    const config = written({
      id: 'm',
      version: '1',
      types: {},
      context: { n: 0 },
      description: 'of all kinds',
      initial: 'a',
      states: {
        a: {
          entry: [{ type: 'greet', params: { x: 1 } }, 'wave'],
          on: {
            GO: { target: 'b', guard: { type: 'ok', params: { k: 1 } } },
            M: [{ target: ['#m.b'], reenter: true }],
          },
          after: { 1000: 'b' },
          invoke: { id: 'l', src: 'load', input: { q: 1 }, onDone: [{ target: 'b' }], onError: 'b' },
          tags: ['t'],
          meta: { p: 1 },
        },
        b: { type: 'final', output: { k: 1 } },
      },
    });
    expect(statechart.check(config)).toEqual([]);
  });

  it('is a problem, at its place, where a function was lost among actions', () => {
    const config = written({ initial: 'a', states: { a: { entry: ['wave', () => {}] } } });
    expect(statechart.check(config)).toMatchObject([{ code: 'wrong-type', path: '/states/a/entry/1' }]);
  });
});
