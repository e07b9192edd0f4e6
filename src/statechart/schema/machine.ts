import { type Json, own } from '../../core/json.js';
import type { Chart } from './chart.js';
import { type Findings, join, type Keys, meant } from './findings.js';
import { readState, STATE_KEYS } from './state.js';
import { readTemplate } from './template.js';

const KEYS: Keys = {
  known: [...STATE_KEYS.known, 'context', 'onUnhandled', 'version'],
  later: [...(STATE_KEYS.later ?? []), 'migrate', 'events', 'schemas', 'sensitive', 'onStepError'],
  renamed: { ...STATE_KEYS.renamed, name: 'id', key: 'id' },
};

const ON_UNHANDLED = ['ignore', 'reject'] as const;

/** The id of a machine that names none, as XState has it. */
export const DEFAULT_MACHINE_ID = '(machine)';

/**
 * Reads a definition: everything that is wrong in it lands in the findings, with its pointer. The chart is
 * there even where something is wrong, as far as it could be read, so that targets are checked as well.
 */
export function readMachine(source: Json, findings: Findings): Chart | undefined {
  const machine = findings.object(source, '', 'the machine', KEYS);
  if (machine === undefined) return undefined;
  const context = own(machine, 'context');
  findings.text(machine, 'version', '', 'the machine');
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
    onUnhandled: readOnUnhandled(findings, own(machine, 'onUnhandled')),
  };
}

function readOnUnhandled(findings: Findings, value: Json | undefined): Chart['onUnhandled'] {
  const known = ON_UNHANDLED.find((name) => name === value);
  if (value === undefined || known !== undefined) return known ?? 'ignore';
  const message = `"onUnhandled" is ${JSON.stringify(value)}`;
  const near = typeof value === 'string' ? meant(value, ON_UNHANDLED) : {};
  findings.add({ code: 'wrong-type', message, path: '/onUnhandled', hint: 'one of ignore, reject', ...near });
  return 'ignore';
}
