import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { readScxml } from '../../src/scxml/scxml.js';
import { statechart } from '../../src/statechart/language.js';
import { Session } from './session.js';

interface Case {
  readonly id: string;
  readonly suite: string;
  readonly scxml: string;
  readonly script: Script & { readonly legacySemantics?: Script };
}

interface Script {
  readonly initialConfiguration: readonly string[];
  readonly events: readonly {
    readonly event: { readonly name: string; readonly data?: Json };
    readonly after?: number;
    readonly nextConfiguration: readonly string[];
  }[];
}

const file = join(import.meta.dirname, '../../../shared/corpora/scxml/cases.jsonl');
const cases: readonly Case[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case)
  : [];

/** SCION takes a parallel state for the least common ancestor there; its older scripts agree with W3C. */
const LEGACY = ['more-parallel/test10', 'more-parallel/test10b'];

/** SCION's own cases that need no datamodel. */
const readable = cases.filter(({ suite, scxml }) => suite === 'scion' && 'source' in readScxml(scxml));

describe.skipIf(cases.length === 0)('SCION’s corpus', () => {
  it('has 86 cases that need no datamodel', () => {
    expect(readable.length).toBeGreaterThanOrEqual(86);
  });

  it.each(readable.map((one) => [one.id, one] as const))('%s', (id, { scxml, script }) => {
    const read = readScxml(scxml);
    if ('problems' in read) throw new Error(JSON.stringify(read.problems));
    expect(statechart.check(read.source).filter(({ severity }) => severity !== 'warning')).toEqual([]);
    const { initialConfiguration, events } = (LEGACY.includes(id) && script.legacySemantics) || script;
    const session = new Session(read.source);
    expect(session.atoms()).toEqual([...initialConfiguration].sort());
    for (const { event, after = 0, nextConfiguration } of events) {
      session.wait(after);
      session.send(event.name, event.data);
      expect(session.atoms()).toEqual([...nextConfiguration].sort());
    }
  });
});
