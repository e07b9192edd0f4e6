import fc from 'fast-check';
import type { Json } from '../../src/core/json.js';

/** Small documents whose keys are the names that the generated expressions use. */
export function documents(): fc.Arbitrary<Json> {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<Json>(0, 1, 2, -1, 3.5, 'x', 'y', '', true, false, null),
      fc.array(tie('value') as fc.Arbitrary<Json>, { maxLength: 3 }),
      tie('object') as fc.Arbitrary<Json>,
    ),
    object: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value') as fc.Arbitrary<Json>, {
      maxKeys: 3,
      noNullPrototype: true,
    }) as fc.Arbitrary<Json>,
  }));
  return value as fc.Arbitrary<Json>;
}

/** Texts of expressions over those documents, right in their grammar. */
export function expressions(): fc.Arbitrary<string> {
  const join = (...parts: (string | fc.Arbitrary<string>)[]) =>
    fc
      .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
      .map((all) => all.join(''));
  const { expression } = fc.letrec((tie) => {
    const text = (name: string) => tie(name) as fc.Arbitrary<string>;
    const e = text('expression');
    const path = text('path');
    const name = fc.constantFrom('a', 'b', 'c');
    const literal = fc.constantFrom('0', '1', '-2', '3.5', '"x"', '""', 'true', 'false', 'null');
    const options = { depthSize: 'small', withCrossShrink: true } as const;
    return {
      expression: fc.oneof(
        options,
        text('path'),
        text('scalar'),
        text('call'),
        join('[', e, ']'),
        join('[', e, ', ', e, ']'),
        join('{"k": ', e, ', "l": ', e, '}'),
        join('(', e, ')'),
        join('(', e, '; ', e, ')'),
        join('($v := ', e, '; ', e, ')'),
        join(text('test'), ' ? ', e, ' : ', e),
        join('(', e, ') ?? ', e),
        join('(', e, ') ?: ', e),
        text('binding'),
      ),
      path: fc.oneof(
        options,
        name,
        fc.constantFrom('$', '$$', '$v', '*', '**'),
        join(path, '.', text('step')),
        join(fc.constantFrom('a', 'b', 'c', '$', '*', '**'), text('predicate')),
        join(path, '.', text('step'), text('predicate')),
        join('(', path, ')', text('predicate')),
        join(path, '^(', name, ')'),
        join(path, '^(>', name, ', ', name, ')'),
        join(path, '{$string(', name, '): ', e, '}'),
      ),
      step: fc.oneof(
        options,
        name,
        name,
        fc.constantFrom('$', '*', '**', '%'),
        join('[', e, ']'),
        join('{"k": ', e, '}'),
        join('(', e, ')'),
      ),
      // The reference implementation filters nothing as if it were one item: these let such an item through never.
      predicate: fc.oneof(
        fc.constantFrom('[0]', '[1]', '[-1]', '[]', '[$ = 1]', '[$ = "x"]'),
        join('[', name, ']'),
        join('[', name, ' = ', literal, ']'),
        join('[', name, ' in [1, "x", 2]]'),
        join('[', name, ' = 1 or ', name, ' = "x"]'),
      ),
      scalar: fc.oneof(
        options,
        literal,
        join('(', e, ') + (', e, ')'),
        join('(', e, ') * 2'),
        join('(', e, ') & (', e, ')'),
        join('-(', e, ')'),
        text('test'),
      ),
      test: fc.oneof(
        options,
        join(name, ' = ', text('scalar')),
        join('(', e, ') = (', e, ')'),
        join('(', e, ') != ', name),
        join('(', e, ') < (', e, ')'),
        join('(', e, ') >= 1'),
        join(name, ' in (', e, ')'),
        join('(', e, ') and (', e, ')'),
        join('(', e, ') or (', e, ')'),
        join('$exists(', e, ')'),
      ),
      call: fc.oneof(
        options,
        join(
          fc.constantFrom(
            '$count',
            '$string',
            '$boolean',
            '$not',
            '$type',
            '$keys',
            '$reverse',
            '$sum',
            '$max',
            '$distinct',
            '$spread',
            '$number',
            '$length',
            '$exists',
            '$merge',
            '$average',
            '$uppercase',
          ),
          '(',
          e,
          ')',
        ),
        join('$append(', e, ', ', e, ')'),
        join('$lookup(', e, ', "a")'),
        join('$join(', e, ', "-")'),
        join('$map(', e, ', function($x) { ', e, ' })'),
        join('$map(', e, ', function($x, $i) { [$x, $i] })'),
        join('$filter(', e, ', function($x) { $x = 1 })'),
        join('$reduce(', e, ', function($p, $x) { $p & $x })'),
        join('$sort(', e, ')'),
        join('$zip(', e, ', ', e, ')'),
        join('$each(', e, ', function($x, $k) { $k & $x })'),
        join('$sift(', e, ', function($x) { $x != 1 })'),
        join('(', e, ') ~> $count'),
        join('(', e, ') ~> |a|{"n": b}, "c"|'),
        join('function($x) { $x }(', e, ')'),
        join('(', e, ').$string()'),
      ),
      binding: fc.oneof(
        options,
        join(name, '@$v.', e),
        join(name, '#$v.', e),
        join(name, '.', name, '@$v.{"v": $v, "k": ', e, '}'),
        join(name, '.', name, '#$v.[$v, ', e, ']'),
        join(name, '.', name, '.{"p": %.a}'),
        join(name, '.', name, '[%.b = ', literal, ']'),
        join(name, '.', name, '.%.', name),
        join(name, '@$v.c[$v.a = b]'),
        join(name, '.', name, '^(%.a)'),
      ),
    };
  });
  return expression as fc.Arbitrary<string>;
}
