import { put } from '../../core/json.js';
import { ExpressionError } from '../expression-error.js';
import type { Compiling } from './compiling.js';
import type { Transform } from './syntax-tree.js';
import { MAX_VALUE_DEPTH, tooDeep } from './truth.js';
import {
  type Body,
  type Code,
  FunctionValue,
  isArray,
  isObject,
  itemsOf,
  plain,
  type Result,
  type Run,
  type Scope,
  type Value,
} from './value.js';

interface TransformCode {
  readonly pattern: Body;
  readonly update: Body;
  readonly remove: Body | undefined;
  readonly position: number;
}

/** `| pattern | update, remove |`: a function that gives a changed copy of its argument. */
export function compileTransform(node: Transform, compiling: Compiling): Code {
  const parts: TransformCode = {
    pattern: compiling.body(node.pattern),
    update: compiling.body(node.update),
    remove: node.remove === undefined ? undefined : compiling.body(node.remove),
    position: node.position,
  };
  return (_input, scope) => new Transformer(parts, scope);
}

class Transformer extends FunctionValue {
  readonly #parts: TransformCode;
  readonly #scope: Scope;

  constructor(parts: TransformCode, scope: Scope) {
    super();
    this.#parts = parts;
    this.#scope = scope;
  }

  override arity(): number {
    return 1;
  }

  override call(args: readonly Result[], context: Result, run: Run): Result {
    const subject = plain(args.length === 0 ? context : args[0]);
    if (subject === undefined) return undefined;
    if (!isObject(subject) && !isArray(subject)) {
      throw new ExpressionError(
        'T0410',
        'only an object or an array can be transformed',
        this.#parts.position,
      );
    }
    const copies = new Copies(run);
    const copy = copies.copy(subject, 0);
    run.budget.spend(this.#parts.pattern.cost);
    for (const match of itemsOf(this.#parts.pattern.code(copy, this.#scope)))
      this.#change(match, copies, run);
    return copy;
  }

  #change(match: Value, copies: Copies, run: Run): void {
    const { update, remove, position } = this.#parts;
    run.budget.spend(update.cost + (remove?.cost ?? 0));
    const changes = plain(update.code(match, this.#scope));
    if (changes !== undefined && !isObject(changes)) {
      throw new ExpressionError('T2011', 'the update of a transform must be an object', position);
    }
    const target = copies.own(match);
    if (changes !== undefined && target !== undefined) {
      for (const key of Object.keys(changes)) put(target, key, changes[key] ?? null);
    }
    const names = itemsOf(remove?.code(match, this.#scope));
    if (!names.every((name) => typeof name === 'string')) {
      throw new ExpressionError('T2012', 'the removal of a transform must name keys', position);
    }
    if (target !== undefined) for (const name of names) delete target[name];
  }
}

/** A deep copy, and which objects belong to it: only those may be changed. */
class Copies {
  readonly #objects = new Set<object>();
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  own(value: Value): Record<string, Value> | undefined {
    return isObject(value) && this.#objects.has(value) ? (value as Record<string, Value>) : undefined;
  }

  copy(value: Value, depth: number): Value {
    this.#run.budget.spend();
    if (!isArray(value) && !isObject(value)) return value instanceof FunctionValue ? '' : value;
    if (depth >= MAX_VALUE_DEPTH) throw tooDeep();
    if (isArray(value)) return value.map((item) => this.copy(item, depth + 1));
    const copy: Record<string, Value> = {};
    for (const key of Object.keys(value)) put(copy, key, this.copy(value[key] ?? null, depth + 1));
    this.#objects.add(copy);
    return copy;
  }
}

/** A deep copy of a value; functions become empty texts, as in JSON. */
export function deepCopy(value: Value, run: Run): Value {
  return new Copies(run).copy(value, 0);
}
