import { pathToFileURL } from 'node:url';
import type { Problem } from '../core/problem.js';
import type { Handler, Handlers } from '../runtime/handler.js';

/** What a JavaScript module exports, or why it could not be run. */
export type ModuleExports =
  | { readonly exports: Readonly<Record<string, unknown>> }
  | { readonly problems: readonly Problem[] };

/** Runs a module of the user's and answers its exports. */
export async function importModule(file: string, path: string): Promise<ModuleExports> {
  const url = pathToFileURL(path).href;
  try {
    return { exports: (await import(url)) as Record<string, unknown> };
  } catch (error) {
    const place = { file, ...positionIn([url, path], error) };
    return { problems: problemsIn(error).map((problem) => ({ ...problem, ...place })) };
  }
}

/** What a module threw: the problems of a machine that it made, even by a copy of this package, or its own error. */
function problemsIn(error: unknown): readonly Problem[] {
  if (!(error instanceof Error)) {
    return [{ code: 'module-broken', message: `it threw ${String(error)}`, path: '' }];
  }
  const { problems } = error as { problems?: unknown };
  if (error.name === 'Refused' && Array.isArray(problems)) return problems as readonly Problem[];
  return [{ code: 'module-broken', message: `${error.name}: ${error.message}`, path: '' }];
}

/** Line and column of the module's own code that an error's stack names first, by either of its names. */
function positionIn(names: readonly string[], error: unknown): { line?: number; column?: number } {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
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
