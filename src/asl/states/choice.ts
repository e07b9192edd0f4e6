import type { Json } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { type Condition, compileCondition } from '../choice-rule.js';
import { compileAssign, compileDataFlow, type RuleFlow } from '../data-flow.js';
import { runtimeFailure } from '../errors.js';
import type { Fields } from '../fields.js';
import { compileJsonataField, compileTyped } from '../jsonata-query.js';
import type { StateSource, StateType, Target } from '../program.js';
import { refuseForeign } from '../query.js';
import { compileState, leaveFor } from './state.js';

interface Rule extends RuleFlow {
  readonly condition: Condition;
  readonly next: string;
}

/** Goes where the first rule that holds says. States Language: Choice State. */
export const choice: StateType = {
  name: 'Choice',
  compile(source) {
    const { fields } = source;
    fields.require('Choices');
    const list = fields.list('Choices');
    if (list?.length === 0) fields.report({ message: 'Value cannot be empty', path: fields.at('Choices') });
    const targets: Target[] = [];
    const rules = (list ?? []).map((rule, i) => compileRule(source, rule, i, targets));
    const otherwise = fields.text('Default');
    if (otherwise !== undefined) {
      targets.push({ to: otherwise, path: fields.at('Default') });
    }
    const flow = compileDataFlow(source, { assign: true });
    return compileState(source, {
      targets,
      enter(thread) {
        const selected = flow.select(thread);
        const rule = firstThatHolds(rules, thread, selected);
        const next = rule?.next ?? otherwise;
        if (next === undefined) {
          throw runtimeFailure(
            'Failed to transition out of the state. The state does not point to a next state.',
          );
        }
        return leaveFor(next, flow.leave(thread, selected, rule));
      },
    });
  },
};

function compileRule(source: StateSource, rule: Fields, index: number, targets: Target[]): Rule {
  const { queryLanguage } = source;
  rule.require('Next');
  const next = rule.text('Next') ?? '';
  if (rule.has('Next')) targets.push({ to: next, path: rule.at('Next') });
  refuseForeign({ fields: rule, queryLanguage }, 'JSONata', ['Output']);
  const jsonata = queryLanguage === 'JSONata';
  const compiled = {
    next,
    condition: jsonata ? compileJsonataCondition(rule, index) : compileCondition(rule),
    assign: compileAssign(rule, queryLanguage, `Choices[${index}]/Assign`),
    output: jsonata ? compileJsonataField(rule, 'Output', `Choices[${index}]/Output`) : undefined,
  };
  rule.close();
  return compiled;
}

function compileJsonataCondition(rule: Fields, index: number): Condition {
  const foreign = ['And', 'Or', 'Not', 'Variable'];
  refuseForeign({ fields: rule, queryLanguage: 'JSONata' }, 'JSONPath', foreign);
  if (!foreign.some((field) => rule.has(field))) rule.require('Condition');
  const value = compileTyped(rule, 'Condition', 'boolean', `Choices[${index}]/Condition`);
  return (thread) => value?.(thread) === true;
}

function firstThatHolds(rules: readonly Rule[], thread: ActiveThread, selected: Json): Rule | undefined {
  return rules.find(({ condition }) => condition(thread, selected));
}
