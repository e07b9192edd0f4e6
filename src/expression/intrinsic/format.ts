import type { Json } from '../../core/json.js';
import type { Budget } from '../budget.js';
import { ExpressionError } from '../expression-error.js';
import { javaText } from './java-text.js';

/** What a template needs of the call that it is filled in. */
interface TemplateScope {
  readonly budget: Budget;
  readonly raw: readonly (string | undefined)[];
}

/** Puts arguments in for each `{}` of a template, one for one. `\{` and `\}` are plain braces. */
export function fillTemplate([template, ...args]: readonly Json[], { budget, raw }: TemplateScope): string {
  if (typeof template !== 'string') throw failure('the template must be a text');
  const pieces = piecesOf(raw[0] ?? template);
  if (pieces.length !== args.length + 1) {
    throw failure(`the template has ${pieces.length - 1} places for ${args.length} values`);
  }
  let text = pieces[0] ?? '';
  args.forEach((arg, i) => {
    const filled = javaText(arg) + (pieces[i + 1] ?? '');
    text += filled;
    budget.checkText(text.length);
    budget.spend(1 + (filled.length >> 1));
  });
  return text;
}

/** The text between the places of a template, escapes taken away. */
function piecesOf(template: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (let at = 0; at < template.length; at++) {
    const char = template.charAt(at);
    if (char === '\\') piece += template.charAt(++at);
    else if (char === '}') throw failure('a "}" of the template closes nothing');
    else if (char !== '{') piece += char;
    else if (template.charAt(at + 1) === '}') {
      pieces.push(piece);
      piece = '';
      at++;
    } else throw failure('a "{" of the template is not closed at once');
  }
  return [...pieces, piece];
}

function failure(message: string): ExpressionError {
  return new ExpressionError('intrinsic-failure', message);
}
