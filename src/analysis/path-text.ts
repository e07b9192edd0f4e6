import type { Path, PathStep, Paths } from './paths.js';

/** Paths as people read them: each event, and where it leads. */
export function pathsText({ paths, uncovered, isComplete, places }: Paths): string {
  const lines = paths.flatMap(({ steps }, n) => [`${n + 1}. ${pathName({ steps })}`, ...stepsText(steps)]);
  const notes = uncovered.map((words) => `not covered: ${words}`);
  if (!isComplete) notes.push(`stopped after ${places} positions: there may be more`);
  return [...lines, ...notes].map((line) => `${line}\n`).join('');
}

/** The events of a path, in short. */
export function pathName({ steps }: Path): string {
  const events = steps.slice(1).map(({ kind, name }) => nameOf(kind, name));
  return events.length === 0 ? 'the start' : events.join(', ');
}

/** What an event is called, whatever came with it. */
export function nameOf(kind: PathStep['kind'], name: string): string {
  return kind === 'done' || kind === 'error' ? `${kind} ${name}` : name || kind;
}

/** Each event of a path with the value that it led to, in columns. */
export function stepsText(steps: readonly PathStep[]): readonly string[] {
  const width = Math.max(0, ...steps.map(({ words }) => Math.min(words.length, WIDE)));
  return steps.map(({ words, value }) => `   ${words.padEnd(width)}  ${valueText(value)}`);
}

/** Characters of the widest event that others are put in line with. */
const WIDE = 40;

function valueText(value: PathStep['value']): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
