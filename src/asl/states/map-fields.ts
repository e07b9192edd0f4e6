import { isJsonArray, type Json } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { compileDataFlow, type DataFlow } from '../data-flow.js';
import { dataLimitFailure, queryFailure, runtimeFailure } from '../errors.js';
import { expected, type Fields, TYPES } from '../fields.js';
import { compileJsonataField, compileTyped, isExpressionText } from '../jsonata-query.js';
import { compilePathText, compilePayloadField } from '../path-query.js';
import { exceedsDataLimit } from '../payload.js';
import type { StateSource } from '../program.js';
import { type Maker, refuseForeign } from '../query.js';
import { COUNT, compileNumberField, type NumberField } from './number-field.js';
import type { Transition } from './state.js';

/** What a Map goes over, worked out when it is entered. */
export type Items = (thread: ActiveThread, selected: Json) => readonly Json[];

/** What an item is worked on as: what its ItemSelector makes of it, or the item itself. Throws StateFailure. */
export type Choose = (thread: ActiveThread, index: number, value: Json) => Json;

/** What inline and distributed Maps have in common. */
export interface MapFields {
  readonly name: string;
  readonly transition: Transition;
  readonly flow: DataFlow;
  /** The state that each item starts at. */
  readonly startAt: string;
  readonly items: Items;
  /** Whether its items are found in its input at any time: they need not be kept. */
  readonly findsItems: boolean;
  readonly choose: Choose;
  /** How many items may be worked on at once; 0 for as many as there may be. */
  readonly concurrency: NumberField;
}

export function compileMapFields(source: StateSource, transition: Transition, startAt: string): MapFields {
  const flow = compileDataFlow(source, { payload: 'map', assign: true });
  return {
    name: source.name,
    transition,
    startAt,
    flow,
    items: compileItems(source),
    findsItems: source.queryLanguage === 'JSONPath' || !source.fields.has('Items'),
    choose: compileChoice(source, flow),
    concurrency: compileNumberField(source, 'MaxConcurrency', COUNT),
  };
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

function compileChoice(source: StateSource, flow: DataFlow): Choose {
  const selector = compileSelector(source);
  if (selector === undefined) return (_, __, value) => value;
  return (thread, index, value) => {
    thread.turn.allowance.renew();
    thread.choosing = { index, value };
    const chosen = selector(thread, flow.select(thread));
    thread.choosing = undefined;
    thread.observe('afterItemSelector', chosen, index);
    if (exceedsDataLimit(chosen)) throw dataLimitFailure(source.name);
    return chosen;
  };
}

/** ItemSelector, or Parameters as it was called before. */
function compileSelector(source: StateSource): Maker | undefined {
  const { fields, queryLanguage } = source;
  refuseForeign(source, 'JSONPath', ['Parameters']);
  fields.atMostOne('ItemSelector', 'Parameters');
  if (queryLanguage === 'JSONata') return compileJsonataField(fields, 'ItemSelector');
  return compilePayloadField(fields, 'ItemSelector') ?? compilePayloadField(fields, 'Parameters');
}
