import { SourceError } from '../source-error.js';
import { Ancestry } from './ancestry.js';
import { BINARY_OPERATORS, bindingPower } from './operator-binding.js';
import { PathBuilder } from './path-builder.js';
import { parseSignature, type Signature } from './signature.js';
import {
  type Binary,
  type BinaryOperator,
  type Call,
  childrenOf,
  type Node,
  type Pair,
} from './syntax-tree.js';
import { type Token, Tokenizer } from './token.js';

/** Levels of nesting in the text of an expression: parentheses, brackets, right sides of operators. */
export const MAX_SYNTAX_DEPTH = 250;

/** Levels of the tree that an expression becomes: each operator of `a & b & c` is one as well. */
export const MAX_TREE_DEPTH = 500;

/** The text of an expression as a tree. Throws SourceError. */
export function parse(text: string): Node {
  return new Parser(text).program();
}

/** A parser after Pratt: each token knows what it means before an operand and after one. */
class Parser {
  readonly #tokenizer: Tokenizer;
  readonly #ancestry = new Ancestry();
  readonly #paths = new PathBuilder(this.#ancestry, (...fault) => {
    this.#fault ??= new SourceError(...fault);
  });
  #token: Token;
  #depth = 0;
  /** The first fault that is no fault of the grammar: said only where the grammar is kept. */
  #fault: SourceError | undefined;

  constructor(text: string) {
    this.#tokenizer = new Tokenizer(text);
    this.#token = { kind: 'end', text: '', position: 0 };
    this.#advance(true);
  }

  program(): Node {
    const node = this.#expression(0);
    if (this.#token.kind !== 'end') {
      throw new SourceError('S0201', `unexpected ${quoted(this.#token)}`, this.#token.position);
    }
    if (this.#fault !== undefined) throw this.#fault;
    this.#ancestry.complete(node);
    checkDepth(node);
    return node;
  }

  #expression(binding: number): Node {
    if (++this.#depth > MAX_SYNTAX_DEPTH) {
      const message = `an expression may not nest deeper than ${MAX_SYNTAX_DEPTH} levels`;
      throw new SourceError('expression-depth', message, this.#token.position);
    }
    const first = this.#token;
    if (first.kind !== 'end') this.#advance(opensOperand(first));
    let left = this.#prefix(first);
    while (binding < bindingOf(this.#token)) {
      const operator = this.#token;
      this.#advance(true);
      left = this.#infix(operator, left);
    }
    this.#depth--;
    return left;
  }

  #advance(operandExpected: boolean): void {
    this.#token = this.#tokenizer.next(operandExpected);
    if (this.#at('!') || this.#at('~')) {
      throw new SourceError('S0204', `"${this.#token.text}" is not an operator`, this.#token.position);
    }
  }

  #at(text: string): boolean {
    return this.#token.kind === 'operator' && this.#token.text === text;
  }

  #accept(text: string, operandExpected = true): boolean {
    if (!this.#at(text)) return false;
    this.#advance(operandExpected);
    return true;
  }

  #expect(text: string, operandExpected = true): void {
    if (this.#accept(text, operandExpected)) return;
    const { kind, position } = this.#token;
    if (kind === 'end') throw new SourceError('S0203', `expected "${text}" before the end`, position);
    throw new SourceError('S0202', `expected "${text}", got ${quoted(this.#token)}`, position);
  }

  #prefix(token: Token): Node {
    const { position } = token;
    switch (token.kind) {
      case 'end':
        this.#fault ??= new SourceError('S0207', 'the expression ends too early', position);
        return { type: 'literal', value: null, position };
      case 'string':
        return { type: 'literal', value: token.text, position };
      case 'number':
      case 'constant':
        return { type: 'literal', value: token.value, position };
      case 'name':
        return nameNode(token.text, position);
      case 'variable':
        return { type: 'variable', name: token.text, position };
      case 'regex':
        return { type: 'regex', regex: token.regex, position };
      case 'operator':
        return this.#prefixOperator(token.text, position);
    }
  }

  #prefixOperator(operator: string, position: number): Node {
    switch (operator) {
      case 'and':
      case 'or':
      case 'in':
        return nameNode(operator, position);
      case '-':
        return this.#negate(position);
      case '*':
        return { type: 'wildcard', position };
      case '**':
        return { type: 'descendants', position };
      case '%':
        return this.#ancestry.parent(position);
      case '(':
        return this.#block(position);
      case '[':
        return this.#array(position);
      case '{':
        return this.#object(position);
      case '|':
        return this.#transform(position);
      default:
        throw new SourceError('S0211', `"${operator}" cannot stand before an operand`, position);
    }
  }

  #infix(token: Token, left: Node): Node {
    const { text: operator, position } = token;
    if (BINARY_OPERATORS.has(operator)) return this.#binary(operator as BinaryOperator, left, position);
    switch (operator) {
      case '.':
        return this.#paths.join(left, this.#expression(75));
      case '[':
        return this.#predicate(left, position);
      case '(':
        return this.#call(left, position);
      case '{':
        this.#paths.group(left, { pairs: this.#pairs(), position });
        return left;
      case '^':
        return this.#sort(left, position);
      case '@':
        this.#paths.bindFocus(left, this.#boundName('@'), position);
        return left;
      case '#':
        return this.#paths.bindIndex(left, this.#boundName('#'));
      case '?':
        return this.#condition(left, position);
      case '?:':
      case '??': {
        const right = this.#expression(0);
        return this.#ancestry.carry({ type: 'fallback', operator, left, right, position }, left, right);
      }
      case ':=':
        return this.#bind(left, position);
      case '~>': {
        const right = this.#expression(40);
        const keepArray = left.keepArray === true || right.keepArray === true;
        return { type: 'apply', left, right, position, keepArray };
      }
      default:
        throw new SourceError('S0201', `unexpected ${quoted(token)}`, position);
    }
  }

  #binary(operator: BinaryOperator, left: Node, position: number): Node {
    const right = this.#expression(bindingPower(operator));
    return this.#ancestry.carry<Binary>({ type: 'binary', operator, left, right, position }, left, right);
  }

  #negate(position: number): Node {
    const operand = this.#expression(70);
    if (operand.type === 'literal' && typeof operand.value === 'number') {
      operand.value = 0 - operand.value;
      return operand;
    }
    return this.#ancestry.carry({ type: 'negate', operand, position }, operand);
  }

  #block(position: number): Node {
    const expressions: Node[] = [];
    while (!this.#at(')')) {
      expressions.push(this.#expression(0));
      if (!this.#accept(';')) break;
    }
    this.#expect(')', false);
    const block: Node = { type: 'block', expressions, position };
    block.rows = expressions.some((part) => part.rows || (part.type === 'path' && part.steps[0]?.rows));
    return this.#ancestry.carry(block, ...expressions);
  }

  #array(position: number): Node {
    const items = this.#list(']', () => this.#arrayItem());
    return this.#ancestry.carry({ type: 'array', items, position }, ...items);
  }

  #arrayItem(): Node {
    const left = this.#expression(0);
    const { position } = this.#token;
    if (!this.#accept('..')) return left;
    const right = this.#expression(0);
    return this.#ancestry.carry<Binary>(
      { type: 'binary', operator: '..', left, right, position },
      left,
      right,
    );
  }

  /** What stands between brackets, separated by commas, and the closing bracket. */
  #list<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    if (!this.#at(close)) {
      do items.push(item());
      while (this.#accept(','));
    }
    this.#expect(close, false);
    return items;
  }

  #pairs(): Pair[] {
    return this.#list('}', () => {
      const key = this.#expression(0);
      this.#expect(':');
      return [key, this.#expression(0)];
    });
  }

  #object(position: number): Node {
    const pairs = this.#pairs();
    return this.#ancestry.carry({ type: 'object', pairs, position }, ...pairs.flat());
  }

  #transform(position: number): Node {
    const pattern = this.#expression(0);
    this.#expect('|');
    const update = this.#expression(0);
    const remove = this.#accept(',') ? this.#expression(0) : undefined;
    this.#expect('|', false);
    return { type: 'transform', pattern, update, remove, position };
  }

  #predicate(left: Node, position: number): Node {
    if (this.#accept(']', false)) {
      this.#paths.keepArray(left);
      return left;
    }
    const expression = this.#expression(0);
    this.#expect(']', false);
    this.#paths.filter(left, expression, position);
    return left;
  }

  #sort(left: Node, position: number): Node {
    this.#expect('(');
    const terms: { expression: Node; descending: boolean }[] = [];
    do {
      const descending = this.#at('>');
      if (descending || this.#at('<')) this.#advance(true);
      terms.push({ expression: this.#expression(0), descending });
    } while (this.#accept(','));
    this.#expect(')', false);
    return this.#paths.sort(left, terms, position);
  }

  #boundName(operator: string): string {
    const { position } = this.#token;
    const right = this.#expression(80);
    if (right.type !== 'variable') {
      throw new SourceError('S0214', `"${operator}" must be followed by a variable ($name)`, position);
    }
    return right.name;
  }

  #condition(test: Node, position: number): Node {
    const then = this.#expression(0);
    const otherwise = this.#accept(':') ? this.#expression(0) : undefined;
    const parts = otherwise === undefined ? [test, then] : [test, then, otherwise];
    return this.#ancestry.carry({ type: 'condition', test, then, otherwise, position }, ...parts);
  }

  #bind(left: Node, position: number): Node {
    if (left.type !== 'variable' || left.predicates !== undefined) {
      throw new SourceError('S0212', 'the left side of ":=" must be a variable ($name)', left.position);
    }
    const value = this.#expression(9);
    return this.#ancestry.carry({ type: 'bind', name: left.name, value, position }, value);
  }

  #call(callee: Node, position: number): Node {
    const args = this.#list(')', () => (this.#accept('?', false) ? undefined : this.#expression(0)));
    if (isLambdaWord(callee)) return this.#lambda(args, position);
    const call: Call = { type: 'call', callee, args, position };
    return this.#ancestry.carry(call, ...args.filter((arg) => arg !== undefined));
  }

  #lambda(args: readonly (Node | undefined)[], position: number): Node {
    const parameters = args.map((arg, i) => {
      if (arg?.type === 'variable') return arg.name;
      const message = `parameter ${i + 1} of a function must be a variable ($name)`;
      throw new SourceError('S0208', message, arg?.position ?? position);
    });
    const signature = this.#at('<') ? this.#signature() : undefined;
    this.#expect('{');
    const body = this.#expression(0);
    this.#expect('}', false);
    return { type: 'lambda', parameters, signature, body, position };
  }

  #signature(): Signature {
    const { position } = this.#token;
    const text = this.#tokenizer.signature(position);
    this.#advance(false);
    return parseSignature(text, position);
  }
}

