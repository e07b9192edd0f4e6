/** How strongly an operator holds its left operand; 0 is not at all. */
export function bindingPower(operator: string): number {
  return BINDING[operator] ?? 0;
}

/** Those that work out two values and make one of them. */
export const BINARY_OPERATORS: ReadonlySet<string> = new Set(
  '+ - * / % = != < <= > >= & and or in'.split(' '),
);

const BINDING: Readonly<Record<string, number>> = {
  '.': 75,
  '[': 80,
  '{': 70,
  '(': 80,
  '@': 80,
  '#': 80,
  '?': 20,
  '+': 50,
  '-': 50,
  '*': 60,
  '/': 60,
  '%': 60,
  '=': 40,
  '<': 40,
  '>': 40,
  '^': 40,
  ':=': 10,
  '!=': 40,
  '<=': 40,
  '>=': 40,
  '~>': 40,
  '?:': 40,
  '??': 40,
  and: 30,
  or: 25,
  in: 40,
  '&': 50,
};
