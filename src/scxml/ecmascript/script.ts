import type { Problem } from '../../core/problem.js';
import { type JavascriptRealm, ScriptError } from './engine.js';

/** What there may not be in a script, since its steps cannot be counted. */
const BIGINT = /(?<![\w$.])\d[\d_a-fox]*n\b/i;

/** An expression as a script whose value is its value; what ends it like a statement is not part of it. */
export function expressionOf(text: string): string {
  return `(${text.replace(/[\s;]+$/, '')}\n)`;
}

/** What is wrong with the text of an expression, or of statements, before any of it is run. */
export function syntaxProblem(
  realm: JavascriptRealm,
  text: string,
  kind: 'expression' | 'script',
): Problem | undefined {
  if (BIGINT.test(text)) return { code: 'bigint', message: 'there are no BigInts here', path: '' };
  const whole = kind === 'expression' ? `return ${expressionOf(text)}` : text;
  try {
    realm.evaluate(`(function () {${whole}\n});0`);
    return undefined;
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const message = `${error.name}: ${error.message} (at line ${error.line}, column ${error.column})`;
    const hint = 'it raises error.execution whenever it is evaluated';
    return { code: 'javascript', message, path: '', severity: 'warning', hint };
  }
}