/** Later stages walk the tree recursively, so its depth is checked without recursion first. */
function checkDepth(root: Node): void {
  const pending = [{ node: root, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, depth } = next;
    if (depth > MAX_TREE_DEPTH) {
      const message = `an expression may not nest deeper than ${MAX_TREE_DEPTH} levels, counting operators in a row`;
      throw new SourceError('expression-depth', message, node.position);
    }
    for (const child of childrenOf(node)) pending.push({ node: child, depth: depth + 1 });
  }
}

/** How strongly what stands after an operand holds it; nothing but operators does. */
function bindingOf(token: Token): number {
  return token.kind === 'operator' ? bindingPower(token.text) : 0;
}

/** Whether an operand, not an operator, follows this token when it stands before an operand itself. */
function opensOperand(token: Token): boolean {
  return token.kind === 'operator' && '-([{|'.includes(token.text);
}

function quoted(token: Token): string {
  return token.kind === 'end' ? 'the end' : `"${token.kind === 'variable' ? '$' : ''}${token.text}"`;
}

function nameNode(value: string, position: number): Node {
  return { type: 'path', steps: [{ type: 'name', value, position }], position };
}

function isLambdaWord(callee: Node): boolean {
  if (callee.type !== 'path' || callee.steps.length !== 1) return false;
  const step = callee.steps[0];
  return (
    step?.type === 'name' && (step.value === 'function' || step.value === 'λ') && step.stages === undefined
  );
}
