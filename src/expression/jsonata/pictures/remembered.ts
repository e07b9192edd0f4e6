/** Texts of which is remembered what they were read as. */
export const MAX_REMEMBERED = 200;

/** UTF-16 units of a text that is remembered. */
const MAX_LENGTH = 256;

/**
 * A reader that remembers what it made of the last texts: pictures are read again and again. What it makes must
 * depend on the text alone, and never change.
 */
export function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const made = read(text);
    if (known.size >= MAX_REMEMBERED) known.clear();
    if (text.length <= MAX_LENGTH) known.set(text, made);
    return made;
  };
}
