import { ExpressionError } from '../expression-error.js';
import { payForText } from './text-cost.js';
import { finite, MAX_VALUE_DEPTH, tooDeep } from './truth.js';
import { FunctionValue, isArray, isObject, plain, type Result, type Run, type Value } from './value.js';

/** A value as `$string` writes it: texts as they are, everything else as JSON, functions as nothing. */
export function textOf(result: Result, run: Run, pretty = false): string {
  if (typeof result === 'string') return result;
  if (typeof result === 'number') {
    if (!Number.isFinite(result)) throw new ExpressionError('D3001', `${result} has no text in JSON`);
    return numberText(result);
  }
  const value = plain(result);
  if (value === undefined || value instanceof FunctionValue) return '';
  const writer = new JsonWriter(run, pretty ? '\n' : '');
  writer.write(value, 0);
  return writer.text;
}

/** Fifteen digits are shown, so that 0.1 + 0.2 reads 0.3. */
function numberText(number: number): string {
  return String(Number.isInteger(number) ? number : Number(finite(number).toPrecision(15)));
}

/** Writing a value takes longer than handling one. */
const STEPS_PER_VALUE = 6;

/** Texts that JSON has as they are. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

class JsonWriter {
  text = '';
  readonly #run: Run;
  readonly #newline: string;

  constructor(run: Run, newline: string) {
    this.#run = run;
    this.#newline = newline;
  }

  write(value: Value, depth: number): void {
    if (typeof value === 'number') this.text += numberText(value);
    else if (isArray(value))
      this.#list('[', ']', value.length, depth, (i) => this.write(value[i] ?? null, depth + 1));
    else if (isObject(value)) {
      const keys = Object.keys(value);
      const colon = this.#newline === '' ? ':' : ': ';
      this.#list('{', '}', keys.length, depth, (i) => {
        const key = keys[i] ?? '';
        payForText(this.#run, key.length);
        this.text += quoted(key) + colon;
        this.write(value[key] ?? null, depth + 1);
      });
    } else {
      if (typeof value === 'string') payForText(this.#run, value.length);
      this.text +=
        value instanceof FunctionValue ? '""' : typeof value === 'string' ? quoted(value) : String(value);
    }
    this.#run.budget.checkText(this.text.length);
  }

  #list(open: string, close: string, count: number, depth: number, item: (index: number) => void): void {
    if (depth >= MAX_VALUE_DEPTH) throw tooDeep();
    this.#run.budget.spend(1 + count * STEPS_PER_VALUE);
    this.text += open;
    for (let i = 0; i < count; i++) {
      if (i > 0) this.text += ',';
      this.#indent(depth + 1);
      item(i);
    }
    if (count > 0) this.#indent(depth);
    this.text += close;
  }

  #indent(depth: number): void {
    if (this.#newline !== '') this.text += this.#newline + '  '.repeat(depth);
  }
}

/** Joins two texts, within the limit. */
export function joinText(left: string, right: string, run: Run): string {
  run.budget.checkText(left.length + right.length);
  return left + right;
}
