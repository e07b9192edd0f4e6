import { afterAll, describe, expect, it } from 'vitest';
import { type Assertion, loadSuite, type SuiteCase } from './suite.js';
import { World } from './world.js';

const loaded = loadSuite();
const [suite, why] =
  'missing' in loaded ? [{ scion: [], w3c: [] }, ` (left out: ${loaded.missing})`] : [loaded, ''];

/** SCION takes a parallel state for the least common ancestor there; its older scripts agree with W3C. */
const LEGACY = ['more-parallel/test10', 'more-parallel/test10b'];

/** Those of W3C's optional tests that need the BasicHTTP event processor, which has no place here. */
const HTTP = [201, 509, 510, 518, 519, 520, 522, 531, 532, 534, 567, 577].map((n) => `w3c-ecma/test${n}`);

/** Those that a human has to look at. */
const MANUAL = [178, 230, 250, 301, 307, 313, 314, 415].map((n) => `w3c-ecma/test${n}`);

const passed = { scion: 0, mandatory: 0, optional: 0 };

const byId = <T extends SuiteCase>(cases: readonly T[]) => cases.map((one) => [one.id, one] as const);
const automatic = suite.w3c.filter(({ id }) => !HTTP.includes(id) && !MANUAL.includes(id));

describe.skipIf(why !== '')(`W3C’s test suite${why}`, () => {
  const of = (kind: string) => automatic.filter(({ conformance }) => conformance === kind);

  it('has 162 mandatory and 21 optional tests that are automatic and need no HTTP', () => {
    expect([of('mandatory').length, of('optional').length]).toEqual([162, 21]);
  });

  it('leaves out those that need HTTP, all of them optional, and those that a human has to look at', () => {
    const left = (test: (one: SuiteCase & Assertion) => boolean) =>
      suite.w3c.filter(test).map(({ id }) => id);
    expect(left(({ id, conformance }) => HTTP.includes(id) && conformance === 'optional').sort()).toEqual(
      HTTP,
    );
    expect(left(({ isManual }) => isManual).sort()).toEqual(MANUAL);
  });

  for (const kind of ['mandatory', 'optional'] as const) {
    it.each(byId(of(kind)))(`${kind} %s`, (_, { text, files }) => {
      const world = new World(text, files);
      world.settle();
      expect(world.atoms()).toEqual(['pass']);
      passed[kind] += 1;
    });
  }
});

describe.skipIf(why !== '')(`SCION’s test suite${why}`, () => {
  it('has 127 tests', () => {
    expect(suite.scion).toHaveLength(127);
  });

  it.each(byId(suite.scion))('%s', (id, { text, files, script }) => {
    const { initialConfiguration, events } = (LEGACY.includes(id) && script.legacySemantics) || script;
    const world = new World(text, files);
    expect(world.atoms()).toEqual([...initialConfiguration].sort());
    for (const { event, after = 0, nextConfiguration } of events) {
      world.wait(after);
      world.send(event.name, event.data);
      expect(world.atoms()).toEqual([...nextConfiguration].sort());
    }
    passed.scion += 1;
  });
});

afterAll(() => {
  if (why !== '') return;
  const rows: readonly (readonly [string, number, number])[] = [
    ['W3C, mandatory', passed.mandatory, 162],
    ['W3C, optional, without HTTP', passed.optional, 21],
    ['SCION', passed.scion, 127],
  ];
  for (const [name, count, all] of rows) console.log(`${name.padEnd(30)} ${count} of ${all}`);
});
