import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { MAX_GUARD_DEPTH } from '../limits.js';
import type { ChartGuard } from './chart.js';
import { type Findings, join, type Keys } from './findings.js';
import { isExpression, readCondition, readTemplate } from './template.js';

const KEYS: Keys = { known: ['type', 'params'] };

/** Guards made of others, and of the configuration; each has its one key. */
const COMBINED = ['and', 'or', 'not', 'in'] as const;

/** A guard: an expression, the name of an implementation, a name with params, or a combination of guards. */
export function readGuard(findings: Findings, value: Json, path: string, depth = 0): ChartGuard | undefined {
  if (typeof value === 'string') return readText(findings, value, path);
  if (!isJsonObject(value)) {
    findings.wrongType(path, 'a guard', 'an expression, a name or an object', value);
    return undefined;
  }
  if (depth > MAX_GUARD_DEPTH) {
    findings.add({ code: 'too-deep', message: `guards are nested deeper than ${MAX_GUARD_DEPTH}`, path });
    return undefined;
  }
  const kind = COMBINED.find((key) => own(value, key) !== undefined);
  return kind === undefined
    ? readNamed(findings, value, path)
    : readCombined(findings, value, kind, path, depth);
}

function readText(findings: Findings, text: string, path: string): ChartGuard | undefined {
  if (isExpression(text)) {
    const template = readCondition(findings, text, path);
    return template === undefined ? undefined : { kind: 'expression', path, text, template };
  }
  if (text === '') {
    findings.add({ code: 'invalid-name', message: 'a guard may not be an empty text', path });
    return undefined;
  }
  return { kind: 'named', path, name: text, params: undefined };
}

function readCombined(
  findings: Findings,
  value: JsonObject,
  kind: (typeof COMBINED)[number],
  path: string,
  depth: number,
): ChartGuard | undefined {
  findings.object(value, path, `an "${kind}" guard`, { known: [kind] });
  const at = join(path, kind);
  const inner = own(value, kind) ?? null;
  if (kind === 'in') {
    if (typeof inner === 'string') return { kind, path, target: { text: inner, path: at } };
    findings.wrongType(at, '"in"', 'the name of a state', inner);
    return undefined;
  }
  if (kind === 'not') {
    const guard = readGuard(findings, inner, at, depth + 1);
    return guard && { kind, path, guard };
  }
  if (!Array.isArray(inner)) {
    findings.wrongType(at, `"${kind}"`, 'a list of guards', inner);
    return undefined;
  }
  const guards = (inner as readonly Json[]).map((item, n) =>
    readGuard(findings, item, join(at, n), depth + 1),
  );
  return { kind, path, guards: guards.filter((guard) => guard !== undefined) };
}

function readNamed(findings: Findings, value: JsonObject, path: string): ChartGuard | undefined {
  findings.object(value, path, 'a guard', KEYS);
  const type = own(value, 'type');
  if (typeof type !== 'string') {
    const hint = 'a guard is an expression, a name, { type, params }, { and }, { or }, { not } or { in }';
    if (type === undefined) findings.add({ code: 'missing', message: 'a guard needs a "type"', path, hint });
    else findings.wrongType(join(path, 'type'), '"type" of a guard', 'a text', type);
    return undefined;
  }
  const params = own(value, 'params');
  const template = params === undefined ? undefined : readTemplate(findings, params, join(path, 'params'));
  return { kind: 'named', path, name: type, params: template };
}
