import type { Json } from '../core/json.js';
import { didYouMean } from '../core/problem.js';
import { parseTimestamp } from '../core/timestamp.js';
import type { ActiveThread } from './active-thread.js';
import { CHOICE_OPERATORS, type ChoiceOperator, IS_PRESENT } from './choice-operators.js';
import { runtimeFailure } from './errors.js';
import type { Fields } from './fields.js';
import { compilePathText, type PathQuery, REFERENCE } from './path-query.js';
import { refuseForeign } from './query.js';

/** Whether a rule holds for the state's input. */
export type Condition = (thread: ActiveThread, input: Json) => boolean;

const COMBINATIONS = ['And', 'Or', 'Not'] as const;
const HEADS = ['And', 'Or', 'Not', 'Variable', 'Condition'] as const;

const NEVER: Condition = () => false;

/**
 * A rule's condition: a comparison, or And, Or, Not of others (States Language: Choice Rule). Reads the fields
 * of the condition alone; whoever reads the rest of the rule closes it.
 */
export function compileCondition(rule: Fields): Condition {
  const heads = HEADS.filter((head) => rule.has(head));
  for (const head of HEADS) rule.any(head);
  if (heads.length !== 1) {
    rule.report({
      message: `The object must have only one of the following fields, [${HEADS.join(', ')}]`,
      path: rule.path,
    });
    for (const name of CHOICE_OPERATORS.keys()) rule.any(name);
    rule.any(IS_PRESENT);
    return NEVER;
  }
  const [head] = heads;
  if (head === 'Condition') {
    refuseForeign({ fields: rule, queryLanguage: 'JSONPath' }, 'JSONata', ['Condition']);
    return NEVER;
  }
  return COMBINATIONS.find((name) => name === head) === undefined
    ? compileComparison(rule)
    : compileCombination(rule, head as 'And' | 'Or' | 'Not');
}

function compileCombination(rule: Fields, head: 'And' | 'Or' | 'Not'): Condition {
  if (head === 'Not') {
    const inner = rule.object('Not');
    const condition = inner === undefined ? NEVER : compileNested(inner);
    return (thread, input) => !condition(thread, input);
  }
  const list = rule.list(head);
  if (list?.length === 0) rule.report({ message: 'Value cannot be empty', path: rule.at(head) });
  const conditions = (list ?? []).map(compileNested);
  return head === 'And'
    ? (thread, input) => conditions.every((condition) => condition(thread, input))
    : (thread, input) => conditions.some((condition) => condition(thread, input));
}

/** A rule within a rule: it leads nowhere itself. */
function compileNested(rule: Fields): Condition {
  const condition = compileCondition(rule);
  rule.close();
  return condition;
}

function compileComparison(rule: Fields): Condition {
  const variable = compilePathText(rule, 'Variable', REFERENCE);
  const names = [...CHOICE_OPERATORS.keys(), IS_PRESENT];
  const used = names.filter((name) => rule.has(name));
  for (const name of used) rule.any(name);
  const [name] = used;
  if (name === undefined) reportNoOperator(rule, names);
  else if (used.length > 1) rule.atMostOne(...used);
  if (name === undefined || variable === undefined) return NEVER;
  if (name === IS_PRESENT) {
    const expected = rule.flag(IS_PRESENT) ?? true;
    return (thread, input) => variable.exists(thread, input) === expected;
  }
  const operator = CHOICE_OPERATORS.get(name);
  return operator === undefined ? NEVER : compileTest(rule, name, operator, variable);
}

function compileTest(rule: Fields, name: string, operator: ChoiceOperator, variable: PathQuery): Condition {
  const { test } = operator;
  if (operator.operand === 'path') {
    const path = compilePathText(rule, name, REFERENCE);
    return path === undefined
      ? NEVER
      : (thread, input) => test(demand(variable, thread, input), demand(path, thread, input));
  }
  const operand = readOperand(rule, name, operator.operand);
  return operand === undefined ? NEVER : (thread, input) => test(demand(variable, thread, input), operand);
}

function demand(path: PathQuery, thread: ActiveThread, input: Json): Json {
  const value = path.find(thread, input);
  if (value === undefined) {
    throw runtimeFailure(
      `Invalid path '${path.text}': The choice state's condition path references an invalid value.`,
    );
  }
  return value;
}

function readOperand(
  rule: Fields,
  name: string,
  type: Exclude<ChoiceOperator['operand'], 'path'>,
): Json | undefined {
  if (type === 'number') return rule.number(name);
  if (type === 'boolean') return rule.flag(name);
  const text = rule.text(name);
  if (type === 'timestamp' && text !== undefined && parseTimestamp(text) === undefined) {
    rule.report({ message: 'String does not match RFC3339 timestamp', path: rule.at(name) });
    return undefined;
  }
  return text;
}

/** A misspelt operator is said once, as the field that it is. */
function reportNoOperator(rule: Fields, names: readonly string[]): void {
  const meant = rule.keys().find((key) => didYouMean(key, names).hint !== undefined && key !== 'Variable');
  if (meant === undefined) {
    rule.report({
      message: 'A comparison operator is required beside Variable',
      path: rule.path,
      hint: 'StringEquals, NumericLessThan, IsPresent, …',
    });
    return;
  }
  rule.any(meant);
  rule.unsupported(meant, didYouMean(meant, names));
}
