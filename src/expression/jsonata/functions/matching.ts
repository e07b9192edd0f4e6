import { MAX_SEQUENCE_LENGTH } from '../../budget.js';
import { ExpressionError } from '../../expression-error.js';
import type { Match } from '../../regex/regex.js';
import { callGiven, type NativeDefinition } from '../native.js';
import { matchValue, RegexFunction } from '../regular-expression.js';
import { payForText } from '../text-cost.js';
import {
  FunctionValue,
  isArray,
  isObject,
  plain,
  type Result,
  type Run,
  Sequence,
  type Value,
} from '../value.js';
import { find } from './strings.js';

/** Functions that look for something in a text: another text, a regular expression, or whatever a function finds. */
export const MATCHING_FUNCTIONS: Readonly<Record<string, NativeDefinition>> = {
  contains: {
    signature: '<s-(sf):b>',
    arity: 2,
    call: ([text, token], run) => {
      if (typeof text !== 'string' || token === undefined) return undefined;
      if (typeof token === 'string') return find(text, token, 0, run) >= 0;
      let isThere = false;
      eachMatch(token, text, 1, run, () => {
        isThere = true;
      });
      return isThere;
    },
  },
  match: {
    signature: '<s-f<s:o>n?:a<o>>',
    arity: 3,
    call: ([text, matcher, limit], run) => {
      if (typeof text !== 'string') return undefined;
      const most = limitOf(limit, 'D3040', '$match');
      const found: Value[] = [];
      eachMatch(matcher, text, most, run, ({ match, start, groups }) => {
        found.push({ match, index: start, groups });
      });
      return new Sequence(found);
    },
  },
  split: {
    signature: '<s-(sf)n?:a<s>>',
    arity: 3,
    call: ([text, separator, limit], run) => {
      if (typeof text !== 'string') return undefined;
      return split(text, separator, limitOf(limit, 'D3020', '$split'), run);
    },
  },
  replace: {
    signature: '<s-(sf)(sf)n?:s>',
    arity: 4,
    call: ([text, pattern, replacement, limit], run) => {
      if (typeof text !== 'string') return undefined;
      if (pattern === '') throw new ExpressionError('D3010', '$replace cannot look for an empty text');
      return replace(text, pattern, replacement, limitOf(limit, 'D3011', '$replace'), run);
    },
  },
};

/** A match as values: what a regular expression or a matcher function found. */
interface Found {
  readonly match: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly Value[];
  /** The whole, as it is handed to a function that replaces. */
  readonly value: Value;
}

/** Visits the matches in a text, in order, up to a limit. */
function eachMatch(
  matcher: Value | undefined,
  text: string,
  limit: number,
  run: Run,
  visit: (found: Found) => void,
): void {
  if (limit <= 0) return;
  if (matcher instanceof RegexFunction) {
    let match = matcher.find(text, undefined, run);
    for (let count = 1; match !== undefined; count++) {
      visit(foundBy(text, match));
      match = count < limit ? matcher.find(text, match, run) : undefined;
    }
    return;
  }
  let value = plain(callGiven(matcher, [text], run));
  for (let count = 1; value !== undefined; count++) {
    visit(asFound(value));
    const next = count < limit && isObject(value) ? value['next'] : undefined;
    value = next instanceof FunctionValue ? plain(callGiven(next, [], run)) : undefined;
  }
}

function foundBy(text: string, match: Match): Found {
  const value = matchValue(text, match);
  return {
    match: String(value['match']),
    start: match.start,
    end: match.end,
    groups: value['groups'] as Value[],
    value,
  };
}

/** Checks what a matcher function gave. */
function asFound(value: Value): Found {
  const { match, start, end, groups } = isObject(value) ? value : {};
  if (typeof match !== 'string' || typeof start !== 'number' || typeof end !== 'number' || !isArray(groups)) {
    throw new ExpressionError(
      'T1010',
      'a matcher must give an object with match, start, end, groups and next',
    );
  }
  return { match, start, end, groups, value };
}

function limitOf(limit: Value | undefined, code: string, name: string): number {
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  if (Number(limit) >= 0) return Number(limit);
  throw new ExpressionError(code, `the limit of ${name} may not be negative`);
}

function split(text: string, separator: Value | undefined, limit: number, run: Run): Result {
  if (typeof separator === 'string') {
    payForText(run, text.length);
    // No more parts are made than show that there are too many.
    const most = Math.min(run.budget.left, MAX_SEQUENCE_LENGTH) + 1;
    const parts = text.split(separator, Math.min(limit, most));
    run.budget.spend(parts.length);
    run.budget.checkLength(parts.length);
    return parts;
  }
  const parts: Value[] = [];
  if (limit <= 0) return parts;
  let from = 0;
  eachMatch(separator, text, limit, run, ({ start, end }) => {
    parts.push(text.slice(from, start));
    from = end;
  });
  if (parts.length < limit) parts.push(text.slice(from));
  return parts;
}

function replace(
  text: string,
  pattern: Value | undefined,
  replacement: Value | undefined,
  limit: number,
  run: Run,
): string {
  let result = '';
  let from = 0;
  const add = (found: Found) => {
    result += text.slice(from, found.start) + substituteFor(found, pattern, replacement, run);
    run.budget.spend();
    run.budget.checkText(result.length);
    from = found.start + found.match.length;
  };
  if (typeof pattern === 'string') eachOccurrence(pattern, text, limit, run, add);
  else eachMatch(pattern, text, limit, run, add);
  return result + text.slice(from);
}

function eachOccurrence(
  part: string,
  text: string,
  limit: number,
  run: Run,
  visit: (found: Found) => void,
): void {
  let from = 0;
  for (let count = 0; count < limit; count++) {
    const start = find(text, part, from, run);
    if (start < 0) return;
    run.budget.spend();
    from = start + part.length;
    visit({ match: part, start, end: from, groups: [], value: part });
  }
}

function substituteFor(
  found: Found,
  pattern: Value | undefined,
  replacement: Value | undefined,
  run: Run,
): string {
  if (typeof replacement === 'string') {
    return typeof pattern === 'string' ? replacement : expandGroups(replacement, found);
  }
  const substitute = plain(callGiven(replacement, [found.value], run));
  if (typeof substitute === 'string') return substitute;
  throw new ExpressionError('D3012', 'what replaces a match must be a text');
}

/**
 * Puts groups in for `$1`, `$2`, …, the whole match for `$0` and a dollar for `$$`. Of the digits behind a `$` as
 * many count as the number of groups has, one less if that would name a group that is not there.
 */
function expandGroups(replacement: string, { match, groups }: Found): string {
  let result = '';
  let at = 0;
  for (let dollar = replacement.indexOf('$'); dollar >= 0; dollar = replacement.indexOf('$', at)) {
    result += replacement.slice(at, dollar);
    const next = replacement.charAt(dollar + 1);
    at = dollar + 2;
    if (next === '$') result += '$';
    else if (next === '0') result += match;
    else if (next >= '1' && next <= '9') {
      const most = groups.length === 0 ? 1 : String(groups.length).length;
      let digits = /^\d+/.exec(replacement.slice(dollar + 1, dollar + 1 + most))?.[0] ?? next;
      if (digits.length > 1 && Number(digits) > groups.length) digits = digits.slice(0, -1);
      const group = groups[Number(digits) - 1];
      if (typeof group === 'string') result += group;
      at = dollar + 1 + digits.length;
    } else {
      result += '$';
      at = dollar + 1;
    }
  }
  return result + replacement.slice(at);
}
