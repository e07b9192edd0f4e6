import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Problem } from '../core/problem.js';
import type { Handler, Handlers } from '../runtime/handler.js';
import { explain } from '../statechart/schema/wording.js';

/** What a JavaScript module exports, or why it could not be run. */
export type ModuleExports =
  | { readonly exports: Readonly<Record<string, unknown>> }
  | { readonly problems: readonly Problem[] };

/** How long a module may take to load: what it awaits at its top may never come. In milliseconds. */
const LOAD_LIMIT_MS = 30_000;

/** Runs a module of the user's and answers its exports. */
export async function importModule(
  file: string,
  path: string,
  limitMs = LOAD_LIMIT_MS,
): Promise<ModuleExports> {
  const url = pathToFileURL(path).href;
  try {
    const exports = (await within(limitMs, import(url))) as Record<string, unknown>;
    // A rejection that the module forgot shows itself now, while it is known whose it is.
    await new Promise((resolve) => setImmediate(resolve));
    return { exports };
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    let position = positionIn(stack, [url, path]);
    if (position.line === undefined && error instanceof SyntaxError)
      position = await syntaxPosition(path, url);
    return { problems: problemsIn(error).map((problem) => ({ ...problem, file, ...position })) };
  }
}

async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`it was not loaded within ${limitMs / 1_000} s`));
    timer = setTimeout(late, limitMs);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** Where a module cannot be parsed: Node tells it only to those who ask on its command line. */
async function syntaxPosition(path: string, url: string): Promise<Position> {
  try {
    await promisify(execFile)(process.execPath, ['--check', path]);
    return {};
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const { line } = positionIn(stderr, [url, path]);
    const caret = /^( *)\^/m.exec(stderr);
    return line === undefined ? {} : { line, column: (caret?.[1]?.length ?? 0) + 1 };
  }
}

/** What a module threw: the problems of a machine that it made, even by a copy of this package, or its own error. */
function problemsIn(error: unknown): readonly Problem[] {
  if (!(error instanceof Error)) {
    return [{ code: 'module-broken', message: `it threw ${String(error)}`, path: '' }];
  }
  const { problems } = error as { problems?: unknown };
  if (error.name === 'Refused' && Array.isArray(problems))
    return (problems as readonly Problem[]).map(explain);
  return [{ code: 'module-broken', message: `${error.name}: ${error.message}`, path: '' }];
}

interface Position {
  readonly line?: number;
  readonly column?: number;
}

/** Line and column of the module's own code that an error's stack names first, by either of its names. */
function positionIn(stack: string, names: readonly string[]): Position {
  for (const name of names) {
    const at = stack.indexOf(`${name}:`);
    const match = at === -1 ? null : /^:(\d+)(?::(\d+))?/.exec(stack.slice(at + name.length));
    if (match !== null) return { line: Number(match[1]), column: Number(match[2] ?? 1) };
  }
  return {};
}

/**
 * The handlers of a module: those of its one export `handlers`, keyed by any name or ARN, or else every
 * function that it exports, by the export's name.
 */
export function handlersOf(
  exports: Readonly<Record<string, unknown>>,
  file: string,
): { readonly handlers: Handlers; readonly problems: readonly Problem[] } {
  const named = Object.hasOwn(exports, 'handlers');
  const group = named ? exports['handlers'] : exports;
  const problems: Problem[] = [];
  if (typeof group !== 'object' || group === null) {
    const message = 'the export "handlers" must be an object of functions, by task name';
    return { handlers: {}, problems: [{ code: 'not-handlers', message, path: '/handlers', file }] };
  }
  const handlers = new Map<string, Handler>();
  for (const [name, value] of Object.entries(group)) {
    if (typeof value === 'function') handlers.set(name, value as Handler);
    else if (named) {
      const message = `the handler "${name}" must be a function`;
      problems.push({ code: 'not-handlers', message, path: `/handlers/${name}`, file });
    }
  }
  if (handlers.size === 0 && problems.length === 0) {
    const message = 'no handlers are exported: export functions by task name, or one object "handlers"';
    problems.push({ code: 'not-handlers', message, path: '', file });
  }
  return { handlers: Object.fromEntries(handlers), problems };
}
