import { isError, type Problem } from '../../core/problem.js';
import { sentenceOf } from '../failure.js';
import type { Colors } from '../terminal.js';
import { plain } from './plain.js';

/** Problems as lines of `file:line:column code message (hint)`, which editors can follow. */
export function problemsText(problems: readonly Problem[], colors: Colors): string {
  return problems.map((problem) => `${problemLine(problem, colors)}\n`).join('');
}

function problemLine(problem: Problem, colors: Colors): string {
  const { file, line, column, path, code } = problem;
  const place = line === undefined ? (file ?? path) : `${file}:${line}:${column}`;
  // Without a line, the pointer is all there is to find the place by.
  const pointer = line === undefined && file !== undefined && path !== '' ? ` ${path}` : '';
  const mark = isError(problem) ? colors.red(code) : colors.yellow(code);
  return `${colors.bold(plain(place + pointer))} ${mark} ${plain(sentenceOf(problem))}`;
}

/**
 * A number with its noun.
 *
 * @example
 * counted(1, 'problem'); // => '1 problem'
 * counted(2, 'problem'); // => '2 problems'
 */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
