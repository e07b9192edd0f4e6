import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/expression/budget.js';
import { BacktrackingMatcher } from '../../src/expression/regex/backtracking.js';
import { ParallelMatcher } from '../../src/expression/regex/parallel.js';
import { MAX_PATTERN_DEPTH, MAX_PATTERN_GROUPS, parsePattern } from '../../src/expression/regex/pattern.js';
import { MAX_PROGRAM_LENGTH, programOf } from '../../src/expression/regex/program.js';
import { type Match, Regex } from '../../src/expression/regex/regex.js';
import { SourceError } from '../../src/expression/source-error.js';

const PLAIN = { ignoreCase: false, multiline: false };

function find(pattern: string, text: string, options = PLAIN): Match | undefined {
  return new Regex(pattern, options).find(text, 0, new Budget());
}

/** What JavaScript's own engine finds. */
function reference(pattern: string, text: string, flags: string): Match | undefined {
  const match = new RegExp(pattern, flags).exec(text);
  if (match === null) return undefined;
  return { start: match.index, end: match.index + match[0].length, groups: match.slice(1) };
}

function patterns(): fc.Arbitrary<string> {
  const character = fc.constantFrom(
    ...'a b B . \\w \\d \\s \\W [ab] [^a] [a-c] [\\d_-] \\. \\n 1'.split(' '),
  );
  const depth = { maxDepth: 3, depthIdentifier: 'pattern', withCrossShrink: true } as const;
  const { choice } = fc.letrec((tie) => {
    const part = (name: string) => tie(name) as fc.Arbitrary<string>;
    return {
      choice: fc.array(part('sequence'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
      sequence: fc.array(part('item'), { maxLength: 3 }).map((parts) => parts.join('')),
      item: fc.oneof(
        depth,
        part('atom'),
        fc
          .tuple(
            part('solid'),
            fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,1}', '{1,}'),
            fc.constantFrom('', '?'),
          )
          .map((parts) => parts.join('')),
        fc.constantFrom('^', '$', '\\b', '\\B'),
      ),
      // A repeated group that matches nothing is taken back by JavaScript, and is not here: these match something.
      solid: fc.oneof(
        depth,
        character,
        fc.tuple(character, part('choice')).map(([first, inner]) => `(${first}(?:${inner}))`),
        fc.tuple(character, part('choice')).map(([first, inner]) => `(?:${first}|${first}(${inner}))`),
      ),
      atom: fc.oneof(
        depth,
        character,
        part('choice').map((inner) => `(${inner})`),
        part('choice').map((inner) => `(?:${inner})`),
      ),
    };
  });
  return choice as fc.Arbitrary<string>;
}

/** Steps that are never used up here. */
const MANY = 1e9;

describe('a regular expression', () => {
  it('finds what JavaScript finds', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'A', '1', ' ', '\n', '.', '-'), { maxLength: 8 });
    let found = 0;
    fc.assert(
      fc.property(
        patterns(),
        texts,
        fc.boolean(),
        fc.boolean(),
        (pattern, characters, ignoreCase, multiline) => {
          const text = characters.join('');
          const expected = reference(pattern, text, `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}`);
          expect(find(pattern, text, { ignoreCase, multiline }), `/${pattern}/`).toEqual(expected);
          if (expected !== undefined) found++;
        },
      ),
      { numRuns: 3000, seed: 4 },
    );
    expect(found).toBeGreaterThan(500);
  });

  it.each([
    ['(a+)+$', 'a', 'b'],
    ['(a|aa)+$', 'a', 'b'],
    ['(.*)*x', 'a', ''],
    ['^(\\w+\\s?)*$', 'word ', '!'],
    ['(x+x+)+y', 'x', ''],
    ['((((((((((a*)*)*)*)*)*)*)*)*)*)*b', 'a', ''],
  ])('needs no more than linear time for /%s/', (pattern, part, end) => {
    const stepsFor = (times: number): number => {
      const budget = new Budget(MANY);
      expect(new Regex(pattern, PLAIN).find(part.repeat(times) + end, 0, budget)).toBeUndefined();
      return MANY - budget.left;
    };
    expect(stepsFor(40_000)).toBeLessThan(2.01 * stepsFor(20_000));
  });

  it('skips where no match can begin, many characters for a step', () => {
    const text = `${'a'.repeat(7_000_000)}zoo`;
    for (const pattern of ['zo+', 'zo+$', '(?:y|z)o*', '\\u007aoo']) {
      const match = new Regex(pattern, PLAIN).find(text, 0, new Budget());
      expect(match, pattern).toMatchObject({ start: 7_000_000, end: 7_000_003 });
    }
    expect(new Regex('x', PLAIN).find(text, 0, new Budget())).toBeUndefined();
    expect(new Regex('^z', PLAIN).find(text, 0, new Budget())).toBeUndefined();
  });

  it.each([1_000, 100_000])('stops at its budget in a text of %d characters', (length) => {
    expect(() => new Regex('(a|b)+c', PLAIN).find('a'.repeat(length), 0, new Budget(500))).toThrow(
      expect.objectContaining({ code: 'budget-steps' }),
    );
  });

  it('is matched alike whether ways are tried one by one or followed together', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'A', '1', ' ', '\n'), { maxLength: 12 });
    fc.assert(
      fc.property(patterns(), texts, fc.boolean(), (pattern, characters, multiline) => {
        const program = programOf(parsePattern(pattern, { ignoreCase: false, multiline }));
        const text = characters.join('');
        for (const from of [0, text.length >> 1]) {
          const oneByOne = new BacktrackingMatcher(program, text, from, new Budget()).find();
          const together = new ParallelMatcher(program, text, new Budget()).find(from);
          expect(oneByOne, `/${pattern}/ from ${from} of ${JSON.stringify(text)}`).toEqual(together);
        }
      }),
      { numRuns: 2000, seed: 5 },
    );
  });

  it('begins where it is told', () => {
    const regex = new Regex('^a|b', PLAIN);
    expect(regex.find('aba', 1, new Budget())).toEqual({ start: 1, end: 2, groups: [] });
    expect(regex.find('aa', 1, new Budget())).toBeUndefined();
  });

  it('forgets the groups of earlier rounds', () => {
    expect(find('(?:(a)|(b))*', 'ab')).toEqual({ start: 0, end: 2, groups: [undefined, 'b'] });
  });

  it('reads named groups, escapes and characters that need no escape', () => {
    expect(find('(?<year>\\d{4})-\\u0061\\x62\\t]{,}', '2026-ab\t]{,}')?.groups).toEqual(['2026']);
    expect(find('[\\b\\n\\]-]+', 'x-]\n\b')).toMatchObject({ start: 1, end: 5 });
  });

  it.each([
    ['(a', 'not closed'],
    ['a)', 'closes nothing'],
    ['[a', 'not closed'],
    ['*a', 'nothing to repeat'],
    ['a**', 'nothing to repeat'],
    ['a{2,1}', 'in order'],
    ['[b-a]', 'in order'],
    ['a\\', 'may not end'],
    ['(a)\\1', 'backreferences'],
    ['a(?=b)', 'looking ahead'],
    ['(?<!a)b', 'looking ahead or behind'],
    ['(?i)a', 'not known'],
    ['\\p{L}', 'not supported'],
    ['^*', 'nothing to repeat'],
  ])('is refused if it is /%s/', (pattern, words) => {
    expect(() => new Regex(pattern, PLAIN)).toThrow(words);
    expect(() => new Regex(pattern, PLAIN)).toThrow(SourceError);
  });

  it('may be so large, counting its repetitions, and no larger', () => {
    // Two positions are saved, and the match is an instruction too.
    const most = MAX_PROGRAM_LENGTH - 3;
    expect(() => new Regex(`a{${most}}`, PLAIN)).not.toThrow();
    expect(() => new Regex(`a{${most + 1}}`, PLAIN)).toThrow('too large');
    expect(() => new Regex('((a{100}){100}){100}', PLAIN)).toThrow('too large');
    expect(() => new Regex('a{999999999}', PLAIN)).toThrow('too large');
  });

  it('may note so many groups and no more', () => {
    expect(() => new Regex('(a)'.repeat(MAX_PATTERN_GROUPS), PLAIN)).not.toThrow();
    expect(() => new Regex('(a)'.repeat(MAX_PATTERN_GROUPS + 1), PLAIN)).toThrow('groups');
  });

  it('may nest so deep and no deeper', () => {
    const nested = (depth: number) => `${'('.repeat(depth - 1)}a${')'.repeat(depth - 1)}`;
    expect(() => new Regex(nested(MAX_PATTERN_DEPTH), PLAIN)).not.toThrow();
    expect(() => new Regex(nested(MAX_PATTERN_DEPTH + 1), PLAIN)).toThrow('deeper');
  });
});
