/**
 * A text of somebody's, safe to show: what would steer the terminal is shown as an escape.
 *
 * @example
 * plain('a\u001b[31mb'); // => 'a\\u001b[31mb'
 */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
