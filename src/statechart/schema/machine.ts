import type { JsonObject } from '../../core/json.js';
import type { Chart } from './chart.js';
import { readDelays } from './delay.js';
import { type Datamodels, type Findings, isPlain } from './findings.js';
import { readMigrations } from './migrate.js';
import { asIs, readJson, readList, readText } from './reader.js';
import { STATE, stateOf } from './state.js';
import { readTemplate } from './template.js';

const MACHINE = {
  ...STATE,
  context: readTemplate,
  onUnhandled: choice(['ignore', 'reject']),
  onStepError: choice(['undo', 'continue']),
  dialect: asIs,
  datamodel: asIs,
  version: readText,
  migrate: readMigrations,
  sensitive: readSensitive,
  schemas: readObject,
  types: readTypes,
  events: readObject,
  delays: asIs,
};

const readDialect = choice(['native', 'scxml']);
const readDatamodelName = choice(['jsonata', 'ecmascript']);

/** The id of a machine that names none, as XState has it. */
export const DEFAULT_MACHINE_ID = '(machine)';

/**
 * Reads a definition: everything that is wrong in it lands in the findings, with its pointer. The chart is
 * there even where something is wrong, as far as it could be read, so that targets are checked as well.
 */
export function readMachine(
  source: unknown,
  findings: Findings,
  datamodels: Datamodels = {},
): Chart | undefined {
  if (!isPlain(source)) return findings.wrongType('', '', source, 'machine');
  const { dialect, datamodel, id } = source;
  findings.dialect =
    (dialect === undefined ? undefined : readDialect(findings, dialect, '/dialect')) ?? 'native';
  findings.machine = typeof id === 'string' ? id : DEFAULT_MACHINE_ID;
  const name = datamodel === undefined ? undefined : readDatamodelName(findings, datamodel, '/datamodel');
  if (name !== undefined && name !== 'jsonata') {
    const open = Object.hasOwn(datamodels, name) ? datamodels[name] : undefined;
    if (open === undefined) return findings.tell('missing-engine', '/datamodel', name);
    findings.datamodel = open(typeof id === 'string' ? id : '');
  }
  if (source['delays'] !== undefined) findings.delays = readDelays(findings, source['delays']);
  const machine = findings.members('machine', MACHINE, source, '');
  if (machine === undefined) return undefined;
  const root = stateOf(findings, machine, id === undefined ? DEFAULT_MACHINE_ID : 'root', '');
  return {
    id: root.id ?? DEFAULT_MACHINE_ID,
    root,
    context: machine.context,
    dialect: findings.dialect,
    hasDatamodel: findings.datamodel !== undefined,
    version: machine.version,
    sensitive: machine.sensitive ?? [],
    migrations: machine.migrate ?? [],
    asked: findings.asked,
    onUnhandled: machine.onUnhandled ?? 'ignore',
    onStepError: machine.onStepError ?? (findings.dialect === 'scxml' ? 'continue' : 'undo'),
    schemas: machine.schemas,
    events: machine.events,
  };
}

/** One of a few words. */
function choice<T extends string>(words: readonly T[]) {
  return (findings: Findings, value: unknown, path: string): T | undefined => {
    const known = words.find((word) => word === value);
    return known ?? findings.wrongType('choice', path, value, words);
  };
}

function readObject(findings: Findings, value: unknown, path: string): JsonObject | undefined {
  const json = readJson(findings, value, path);
  return isPlain(json) ? json : undefined;
}

/** For the compiler only: nothing of it is left in the source. */
function readTypes(findings: Findings, _: unknown, path: string): void {
  findings.replaced.set(path, undefined);
}

/** Paths into data, of keys with dots between. */
function readSensitive(findings: Findings, value: unknown, path: string): readonly string[] {
  return readList(findings, value, path, (_, item, at) =>
    typeof item === 'string' && item.split('.').every((key) => key !== '')
      ? item
      : findings.wrongType('sensitive', at, item),
  );
}
