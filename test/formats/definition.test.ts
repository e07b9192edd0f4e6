import { describe, expect, it } from 'vitest';
import { definitionOf, detectLanguage } from '../../src/formats/definition.js';

const LIGHT = { initial: 'a', states: { a: {} } };

describe('the language of a source', () => {
  it('is known by its top-level keys', () => {
    expect(detectLanguage({ StartAt: 'A', States: {} })).toBe('asl');
    expect(detectLanguage({ States: {} })).toBe('asl');
    expect(detectLanguage(LIGHT)).toBe('statechart');
    expect(detectLanguage({ id: 'one', on: { GO: {} } })).toBe('statechart');
  });

  it('is none for other files', () => {
    const compose = { services: {} };
    const action = { name: 'build', on: { push: null }, jobs: {} };
    for (const source of [
      null,
      [],
      'a',
      compose,
      action,
      { type: 'module' },
      JSON.parse('{"__proto__":{"states":1}}'),
    ]) {
      expect(detectLanguage(source)).toBeUndefined();
    }
  });
});

describe('a machine', () => {
  it.each([
    ['order.yaml', 'order'],
    ['shop/order.machine.yml', 'order'],
    ['C:\\shop\\order.asl.json', 'order'],
    ['order.v2.json', 'order.v2'],
  ])('is named after its file: %s', (file, name) => {
    expect(definitionOf(LIGHT, file).publication?.machine).toBe(name);
  });

  it('is named by its id before its file', () => {
    expect(definitionOf({ ...LIGHT, id: 'light' }, 'order.yaml').publication?.machine).toBe('light');
  });

  it('may not have a name that ids may not have', () => {
    expect(definitionOf({ ...LIGHT, id: 'a/b' }, 'x.yaml').problems).toMatchObject([
      { code: 'invalid-id', path: '/id' },
    ]);
  });

  it('is told from a mistyped one', () => {
    expect(definitionOf({ StartAtt: 'A' }, 'x.json').problems).toMatchObject([
      { code: 'not-a-definition', hint: 'did you mean "StartAt"?' },
    ]);
    expect(definitionOf(null, 'x.yaml').problems).toMatchObject([{ message: 'there is nothing in it' }]);
  });
});
