import type { Fields } from '../fields.js';
import type { StateSource, StateType } from '../program.js';
import { refuseForeign } from '../query.js';
import { distributedMap } from './distributed-map.js';
import { inlineMap } from './inline-map.js';
import { compileItemSource } from './item-source.js';
import { compileMapFields } from './map-fields.js';
import { compileRecovery, compileState, compileTransition } from './state.js';

/** Fields that only a distributed Map makes use of; those of the first row are taken, and passed over, in every Map. */
const TOLERANCE = ['ToleratedFailureCount', 'ToleratedFailurePercentage', 'Label'];
const TOLERANCE_PATHS = ['ToleratedFailureCountPath', 'ToleratedFailurePercentagePath'];
const DISTRIBUTED = ['ItemReader', 'ItemBatcher', 'ResultWriter'];

/** Has states run for each item of a list, and goes on with a list of what came out. States Language: Map State. */
export const map: StateType = {
  name: 'Map',
  compile(source) {
    const transition = compileTransition(source.fields);
    const { startAt, distributed, express } = compileProcessor(source);
    const fields = compileMapFields(source, transition, startAt);
    const work = distributed
      ? distributedMap(source, fields, express, compileItemSource(source, fields))
      : inlineMap(fields);
    if (!distributed) passOver(source);
    const recovery = compileRecovery(source, transition);
    return compileState(source, { ...recovery, inner: [startAt], ...work });
  },
};

/** ItemProcessor, or Iterator as it was called before: the state that each item starts at, and how it is run. */
function compileProcessor({ fields, branch }: StateSource) {
  fields.exactlyOne('ItemProcessor', 'Iterator');
  const processor = fields.object(fields.has('ItemProcessor') ? 'ItemProcessor' : 'Iterator');
  fields.any('Iterator');
  const config: Fields | undefined = processor?.object('ProcessorConfig');
  const distributed = config?.oneOf('Mode', ['INLINE', 'DISTRIBUTED']) === 'DISTRIBUTED';
  const express = config?.oneOf('ExecutionType', ['STANDARD', 'EXPRESS']) === 'EXPRESS';
  config?.close();
  const startAt = processor === undefined ? '' : branch(processor, distributed ? { apart: true } : undefined);
  processor?.close();
  return { startAt, distributed, express };
}

/** What an inline Map has no use for. */
function passOver(source: StateSource): void {
  const { fields } = source;
  refuseForeign(source, 'JSONPath', TOLERANCE_PATHS);
  for (const field of [...TOLERANCE, ...TOLERANCE_PATHS]) fields.any(field);
  for (const field of DISTRIBUTED) {
    if (fields.any(field) === undefined) continue;
    const message = `${field} is for distributed Maps`;
    fields.report({ code: 'not-supported', message, path: fields.at(field) });
  }
}
