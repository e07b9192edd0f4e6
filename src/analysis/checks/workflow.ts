import { ERRORS } from '../../asl/errors.js';
import type { AslProgram, CompiledState } from '../../asl/program.js';
import { isJsonArray, isJsonObject, type Json, own } from '../../core/json.js';
import { valueAt } from '../../core/pointer.js';
import { didYouMean, type Problem } from '../../core/problem.js';
import { delimitedExpression } from '../../expression/template.js';
import { choiceCondition } from '../guards/choice-condition.js';
import { both, type Case, casesOf, type Formula } from '../guards/formula.js';
import { jsonataCondition } from '../guards/jsonata-condition.js';
import { errorsWithin, RESERVED, STATES_ERRORS } from './workflow-errors.js';
import { missingPaths } from './workflow-paths.js';
import { unknownVariables } from './workflow-variables.js';

/** States that a way from the start lists. */
const MAX_WAY = 20;

/** State types that let time pass, or ask for work. */
const RESTING = new Set(['Task', 'Wait', 'Map', 'Parallel', 'Message']);

/** What looks wrong with a workflow that AWS would take; each finding says by which states one comes there. */
export function inspectWorkflow(program: AslProgram, source: Json): readonly Problem[] {
  const inspection = new WorkflowInspection(program, source);
  inspection.loops();
  inspection.traps();
  for (const state of program.states.values()) {
    if (!inspection.isReached(state.name)) continue;
    if (state.type === 'Choice') inspection.choice(state);
    inspection.clauses(state, 'Catch', state.catchers);
    inspection.clauses(state, 'Retry', state.retriers);
  }
  inspection.data();
  return inspection.findings;
}

/** The errors of a Catcher or Retrier. */
interface Clause {
  readonly name: string;
  /** Where it is in its state. */
  readonly clause: string;
  readonly errorEquals: readonly string[];
  /** What those before it take. */
  readonly taken: ReadonlySet<string>;
  /** What there can be besides reserved names; undefined where it may be anything. */
  readonly within: ReadonlySet<string> | undefined;
}

class WorkflowInspection {
  readonly findings: Problem[] = [];
  readonly #program: AslProgram;
  readonly #source: Json;
  /** By state, the one before it on the shortest way from the start; none before the first. */
  readonly #before = new Map<string, string | undefined>();

