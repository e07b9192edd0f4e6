import { describe, expect, it } from 'vitest';
import { Chance } from '../../src/core/chance.js';
import type { Json } from '../../src/core/json.js';
import { MAX_JSON_DEPTH } from '../../src/core/limits.js';
import { ExpressionError } from '../../src/expression/expression-error.js';
import {
  type CheckedTemplate,
  compileJsonataTemplate,
  compilePayloadTemplate,
  type Template,
  TemplateError,
} from '../../src/expression/template.js';

function compiled(checked: CheckedTemplate): Template {
  if ('problems' in checked) throw new Error(checked.problems.map(({ message }) => message).join('; '));
  return checked.value;
}

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a JSONata template', () => {
  it('evaluates the texts between {% and %} and leaves all else as it is', () => {
    const template = compiled(
      compileJsonataTemplate({
        sum: '{% a + b %}',
        list: ['{% a %}', 'text', 1, null],
        deep: { x: ' {% b %} ' },
      }),
    );
    expect(template.evaluate({ a: 1, b: 2 })).toEqual({ sum: 3, list: [1, 'text', 1, null], deep: { x: 2 } });
  });

  it('gives what has no expressions as it stands', () => {
    const literal: Json = { a: [1, { b: 'c' }] };
    expect(compiled(compileJsonataTemplate(literal)).evaluate(null)).toBe(literal);
  });

  it('collects every problem with its place', () => {
    expect(
      compileJsonataTemplate({ 'a/b': '{% 1 + %}', c: ['{% $nope() %}', '{% open'], d: 'shut %}' }),
    ).toMatchObject({
      problems: [
        { code: 'S0207', path: '/a~1b', message: expect.stringContaining('column') },
        { code: 'T1006', path: '/c/0' },
        { code: 'expression-delimiter', path: '/c/1' },
        { code: 'expression-delimiter', path: '/d' },
      ],
    });
  });

  it('throws where an expression finds nothing, and says where', () => {
    const template = compiled(compileJsonataTemplate({ a: ['{% missing %}'] }));
    const error = thrown(() => template.evaluate({}));
    expect(error).toBeInstanceOf(TemplateError);
    expect(error).toMatchObject({ code: 'undefined-result', path: '/a/0', expression: '{% missing %}' });
    expect(String(error)).toContain('/a/0');
  });

  it('finds nothing at the top if the caller allows it', () => {
    const template = compiled(compileJsonataTemplate('{% missing %}'));
    expect(template.find({})).toBeUndefined();
    expect(thrown(() => template.evaluate({}))).toMatchObject({ code: 'undefined-result', path: '' });
  });

  it('shares one budget among its expressions', () => {
    const heavy = '{% $sum([1..300000]) %}';
    expect(compiled(compileJsonataTemplate([heavy])).evaluate(null)).toEqual([45000150000]);
    const error = thrown(() => compiled(compileJsonataTemplate([heavy, heavy])).evaluate(null));
    expect(error).toBeInstanceOf(ExpressionError);
    expect(error).toMatchObject({ code: 'budget-steps', path: '/1' });
  });

  it('keeps what its expressions make together within limits', () => {
    const big = 'x'.repeat(1_000_000);
    const whole = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, '{% big %}']));
    expect(compiled(compileJsonataTemplate(whole(8))).evaluate({ big })).toHaveProperty('k7');
    const template = compiled(compileJsonataTemplate(whole(9)));
    expect(thrown(() => template.evaluate({ big }))).toMatchObject({ code: 'budget-text' });
  });

  it('may nest so deep and no deeper', () => {
    const nested = (depth: number): Json => (depth === 0 ? '{% 1 %}' : [nested(depth - 1)]);
    expect(compileJsonataTemplate(nested(MAX_JSON_DEPTH))).toHaveProperty('value');
    expect(compileJsonataTemplate(nested(MAX_JSON_DEPTH + 1))).toMatchObject({
      problems: [{ code: 'template-depth' }],
    });
  });

  it('keeps a key called __proto__ a plain key', () => {
    const template = compiled(compileJsonataTemplate(JSON.parse('{"__proto__": "{% 1 %}"}')));
    const result = template.evaluate(null);
    expect(JSON.stringify(result)).toBe('{"__proto__":1}');
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });
});

