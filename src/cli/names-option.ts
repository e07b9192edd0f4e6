/** Reads names with commas between. */
export function namesOf(word: string): readonly string[] {
  return word.split(',').map((name) => name.trim());
}
