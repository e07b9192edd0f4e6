import { builtOf } from '../builders.js';
import { MAX_GUARD_DEPTH } from '../limits.js';
import type { ChartGuard } from './chart.js';
import { type Findings, isPlain, join } from './findings.js';
import { readText } from './reader.js';
import { isExpression, readCondition, readTemplate } from './template.js';

const NAMED = { type: readText, params: readTemplate };

/** Guards made of others, and of the configuration; each has its one key. */
const COMBINED = ['and', 'or', 'not', 'in'] as const;

type Combined = (typeof COMBINED)[number];

/** A guard: an expression, the name of an implementation, a name with params, a function, or a combination of guards. */
export function readGuard(findings: Findings, value: unknown, path: string): ChartGuard | undefined {
  if (typeof value === 'string') return readWords(findings, value, path);
  if (typeof value === 'function') {
    const built = builtOf(value);
    return built === undefined
      ? { kind: 'named', path, name: findings.keep('guards', value, path), params: undefined }
      : readGuard(findings, built, path);
  }
  if (!isPlain(value)) return findings.wrongType('guard', path, value);
  const kind = COMBINED.find((key) => value[key] !== undefined);
  return kind === undefined
    ? readNamed(findings, value, path)
    : findings.within('guard', MAX_GUARD_DEPTH + 1, path, () => readCombined(findings, kind, value, path));
}

function readWords(findings: Findings, text: string, path: string): ChartGuard | undefined {
  if (isExpression(text)) {
    const template = readCondition(findings, text, path);
    return template && { kind: 'expression', path, text, template };
  }
  if (text === '') return findings.tell('invalid-name guard', path);
  return { kind: 'named', path, name: text, params: undefined };
}

function readCombined(
  findings: Findings,
  kind: Combined,
  value: object,
  path: string,
): ChartGuard | undefined {
  const read = (_: Findings, inner: unknown, at: string): ChartGuard | undefined => {
    if (kind === 'in') {
      if (typeof inner !== 'string') return findings.wrongType('in', at, inner);
      const target = { text: inner, path: at };
      findings.asked.push(target);
      return { kind, path, target };
    }
    if (kind === 'not') {
      const guard = readGuard(findings, inner, at);
      return guard && { kind, path, guard };
    }
    if (!Array.isArray(inner)) return findings.wrongType('guards', at, inner);
    const guards = inner.map((item, n) => readGuard(findings, item, join(at, n)));
    return { kind, path, guards: guards.filter((guard) => guard !== undefined) };
  };
  return findings.members(`${kind} guard`, { [kind]: read }, value, path)?.[kind];
}

function readNamed(
  findings: Findings,
  value: Readonly<Record<string, unknown>>,
  path: string,
): ChartGuard | undefined {
  const { type, params } = findings.members('guard', NAMED, value, path) ?? {};
  if (value['type'] === undefined) return findings.tell('missing guard', path);
  return type === undefined ? undefined : { kind: 'named', path, name: type, params };
}