describe('a payload template', () => {
  it('reads paths where keys end in ".$"', () => {
    const template = compiled(
      compilePayloadTemplate({
        'id.$': '$.order.id',
        name: '$.not.a.path',
        list: [{ 'all.$': '$.items[*].n' }],
      }),
    );
    expect(template.evaluate({ order: { id: 7 }, items: [{ n: 1 }, { n: 2 }] })).toEqual({
      id: 7,
      name: '$.not.a.path',
      list: [{ all: [1, 2] }],
    });
  });

  it('reads the context object and variables from the bindings', () => {
    const template = compiled(compilePayloadTemplate({ 'state.$': '$$.State.Name', 'n.$': '$count' }));
    const bindings = { $$: { State: { Name: 'Wait' } }, count: 3 };
    expect(template.evaluate({}, { bindings })).toEqual({ state: 'Wait', n: 3 });
  });

  it('calls intrinsic functions', () => {
    const template = compiled(compilePayloadTemplate({ 'a.$': "States.Format('{}!', $.name)" }));
    expect(template.evaluate({ name: 'x' })).toEqual({ a: 'x!' });
    expect(thrown(() => template.evaluate({}))).toMatchObject({ code: 'undefined-argument', path: '/a.$' });
  });

  it('warns of calls that can only fail', () => {
    expect(compilePayloadTemplate({ list: [{ 'a.$': 'States.UUID(1)' }] })).toMatchObject({
      warnings: [
        {
          code: 'intrinsic-arguments',
          message: 'States.UUID takes 0 arguments, not 1 (at column 1 of the expression)',
          path: '/list/0/a.$',
        },
      ],
    });
  });

  it('throws where a path finds nothing', () => {
    for (const expression of ['$.missing', '$.missing[*]', '$.list.length()']) {
      const template = compiled(compilePayloadTemplate({ 'a.$': expression }));
      expect(thrown(() => template.evaluate({ list: [1] }))).toMatchObject({
        code: 'undefined-result',
        path: '/a.$',
        expression,
      });
    }
  });

  it('has null for items that an array does not have, and empty lists for what a search does not find', () => {
    const template = compiled(
      compilePayloadTemplate({ 'a.$': '$.list[5]', 'b.$': '$.list[5].x', 'c.$': '$.list[*].x' }),
    );
    expect(template.evaluate({ list: [1] })).toEqual({ a: null, b: null, c: [] });
  });

  it('refuses paths that are none, other values, doubled keys and unknown intrinsic functions', () => {
    expect(
      compilePayloadTemplate({ 'a.$': 'x', 'b.$': 5, c: 1, 'c.$': '$', 'd.$': 'States.Nope()' }),
    ).toMatchObject({
      problems: [
        { code: 'jsonpath', path: '/a.$' },
        { code: 'template-path', path: '/b.$' },
        { code: 'template-key', path: '/c.$' },
        { code: 'intrinsic', path: '/d.$' },
      ],
    });
  });

  it('asks for a clock and for chance only where an expression does', () => {
    const asked: string[] = [];
    const surroundings = {
      get now() {
        asked.push('now');
        return 0;
      },
      get chance() {
        asked.push('chance');
        return new Chance('test');
      },
    };
    const find = (checked: CheckedTemplate) => compiled(checked).find({ n: 1 }, surroundings);
    expect(find(compileJsonataTemplate({ a: '{% n %}' }))).toEqual({ a: 1 });
    expect(find(compilePayloadTemplate({ 'a.$': "States.Format('{}', $.n)" }))).toEqual({ a: '1' });
    expect(asked).toEqual([]);
    expect(find(compileJsonataTemplate('{% $millis() %}'))).toBe(0);
    expect(asked).toEqual(['now']);
  });
});
