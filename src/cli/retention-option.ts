import type { Command } from 'commander';
import { type MachineRetention, type Retention, sweepRules } from '../core/retention.js';
import { Failure } from './failure.js';

export interface RetentionOption {
  readonly retention?: string;
}

/** Adds `--retention`. */
export function takesRetention(command: Command): Command {
  return command.option(
    '--retention <list>',
    'delete what is older, such as instances=30d,jobs=7d,order/instances=1y (see docs/retention.md)',
  );
}

/** Reads `--retention`: what is kept how long, with commas between, those of a machine behind its name. */
export function retentionOf({ retention }: RetentionOption): Retention | undefined {
  if (retention === undefined) return undefined;
  const all = new Map<string, string>();
  const machines = new Map<string, Map<string, string>>();
  for (const part of retention.split(',')) {
    const [, machine, what, keep] = /^\s*(?:(.+)\/)?([^/=]+)=([^=]+?)\s*$/.exec(part) ?? [];
    if (what === undefined || keep === undefined) {
      throw new Failure(`--retention: "${part}" is not of the form instances=30d, or order/instances=30d`);
    }
    const own = machine === undefined ? all : (machines.get(machine) ?? new Map<string, string>());
    if (machine !== undefined) machines.set(machine, own);
    if (own.has(what)) throw new Failure(`--retention: "${part}" says again how long to keep that`);
    own.set(what, keep);
  }
  const apart = [...machines].map(([machine, ages]): [string, MachineRetention] => [
    machine,
    Object.fromEntries(ages),
  ]);
  const document: Retention = { ...Object.fromEntries(all), machines: Object.fromEntries(apart) };
  // At once: where a worker watches over itself, this is the process that speaks to people.
  sweepRules(document);
  return document;
}