  constructor(program: AslProgram, source: Json) {
    this.#program = program;
    this.#source = source;
    this.#before.set(program.startAt, undefined);
    for (const name of this.#before.keys()) {
      const { targets = [], inner = [] } = program.states.get(name) ?? {};
      for (const to of [...targets.map((target) => target.to), ...inner])
        if (!this.#before.has(to)) this.#before.set(to, name);
    }
  }

  isReached(name: string): boolean {
    return this.#before.has(name);
  }

  /** Rounds of states that neither wait nor work, and that nothing leads out of. */
  loops(): void {
    const isResting = ({ terminal, type, targets }: CompiledState): boolean =>
      terminal || RESTING.has(type) || targets.length === 0;
    const states = this.#reached();
    const left = this.#leadingTo(states.filter(isResting));
    const first = states.find(({ name }) => !left.has(name));
    if (first === undefined) return;
    const message = `states that neither wait nor work lead round for ever from the state "${first.name}"${this.#wayTo(first.name)}`;
    this.#warn('endless-loop', first.path, message);
  }

  /** States from which no end can be come to. */
  traps(): void {
    const free = this.#leadingTo([...this.#program.states.values()].filter(({ terminal }) => terminal));
    for (const { name, path } of this.#reached()) {
      const last = this.#before.get(name);
      if (free.has(name) || (last !== undefined && !free.has(last))) continue;
      const message = `no state that ends the workflow can be come to from the state "${name}"${this.#wayTo(name)}`;
      this.#warn('no-way-to-end', path, message);
    }
  }

  #reached(): readonly CompiledState[] {
    return [...this.#before.keys()].flatMap((name) => this.#program.states.get(name) ?? []);
  }

  /** These states, and all that lead to one of them. */
  #leadingTo(goals: readonly CompiledState[]): ReadonlySet<string> {
    const from = new Map<string, string[]>();
    for (const { name, targets } of this.#program.states.values())
      for (const { to } of targets) {
        const known = from.get(to);
        if (known === undefined) from.set(to, [name]);
        else known.push(name);
      }
    const leading = new Set(goals.map(({ name }) => name));
    for (const name of leading) for (const before of from.get(name) ?? []) leading.add(before);
    return leading;
  }

  /** Rules that are never come to, and values that none of them takes. */
  choice({ name }: CompiledState): void {
    const at = this.#pointer(name);
    const state = valueAt(this.#source, at);
    const rules = isJsonObject(state) ? own(state, 'Choices') : undefined;
    if (!isJsonObject(state) || !isJsonArray(rules)) return;
    let left: readonly Case[] | undefined = [new Map()];
    for (const [n, rule] of rules.entries()) {
      const formula = conditionOf(rule);
      if (both(left, casesOf(formula, 'true'))?.length === 0) {
        const reason =
          casesOf(formula, 'true')?.length === 0
            ? 'it never holds'
            : 'those before it take all that it takes';
        const message = `the rule ${n + 1} of "${name}" is never taken: ${reason}${this.#wayTo(name)}`;
        this.#warn('shadowed-rule', `${at}/Choices/${n}`, message);
      }
      left = both(left, casesOf(formula, 'false'));
    }
    if (own(state, 'Default') !== undefined) {
      if (left?.length !== 0) return;
      const message = `the Default of "${name}" is never taken: one of the rules always holds${this.#wayTo(name)}`;
      this.#warn('shadowed-rule', `${at}/Default`, message);
    } else this.#incomplete(name, at, rules);
  }

  /** Of the values of the kind that the rules ask for, those for which none holds. */
  #incomplete(name: string, at: string, rules: readonly Json[]): void {
    let left: readonly Case[] | undefined = [new Map()];
    for (const rule of rules) left = both(left, casesOf(conditionOf(rule, true), 'false'));
    const [first] = left ?? [];
    if (
      first === undefined ||
      first.size === 0 ||
      [...first.keys()].some((field) => field.startsWith('\u0000'))
    )
      return;
    const values = [...first].map(([field, set]) => `${field} is ${set.sample}`).join(' and ');
    const message = `where ${values}, no rule of "${name}" holds, there is no Default, and the workflow fails${this.#wayTo(name)}`;
    this.#warn('incomplete-rules', `${at}/Choices`, message);
  }

  /** Catchers and Retriers all of whose errors are taken by one before them. */
  clauses(
    state: CompiledState,
    field: 'Catch' | 'Retry',
    clauses: readonly { readonly errorEquals: readonly string[] }[],
  ): void {
    if (clauses.length === 0) return;
    const { name } = state;
    const taken = new Set<string>();
    const within = errorsWithin(this.#program, this.#source, state);
    for (const [n, { errorEquals }] of clauses.entries()) {
      const isTaken = (error: string) =>
        error === ERRORS.runtime ||
        taken.has(ERRORS.all) ||
        taken.has(error) ||
        (error === ERRORS.heartbeatTimeout && taken.has(ERRORS.timeout)) ||
        (taken.has(ERRORS.taskFailed) && error !== ERRORS.timeout && error !== ERRORS.all);
      if (errorEquals.length > 0 && errorEquals.every(isTaken)) {
        const what = field === 'Catch' ? 'Catcher' : 'Retrier';
        const reason = errorEquals.includes(ERRORS.runtime)
          ? `nothing can take ${ERRORS.runtime}`
          : 'those before it take all of its errors';
        const message = `the ${what} ${n + 1} of "${name}" never takes anything: ${reason}${this.#wayTo(name)}`;
        this.#warn(`shadowed-${what.toLowerCase()}`, `${this.#pointer(name)}/${field}/${n}`, message);
      } else this.#errors({ name, clause: `${field}/${n}`, errorEquals, taken, within });
      for (const error of errorEquals) taken.add(error);
    }
  }

  /** Error Names that are taken already, or that there are none of. */
  #errors({ name, clause, errorEquals, taken, within }: Clause): void {
    for (const [i, error] of errorEquals.entries()) {
      const at = `${this.#pointer(name)}/${clause}/ErrorEquals/${i}`;
      if (taken.has(error) || errorEquals.indexOf(error) < i) {
        const message = `"${error}" is taken already where "${name}" names it again${this.#wayTo(name)}`;
        this.#warn('shadowed-error', at, message);
      } else if (error.startsWith(RESERVED) && !STATES_ERRORS.includes(error)) {
        const message = `"${error}" of "${name}" is never thrown: there is no such error${this.#wayTo(name)}`;
        this.#warn('unknown-error', at, message, didYouMean(error, STATES_ERRORS).hint);
      } else if (!error.startsWith(RESERVED) && within?.has(error) === false) {
        const message = `"${error}" of "${name}" is never thrown: nothing within fails with it${this.#wayTo(name)}`;
        this.#warn('unknown-error', at, message, didYouMean(error, within).hint);
      }
    }
  }

  /** Paths that find nothing, and variables that nobody assigns. */
  data(): void {
    for (const { state, path, message, hint } of missingPaths(this.#program, this.#source))
      this.#warn('missing-path', path, `${message}${this.#wayTo(state)}`, hint);
    for (const { state, path, message, hint } of unknownVariables(this.#program, this.#source))
      if (this.isReached(state))
        this.#warn('unknown-variable', path, `${message}${this.#wayTo(state)}`, hint);
  }

  #pointer(name: string): string {
    return this.#program.states.get(name)?.path ?? '';
  }

  #wayTo(name: string): string {
    const way: string[] = [];
    for (let at = this.#before.get(name); at !== undefined; at = this.#before.get(at)) way.push(at);
    if (way.length === 0) return ' (reached from the start)';
    way.reverse();
    const shown = way.length <= MAX_WAY ? way : [...way.slice(0, MAX_WAY - 1), '…', way.at(-1)];
    return ` (reached by ${shown.join(', ')})`;
  }

  #warn(code: string, path: string, message: string, hint?: string): void {
    this.findings.push({
      code,
      path,
      message,
      severity: 'warning',
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function conditionOf(rule: Json, isTyped = false): Formula {
  const condition = isJsonObject(rule) ? own(rule, 'Condition') : undefined;
  if (condition === undefined) return choiceCondition(rule, isTyped);
  if (typeof condition === 'boolean') return { kind: 'constant', outcome: condition ? 'true' : 'false' };
  return jsonataCondition(delimitedExpression(String(condition)) ?? '');
}
