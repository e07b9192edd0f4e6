/**
 * What a user did wrong, as data. `path` is a JSON Pointer into the value at fault ('' for the whole);
 * line and column count from 1.
 */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly path: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;
  /** A warning does not keep a definition from running. */
  readonly severity?: 'error' | 'warning';
}

/** A value, or the problem that kept it from being one. */
export type Checked<T> = { readonly value: T } | { readonly problem: Problem };

/**
 * A request that was refused for what it asked: the one error that callers of an Engine are meant to catch.
 * Everything else that is thrown is broken I/O or a bug.
 */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: ErrorOptions) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map((problem) => problem.message).join('; '), options);
    this.problems = list;
  }

  /** The code of the first problem, which decides how a door answers. */
  get code(): string {
    return this.problems[0]?.code ?? 'refused';
  }
}

export function isError(problem: Problem): boolean {
  return problem.severity !== 'warning';
}

/**
 * The known name that an unknown one was probably meant to be, if one is near enough.
 *
 * @example
 * nearest('gaurd', ['guard', 'actions']); // => 'guard'
 * nearest('xyz', ['guard', 'actions']); // => undefined
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `did you mean "guard"?`, or nothing: ready to be spread into a Problem. */
export function didYouMean(name: string, known: Iterable<string>): { hint?: string } {
  const match = nearest(name, known);
  return match === undefined ? {} : { hint: `did you mean "${match}"?` };
}

/** Edits (insert, delete, replace, swap of neighbours) that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
