import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import { Refused } from '../../core/problem.js';
import { parseResource } from '../task/resource.js';
import type { FieldValidationMode } from './request.js';
import { SERVICE_SHAPES, type ServiceShapes } from './service-shapes.js';

/** Names that services have besides. */
const ALIASES: Readonly<Record<string, string>> = { events: 'eventbridge', states: 'sfn' };

/**
 * Holds a mocked result against what the service answers, as far as its answers are known here; unknown fields are passed
 * by. Throws Refused in AWS's words.
 */
export function checkMockResult(resource: string, result: Json, mode: FieldValidationMode): void {
  const parsed = parseResource(resource);
  if (mode === 'NONE' || !('value' in parsed) || parsed.value.kind !== 'service') return;
  const { resourceType, resource: asked } = parsed.value;
  const service = resourceType.replace(/^aws-sdk:/, '');
  const shapes = own(SERVICE_SHAPES as never, ALIASES[service] ?? service) as ServiceShapes | undefined;
  const [action = '', ...pattern] = asked.split('.');
  const answer = shapes?.answers[answeredAction(service, action, pattern.join('.'))];
  if (shapes !== undefined && answer !== undefined)
    new Comparison(shapes, mode).check(answer, 'result', result);
}

/** Of `.sync` what is asked in the end is what became of it; of `.waitForTaskToken` it is whatever someone sends. */
function answeredAction(service: string, action: string, pattern: string): string {
  if (pattern === '') return action;
  return service === 'states' && pattern.startsWith('sync') ? 'describeExecution' : '';
}

class Comparison {
  readonly #shapes: ServiceShapes;
  readonly #isStrict: boolean;

  constructor(shapes: ServiceShapes, mode: FieldValidationMode) {
    this.#shapes = shapes;
    this.#isStrict = mode === 'STRICT';
  }

  /** `type` as service-shapes.ts writes it. */
  check(type: string, field: string, value: Json): void {
    const [kind = '', of = ''] = /^(list of|map of|one of|number) (.*)$/.exec(type)?.slice(1) ?? [type];
    switch (kind) {
      case 'any':
        return;
      case 'string':
      case 'number':
      case 'boolean':
        if (typeof value !== kind) refuse(field, `must be a ${kind}`);
        if (of !== '') checkBounds(field, Number(value), of);
        return;
      case 'one of':
        if (typeof value !== 'string') refuse(field, 'must be a string');
        if (!of.split('|').includes(value)) refuse(field, 'is not an expected value');
        return;
      case 'list of':
        if (!isJsonArray(value)) refuse(field, 'must be an array');
        for (const item of value) this.check(of, field, item);
        return;
      default:
        if (!isJsonObject(value) || isJsonArray(value)) refuse(field, 'must be an object');
        if (kind === 'map of')
          for (const [name, member] of Object.entries(value)) this.check(of, name, member);
        else this.#members(kind, value);
    }
  }

  #members(structure: string, value: JsonObject): void {
    for (const [marked, type] of Object.entries(this.#shapes.structures[structure] ?? {})) {
      const name = marked.replace('!', '');
      const member = own(value, name);
      if (member !== undefined) this.check(type, name, member);
      else if (this.#isStrict && marked !== name) refuse(name, 'is required');
    }
  }
}

function checkBounds(field: string, value: number, bounds: string): void {
  const [min = '', max = ''] = bounds.split('..');
  if (min !== '' && value < Number(min)) refuse(field, 'is less than the minimum value');
  if (max !== '' && value > Number(max)) refuse(field, 'exceeds the maximum value');
}

function refuse(field: string, reason: string): never {
  const message = `Mock result schema validation error: Field '${field}' ${reason}`;
  throw new Refused({ code: 'ValidationException', message, path: '/mock/result' });
}
