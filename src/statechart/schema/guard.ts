import { isJsonObject, type Json, own } from '../../core/json.js';
import type { ChartGuard } from './chart.js';
import { type Findings, join, type Keys } from './findings.js';
import { isExpression, readExpressions, readTemplate } from './template.js';

const KEYS: Keys = { known: ['type', 'params'], later: ['guards'] };

/** A guard: an expression, the name of an implementation, or a name with params. */
export function readGuard(findings: Findings, value: Json, path: string): ChartGuard | undefined {
  if (typeof value === 'string') {
    if (isExpression(value)) {
      const template = readExpressions(findings, value, path);
      return template === undefined ? undefined : { kind: 'expression', path, text: value, template };
    }
    if (value === '') {
      findings.add({ code: 'invalid-name', message: 'a guard may not be an empty text', path });
      return undefined;
    }
    return { kind: 'named', path, name: value, params: undefined };
  }
  if (!isJsonObject(value)) {
    findings.wrongType(path, 'a guard', 'an expression, a name or { type, params }', value);
    return undefined;
  }
  findings.object(value, path, 'a guard', KEYS);
  const type = own(value, 'type');
  if (typeof type !== 'string') {
    if (type === undefined) findings.add({ code: 'missing', message: 'a guard needs a "type"', path });
    else findings.wrongType(join(path, 'type'), '"type" of a guard', 'a text', type);
    return undefined;
  }
  const params = own(value, 'params');
  const template = params === undefined ? undefined : readTemplate(findings, params, join(path, 'params'));
  return { kind: 'named', path, name: type, params: template };
}
