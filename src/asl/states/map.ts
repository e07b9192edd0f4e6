import { isJsonArray, type Json } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { compileDataFlow } from '../data-flow.js';
import { dataLimitFailure, queryFailure, runtimeFailure } from '../errors.js';
import { expected, type Fields, TYPES } from '../fields.js';
import { compileJsonataField, compileTyped, isExpressionText } from '../jsonata-query.js';
import { MAX_INLINE_CONCURRENCY } from '../limits.js';
import { compilePathText, compilePayloadField } from '../path-query.js';
import { exceedsDataLimit } from '../payload.js';
import type { StateSource, StateType } from '../program.js';
import { type Maker, refuseForeign } from '../query.js';
import { wholeNumberAt } from '../whole-number.js';
import { compileRecovery, compileState, compileTransition, leaveFor } from './state.js';

/** What a Map goes over, worked out when it is entered. */
type Items = (thread: ActiveThread, selected: Json) => readonly Json[];

/** How many items may be worked on at once; 0 for as many as there may be. */
type Concurrency = (thread: ActiveThread, selected: Json) => number;

/** Fields that only a distributed Map makes use of; those of the first row are taken, and passed over, in every Map. */
const TOLERANCE = ['ToleratedFailureCount', 'ToleratedFailurePercentage', 'Label'];
const TOLERANCE_PATHS = ['ToleratedFailureCountPath', 'ToleratedFailurePercentagePath'];
const DISTRIBUTED = ['ItemReader', 'ItemBatcher', 'ResultWriter'];

/** Has states run for each item of a list, and goes on with a list of what came out. States Language: Map State. */
export const map: StateType = {
  name: 'Map',
  compile(source) {
    const { fields, name } = source;
    const transition = compileTransition(fields);
    const startAt = compileProcessor(source);
    const flow = compileDataFlow(source, { payload: 'map', assign: true });
    const items = compileItems(source);
    const selector = compileSelector(source);
    const concurrency = compileConcurrency(source);
    refuseForeign(source, 'JSONPath', TOLERANCE_PATHS);
    for (const field of [...TOLERANCE, ...TOLERANCE_PATHS]) fields.any(field);
    const recovery = compileRecovery(source, transition);
    return compileState(source, {
      ...recovery,
      inner: [startAt],
      enter(thread) {
        const selected = flow.select(thread);
        const atOnce = concurrency(thread, selected);
        thread.observe('maxConcurrency', atOnce);
        const list = items(thread, selected);
        const limit = Math.min(atOnce === 0 ? MAX_INLINE_CONCURRENCY : atOnce, MAX_INLINE_CONCURRENCY);
        return { kind: 'fork', threads: { each: true, given: list, length: list.length, limit } };
      },
      fork: {
        begin(thread, index, item) {
          if (selector === undefined) return { state: startAt, input: item };
          thread.choosing = index;
          const input = selector(thread, flow.select(thread));
          thread.choosing = undefined;
          thread.observe('afterItemSelector', input);
          if (exceedsDataLimit(input)) throw dataLimitFailure(name);
          return { state: startAt, input };
        },
        join: (thread, results) => leaveFor(transition.next, flow.leave(thread, results)),
      },
    });
  },
};

/** ItemProcessor, or Iterator as it was called before: the state that each item starts at. */
function compileProcessor({ fields, branch }: StateSource): string {
  fields.exactlyOne('ItemProcessor', 'Iterator');
  const processor = fields.object(fields.has('ItemProcessor') ? 'ItemProcessor' : 'Iterator');
  fields.any('Iterator');
  if (processor === undefined) return '';
  const startAt = branch(processor);
  const config = processor.object('ProcessorConfig');
  const mode = config?.oneOf('Mode', ['INLINE', 'DISTRIBUTED']) ?? 'INLINE';
  config?.oneOf('ExecutionType', ['STANDARD', 'EXPRESS']);
  config?.close();
  processor.close();
  const code = 'not-supported';
  if (config !== undefined && mode === 'DISTRIBUTED') {
    config.report({ code, message: 'A distributed Map is not supported yet', path: config.at('Mode') });
  }
  for (const field of DISTRIBUTED) {
    if (fields.any(field) === undefined || mode === 'DISTRIBUTED') continue;
    fields.report({ code, message: `${field} is for distributed Maps`, path: fields.at(field) });
  }
  return startAt;
}

function compileItems(source: StateSource): Items {
  const { fields, queryLanguage } = source;
  refuseForeign(source, 'JSONPath', ['ItemsPath']);
  refuseForeign(source, 'JSONata', ['Items']);
  if (queryLanguage === 'JSONata') return compileJsonataItems(fields);
  const path = compilePathText(fields, 'ItemsPath');
  return (thread, selected) => {
    const items = path === undefined ? selected : path.get(thread, selected);
    if (path !== undefined) thread.observe('afterItemsPath', items);
    if (isJsonArray(items)) return items;
    throw runtimeFailure(`Reference path "${path?.text ?? '$'}" must point to array.`);
  };
}

function compileJsonataItems(fields: Fields): Items {
  const items = fields.any('Items');
  if (items === undefined) {
    return ({ input }) => {
      if (isJsonArray(input)) return input;
      throw queryFailure(`Map state input must be an array but was: ${JSON.stringify(input)}`, 'Items');
    };
  }
  if (!isJsonArray(items) && !isExpressionText(items)) {
    fields.report({ message: expected(TYPES.list), path: fields.at('Items') });
  }
  const make = compileTyped(fields, 'Items', 'array');
  return (thread) => make?.(thread) as readonly Json[];
}

/** ItemSelector, or Parameters as it was called before. */
function compileSelector(source: StateSource): Maker | undefined {
  const { fields, queryLanguage } = source;
  refuseForeign(source, 'JSONPath', ['Parameters']);
  fields.atMostOne('ItemSelector', 'Parameters');
  if (queryLanguage === 'JSONata') return compileJsonataField(fields, 'ItemSelector');
  return compilePayloadField(fields, 'ItemSelector') ?? compilePayloadField(fields, 'Parameters');
}

function compileConcurrency(source: StateSource): Concurrency {
  const { fields, queryLanguage } = source;
  refuseForeign(source, 'JSONPath', ['MaxConcurrencyPath']);
  if (queryLanguage === 'JSONata' && isExpressionText(fields.any('MaxConcurrency'))) {
    const value = compileTyped(fields, 'MaxConcurrency', 'number');
    return (thread) => {
      const given = value?.(thread) ?? 0;
      if (typeof given === 'number' && Number.isInteger(given) && given >= 0) return given;
      throw queryFailure(
        `The MaxConcurrency field must be a non-negative integer: ${JSON.stringify(given)}`,
        'MaxConcurrency',
      );
    };
  }
  fields.atMostOne('MaxConcurrency', 'MaxConcurrencyPath');
  const fixed = fields.integer('MaxConcurrency', { min: 0 }) ?? 0;
  const path = queryLanguage === 'JSONPath' ? compilePathText(fields, 'MaxConcurrencyPath') : undefined;
  if (path === undefined) return () => fixed;
  return (thread, selected) => {
    const number = wholeNumberAt('MaxConcurrencyPath', path.text, path.get(thread, selected));
    if (number < 0) throw runtimeFailure('MaxConcurrency cannot be negative.');
    return number;
  };
}
