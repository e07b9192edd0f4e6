import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { MAX_SCHEMA_PROBLEMS, schemaProblems, valueProblems } from '../../src/core/json-schema.js';
import { type Engine, openEngine } from '../../src/embed/engine.js';
import { statechart } from '../../src/statechart/language.js';
import { Hand } from './hand.js';

const order: Json = {
  id: 'order',
  schemas: {
    input: { type: 'object', required: ['max'], properties: { max: { type: 'integer' } } },
    context: { properties: { sum: { maximum: 10 } } },
  },
  events: {
    ADD: { type: 'object', required: ['qty'], properties: { qty: { type: 'number', minimum: 1 } } },
    ANY: {},
    NONE: null,
  },
  context: { sum: 0 },
  initial: 'open',
  states: {
    open: {
      invoke: { src: 'work', onDone: { assign: { sum: '{% event.output %}' } } },
      on: { ADD: { assign: { sum: '{% context.sum + event.data.qty %}' } }, ANY: {} },
    },
  },
};

let engine: Engine | undefined;

afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

describe('schemas', () => {
  it('refuse an input and an event before they are acknowledged', async () => {
    engine = await openEngine({
      db: 'memory:',
      definitions: [order] as never,
      handlers: { work: () => new Promise(() => {}) } as never,
    });
    await expect(engine.create('order', { id: 'a', input: {} })).rejects.toThrow('the input must have "max"');
    expect(await engine.read('a')).toBeUndefined();
    await engine.create('order', { id: 'a', input: { max: 3 }, wait: '5s' });
    const wrong = engine.send('a', { type: 'ADD', data: { qty: 0 } });
    await expect(wrong).rejects.toMatchObject({
      code: 'schema',
      message: 'the data of "ADD" at /qty must be at least 1',
    });
    await expect(engine.send('a', { type: 'ADD' })).rejects.toThrow('must be of type object');
    await engine.send('a', { type: 'ADD', data: { qty: 2 } }, { wait: '5s' });
    await engine.send('a', { type: 'ANY', data: 5 }, { wait: '5s' });
    expect(await engine.read('a')).toMatchObject({ context: { sum: 2 }, revision: 3 });
  });

  it('are kept by the step, whoever sent the event', () => {
    const hand = new Hand(order);
    hand.start({ max: 1 });
    expect(hand.signal('ADD', { qty: '1' }).outcome).toMatchObject({
      kind: 'rejected',
      problem: { code: 'schema' },
    });
    expect(hand.signal('ADD', { qty: 11 }).outcome).toMatchObject({
      problem: { message: 'the context at /sum must be at most 10' },
    });
    expect(hand.signal('ADD', { qty: 10 }).state).toMatchObject({ context: { sum: 10 } });
    expect(hand.step({ type: 'task.succeeded', effect: '1.0', output: 11 })).toMatchObject({
      status: 'failed',
      state: { context: { sum: 10 }, error: { error: 'schema' } },
    });
    expect(new Hand(order).start({})).toMatchObject({ status: 'failed', outcome: { kind: 'rejected' } });
  });

  it('are checked with the definition', () => {
    const of = (schemas: Json, events: Json = {}) =>
      statechart.check({ id: 'm', schemas, events, initial: 'a', states: { a: {} } });
    expect(of({ inptu: {}, context: 5, events: {} }, { A: { minimum: 'x', pattern: '^a' } })).toMatchObject([
      { code: 'wrong-type', path: '/events/A/minimum' },
      { code: 'not-supported', path: '/events/A/pattern' },
      { code: 'unknown-key', path: '/schemas/inptu', hint: 'did you mean "input"?' },
      { code: 'wrong-type', path: '/schemas/context' },
      { code: 'unknown-key', path: '/schemas/events', hint: 'they stand in "events" of the machine' },
    ]);
    expect(of(5, ['ADD'])).toMatchObject([
      { code: 'wrong-type', path: '/events' },
      { code: 'wrong-type', path: '/schemas' },
    ]);
  });
});

describe('a value', () => {
  it.each<[Json, Json, boolean]>([
    [1, { type: 'integer' }, true],
    [1.5, { type: 'integer' }, false],
    [null, { type: ['string', 'null'] }, true],
    [[], { type: 'object' }, false],
    ['b', { enum: ['a', 'b'] }, true],
    ['c', { enum: ['a', 'b'] }, false],
    [{ a: 1 }, { const: { a: 1 } }, true],
    [{ a: 2 }, { const: { a: 1 } }, false],
    [{ b: 1 }, { properties: { a: {} }, additionalProperties: false }, false],
    [{ b: 'x' }, { additionalProperties: { type: 'string' } }, true],
    [['x', 5], { items: { type: 'string' } }, false],
    ['😀', { minLength: 2 }, false],
    [[1], { minItems: 1, maxItems: 1 }, true],
    [5, { exclusiveMinimum: 5 }, false],
    [5, { exclusiveMaximum: 6, minimum: 5 }, true],
    [5, { anyOf: [{ type: 'string' }, { minimum: 5 }] }, true],
    [4, { allOf: [{ type: 'number' }, { minimum: 5 }] }, false],
    [{}, { required: ['constructor'] }, false],
    [
      JSON.parse('{"__proto__":1}') as Json,
      { properties: JSON.parse('{"__proto__":{"type":"string"}}') as Json },
      false,
    ],
    [1, true, true],
    [1, false, false],
  ])('%j by %j: %j', (value, schema, fits) => {
    expect(schemaProblems(schema, '')).toEqual([]);
    expect(valueProblems(value, schema, 'it').length === 0).toBe(fits);
  });

  it('is told of so many problems at most', () => {
    const many = Array.from({ length: MAX_SCHEMA_PROBLEMS + 1 }, () => 1);
    expect(valueProblems(many.slice(1), { items: false }, 'it')).toHaveLength(MAX_SCHEMA_PROBLEMS);
    expect(valueProblems(many, { items: false }, 'it')).toHaveLength(MAX_SCHEMA_PROBLEMS);
  });
});
