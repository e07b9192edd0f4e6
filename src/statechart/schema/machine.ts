import { type Json, type JsonObject, own } from '../../core/json.js';
import type { Chart } from './chart.js';
import {
  type Datamodel,
  type Datamodels,
  type Findings,
  join,
  type Keys,
  listOf,
  meant,
  readMember,
} from './findings.js';
import { readMigrations } from './migrate.js';
import { readState, STATE_KEYS } from './state.js';
import { readTemplate } from './template.js';

const KEYS: Keys = {
  known: [
    ...STATE_KEYS.known,
    ...[
      'context',
      'onUnhandled',
      'onStepError',
      'dialect',
      'datamodel',
      'version',
      'migrate',
      'sensitive',
      'schemas',
      'types',
    ],
    'events',
  ],
  later: STATE_KEYS.later ?? [],
  renamed: { ...STATE_KEYS.renamed, name: 'id', key: 'id' },
};

const ON_UNHANDLED = ['ignore', 'reject'] as const;
const ON_STEP_ERROR = ['undo', 'continue'] as const;
const DIALECTS = ['native', 'scxml'] as const;

/** The id of a machine that names none, as XState has it. */
export const DEFAULT_MACHINE_ID = '(machine)';

/**
 * Reads a definition: everything that is wrong in it lands in the findings, with its pointer. The chart is
 * there even where something is wrong, as far as it could be read, so that targets are checked as well.
 */
export function readMachine(
  source: Json,
  findings: Findings,
  datamodels: Datamodels = {},
): Chart | undefined {
  const machine = findings.object(source, '', 'the machine', KEYS);
  if (machine === undefined) return undefined;
  const dialect = readChoice(findings, machine, 'dialect', DIALECTS) ?? 'native';
  findings.dialect = dialect;
  const datamodel = readDatamodel(findings, machine, datamodels);
  if (datamodel === 'missing') return undefined;
  findings.datamodel = datamodel;
  const context = own(machine, 'context');
  const version = findings.text(machine, 'version', '', 'the machine');
  const root = readState(
    findings,
    machine,
    own(machine, 'id') === undefined ? DEFAULT_MACHINE_ID : 'root',
    '',
    0,
  );
  return {
    id: root.id ?? DEFAULT_MACHINE_ID,
    root,
    context: context === undefined ? undefined : readTemplate(findings, context, join('', 'context')),
    dialect,
    hasDatamodel: datamodel !== undefined,
    version,
    sensitive: readMember(findings, machine, 'sensitive', '', readSensitive),
    migrations: readMember(findings, machine, 'migrate', '', readMigrations),
    onUnhandled: readChoice(findings, machine, 'onUnhandled', ON_UNHANDLED) ?? 'ignore',
    onStepError:
      readChoice(findings, machine, 'onStepError', ON_STEP_ERROR) ??
      (dialect === 'scxml' ? 'continue' : 'undo'),
  };
}

const DATAMODELS = ['jsonata', 'ecmascript'] as const;

/** The packages that datamodels need. */
const NEEDED: Readonly<Record<string, string>> = { ecmascript: 'quickjs-emscripten' };

/** Whose expressions the machine has. A datamodel that is not at hand is a problem of this process, and told so. */
function readDatamodel(
  findings: Findings,
  machine: JsonObject,
  datamodels: Datamodels,
): Datamodel | undefined | 'missing' {
  const name = readChoice(findings, machine, 'datamodel', DATAMODELS) ?? 'jsonata';
  if (name === 'jsonata') return undefined;
  const open = Object.hasOwn(datamodels, name) ? datamodels[name] : undefined;
  const id = own(machine, 'id');
  if (open !== undefined) return open(typeof id === 'string' ? id : '');
  const message = `the datamodel "${name}" needs the package ${NEEDED[name]}, which is not loaded here`;
  const hint = `install it beside this package: npm install ${NEEDED[name]}`;
  findings.add({ code: 'missing-engine', message, path: join('', 'datamodel'), hint });
  return 'missing';
}

/** One of a few words. */
function readChoice<T extends string>(
  findings: Findings,
  machine: JsonObject,
  key: string,
  words: readonly T[],
): T | undefined {
  const value = own(machine, key);
  const known = words.find((word) => word === value);
  if (value === undefined || known !== undefined) return known;
  const message = `"${key}" is ${JSON.stringify(value)}`;
  const near = typeof value === 'string' ? meant(value, words) : {};
  findings.add({
    code: 'wrong-type',
    message,
    path: join('', key),
    hint: `one of ${words.join(', ')}`,
    ...near,
  });
  return undefined;
}

/** Paths into data, of keys with dots between. */
function readSensitive(findings: Findings, value: Json, path: string): readonly string[] {
  return listOf(value, path).flatMap(([item, at]) => {
    if (typeof item === 'string' && item.split('.').every((key) => key !== '')) return [item];
    findings.wrongType(at, '"sensitive"', 'paths into data, such as card.number', item);
    return [];
  });
}
