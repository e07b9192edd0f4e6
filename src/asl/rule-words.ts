import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import { delimitedExpression } from '../expression/template.js';

/**
 * What a rule of a Choice asks, in a few words. Of what is no rule it says nothing.
 *
 * @example
 * ruleWords({ Variable: '$.n', NumericLessThanEquals: 3, Next: 'A' }); // => '$.n <= 3'
 * ruleWords({ Not: { Variable: '$.n', IsPresent: true } }); // => 'not ($.n is present)'
 * ruleWords({ Condition: '{% $n > 3 %}' }); // => '$n > 3'
 */
export function ruleWords(rule: JsonObject): string {
  const condition = own(rule, 'Condition');
  if (condition !== undefined)
    return typeof condition === 'string' ? expressionWords(condition) : String(condition);
  const not = own(rule, 'Not');
  if (isJsonObject(not)) return `not (${ruleWords(not)})`;
  for (const [field, word] of COMBINATIONS) {
    const rules = own(rule, field);
    if (isJsonArray(rules)) return `(${rules.filter(isJsonObject).map(ruleWords).join(word)})`;
  }
  const variable = own(rule, 'Variable');
  const operator = Object.keys(rule).find((key) => OPERATOR.test(key) || key.startsWith('Is'));
  if (operator === undefined) return '';
  return `${String(variable ?? '')} ${comparisonWords(operator, own(rule, operator) ?? null)}`.trim();
}

const COMBINATIONS = [
  ['And', ' and '],
  ['Or', ' or '],
] as const;

const OPERATOR =
  /^(?:String|Numeric|Boolean|Timestamp)(Equals|LessThan|GreaterThan|Matches)(Equals)?(?:Path)?$/;

const SIGNS: Readonly<Record<string, string>> = {
  Equals: '=',
  LessThan: '<',
  GreaterThan: '>',
  Matches: 'matches',
};

function comparisonWords(operator: string, value: Json): string {
  const match = OPERATOR.exec(operator);
  if (match === null)
    return `is ${value === false ? 'not ' : ''}${operator.slice('Is'.length).toLowerCase()}`;
  const [, sign = '', orEqual = ''] = match;
  const compared = operator.endsWith('Path') ? String(value) : JSON.stringify(value);
  return `${SIGNS[sign] ?? sign}${orEqual === '' ? '' : '='} ${compared}`;
}

function expressionWords(text: string): string {
  return delimitedExpression(text, 'states') ?? text;
}
