/** A member of an object type: its key, its type, and whether it may be absent. */
export type Member = readonly [key: string, type: string, optional?: boolean];

/** An object type on one line; every key in quotes, so that none is taken for anything else. */
export function objectType(members: readonly Member[], rest?: string): string {
  const all = members.map(
    ([key, type, optional]) => `readonly ${quoted(key)}${optional ? '?' : ''}: ${type}`,
  );
  if (rest !== undefined) all.push(`readonly [key: string]: ${rest}`);
  return all.length === 0 ? 'Record<never, never>' : `{ ${all.join('; ')} }`;
}

/** Any of these; of an unknown one nothing is known. */
export function unionType(types: readonly string[]): string {
  const different = [...new Set(types)];
  if (different.includes('unknown')) return 'unknown';
  const [first = 'never', ...others] = different.filter((type) => type !== 'never');
  return others.length === 0 ? first : [first, ...others].join(' | ');
}

export function arrayType(item: string): string {
  return `readonly (${item})[]`;
}

/** A text as a literal; line separators are escaped too, which tools may take for ends of lines. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);
}

/** Any text that begins with this one, as a type. */
export function beginningWith(prefix: string): string {
  const inner = quoted(prefix)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(/`|\$\{/g, '\\$&');
  return `\`${inner}\${string}\``;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
