/**
 * What AWS says of an expression that cannot be parsed: the words of the JSONata project's parser. `{}` stands for what is
 * quoted in our own words, in order.
 */
const WORDS: Readonly<Record<string, string>> = {
  S0101: 'String literal must be terminated by a matching quote',
  S0104: 'The escape sequence \\u must be followed by 4 hex digits',
  S0105: 'Quoted property name must be terminated with a backquote (`)',
  S0106: 'Comment has no closing tag',
  S0201: 'Syntax error: {}',
  S0202: 'Expected {}, got {}',
  S0203: 'Expected {} before end of expression',
  S0204: 'Unknown operator: {}',
  S0207: 'Unexpected end of expression',
  S0209: 'A predicate cannot follow a grouping expression in a step',
  S0210: 'Each step can only have one grouping expression',
  S0211: 'The symbol {} cannot be used as a unary operator',
  S0212: 'The left side of := must be a variable name (start with $)',
  S0214: 'The right side of {} must be a variable name (start with $)',
  S0215: 'A context variable binding must precede any predicates on a step',
  S0216: "A context variable binding must precede the 'order-by' clause on a step",
  S0217: "The object representing the 'parent' cannot be derived from this expression",
  S0301: 'Empty regular expressions are not allowed',
  S0302: 'No terminating / in regular expression',
};

/**
 * AWS's words for what we found; ours where they were not recorded and do not follow from it.
 *
 * @example
 * parserWords('S0202', 'expected "]", got ","'); // => 'Expected "]", got ","'
 * parserWords('expression-depth', 'too deep'); // => 'too deep'
 */
export function parserWords(code: string, message: string): string {
  const words = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  if (words === undefined) return message;
  const quoted = message.match(/"[^"]*"/g) ?? [];
  let next = 0;
  return words.replaceAll('{}', () => quoted[next++] ?? '"(end)"');
}
