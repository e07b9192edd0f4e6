import type { Json } from '../core/json.js';
import type { Problem } from '../core/problem.js';
import { linkAll } from './compile.js';
import { type Datamodels, Findings } from './schema/findings.js';
import { readMachine } from './schema/machine.js';
import { inWords } from './schema/wording.js';

/** Everything that is wrong with a definition, at once. Implementations are not looked for. */
export function check(source: Json, datamodels: Datamodels): readonly Problem[] {
  const findings = new Findings(true, inWords);
  const chart = readMachine(source, findings, datamodels);
  if (chart !== undefined) linkAll(chart, findings);
  return findings.problems;
}
