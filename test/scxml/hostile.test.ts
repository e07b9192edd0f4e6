import { describe, expect, it } from 'vitest';
import { Chance } from '../../src/core/chance.js';
import type { Json } from '../../src/core/json.js';
import { readScxml } from '../../src/scxml/scxml.js';
import { writeScxml } from '../../src/scxml/write/write.js';
import { MAX_STATE_DEPTH } from '../../src/statechart/limits.js';
import { loadSuite } from './suite.js';
import { scripted, World } from './world.js';

/** What is wrong with a document, from its text to its compiled machine; nothing may be thrown on the way. */
function problemsOf(
  text: string,
): readonly { readonly code: string; readonly line?: number; readonly column?: number }[] {
  const read = readScxml(text);
  return 'problems' in read ? read.problems : scripted.check(read.source);
}

function nested(depth: number): string {
  const open = Array.from({ length: depth }, (_, n) => `<state id="s${n}">`).join('');
  return `<scxml>${open}${'</state>'.repeat(depth)}</scxml>`;
}

describe('a hostile document', () => {
  it.each([
    ['without an end', '<scxml>\n  <state id="a">', { line: 2 }],
    ['with a tag that ends another', '<scxml>\n<state id="a"></stat>\n</scxml>', { line: 2 }],
    ['with an entity of its own', '<!DOCTYPE scxml [<!ENTITY x "xx">]>\n<scxml name="&x;"/>', { line: 2 }],
    [
      'with entities made of entities',
      '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><scxml>&b;</scxml>',
      { line: 1 },
    ],
    [
      'with an entity from a file',
      '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n\n<scxml>&a;</scxml>',
      { line: 3 },
    ],
    ['with a character that XML does not have', '<scxml>\u0000</scxml>', { line: 1 }],
    ['with an attribute twice', '<scxml>\n\n<state id="a" id="b"/></scxml>', { line: 3 }],
    ['with nothing in it', '', { line: 1 }],
    ['that is no XML', 'states: { a: {} }', { line: 1 }],
  ])('%s is a problem at its line', (_, text, place) => {
    expect(problemsOf(text)).toEqual([expect.objectContaining({ code: 'xml', ...place })]);
  });

  it('may be nested as deep as states may, and is a problem where it is deeper, however deep', () => {
    expect(problemsOf(nested(MAX_STATE_DEPTH))).toEqual([]);
    for (const depth of [MAX_STATE_DEPTH + 1, 1_000, 100_000]) {
      const [problem] = problemsOf(nested(depth));
      expect(problem?.code).toBe('too-deep');
    }
    const deep = 5_000;
    const content = `<scxml><state id="a"><onentry>${'<if cond="In(\'a\')">'.repeat(deep)}${'</if>'.repeat(deep)}</onentry></state></scxml>`;
    expect(problemsOf(content).map(({ code }) => code)).toContain('too-deep');
    const data = `<scxml datamodel="ecmascript"><datamodel><data id="x">${'<y>'.repeat(deep)}${'</y>'.repeat(deep)}</data></datamodel><state/></scxml>`;
    expect(() => problemsOf(data)).not.toThrow();
  });

  it('may have long names, texts and lists of targets', () => {
    const long = 'x'.repeat(1_000_000);
    const targets = Array.from({ length: 10_000 }, (_, n) => `t${n}`).join(' ');
    expect(problemsOf(`<scxml><state id="${long}"/></scxml>`)).toEqual([]);
    expect(problemsOf(`<scxml><state id="a"><transition event="${long}"/></state></scxml>`)).toContainEqual(
      expect.objectContaining({ code: 'invalid-name' }),
    );
    const many = problemsOf(
      `<scxml><state id="a"><transition event="e" target="${targets}"/></state></scxml>`,
    );
    expect(many).toContainEqual(expect.objectContaining({ code: 'unknown-target' }));
  });

  it('may have 100,000 states', () => {
    const states = Array.from({ length: 100_000 }, (_, n) => `<state id="s${n}"/>`).join('\n');
    expect(problemsOf(`<scxml>${states}</scxml>`)).toEqual([]);
  });

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
  ])('may call states, events, data and attributes %s', (name) => {
    const world = new World(`<scxml datamodel="ecmascript" initial="a" name="${name}">
        <datamodel><data id="seen" expr="0"/></datamodel>
        <state id="a">
          <onentry><send event="${name}"><param name="${name}" expr="1"/></send></onentry>
          <transition event="${name}" target="${name}">
            <assign location="seen" expr="Object.keys(_event.data).length"/>
          </transition>
        </state>
        <state id="${name}"><transition event="go" target="end" cond="In('${name}')"/></state>
        <state id="end"/>
      </scxml>`);
    expect(world.atoms()).toEqual([name]);
    expect(world.state()).toMatchObject({ context: { seen: 1 } });
    world.send('go');
    expect(world.atoms()).toEqual(['end']);
    const data = `<scxml datamodel="ecmascript"><datamodel><data id="${name}" expr="1"/></datamodel><state/></scxml>`;
    expect(() => new World(data).atoms()).not.toThrow();
    expect(problemsOf(`<scxml><state ${name}="1"/></scxml>`)).toContainEqual(
      expect.objectContaining({ code: 'unknown-attribute' }),
    );
    expect(problemsOf(`<scxml><${name}/></scxml>`)).toContainEqual(
      expect.objectContaining({ code: 'unknown-element' }),
    );
  });

  it('says at which line of a file it is wrong', () => {
    const read = readScxml('<scxml>\n  <state id="a">\n    <transition target="b"/>\n  </state>\n</scxml>');
    if ('problems' in read) throw new Error('it reads');
    const [problem] = scripted.check(read.source);
    expect(read.locate(problem?.path ?? '')).toMatchObject({ line: 3 });
  });
});

const loaded = loadSuite();
const corpus = 'missing' in loaded ? [] : [...loaded.scion, ...loaded.w3c].map(({ text }) => text);
const why = 'missing' in loaded ? ` (left out: ${loaded.missing})` : '';

const RUNS = Number(process.env['DETENT_SCXML_RUNS'] ?? 400);

describe.skipIf(why !== '')(`a damaged document of the suites${why}`, () => {
  it('ends in problems, or in a machine that can be compiled and written', () => {
    const chance = new Chance('damaged', 'scxml');
    const below = (count: number) => chance.uint32() % count;
    const pick = () => corpus[below(corpus.length)] ?? '';
    const piece = () => {
      const text = pick();
      const from = below(text.length);
      return text.slice(from, from + below(60));
    };
    /** Pieces of the document are lost, doubled, moved, or come from another. */
    const damage = (text: string): string => {
      const [a, b] = [below(text.length), below(text.length)].toSorted((x, y) => x - y) as [number, number];
      const to = Math.min(b, a + 80);
      switch (below(6)) {
        case 0:
          return text.slice(0, a) + text.slice(to);
        case 1:
          return text.slice(0, to) + text.slice(a);
        case 2:
          return text.slice(0, a) + piece() + text.slice(to);
        case 3:
          return text.replace(
            /(state|parallel|final|history)(?= id)/,
            ['state', 'parallel', 'final'][below(3)] ?? '',
          );
        case 4:
          return text.replace(/target="[^"]*"/, `target="${piece().replace(/["<&]/g, '')}"`);
        default:
          return text.replace(/<(transition|onentry|send|if|assign)/, '<$1 x="1"').replace(/ id="[^"]*"/, '');
      }
    };
    let whole = 0;
    for (let run = 0; run < RUNS; run++) {
      let text = pick();
      for (let times = below(3); times >= 0; times--) text = damage(text);
      const read = readScxml(text, { read: () => '1' });
      if ('problems' in read) {
        expect(read.problems.length).toBeGreaterThan(0);
        for (const { code, message } of read.problems) expect([typeof code, message]).not.toContain('');
        continue;
      }
      if (scripted.check(read.source).some(({ severity }) => severity !== 'warning')) continue;
      scripted.compile(read.source);
      scripted.graph(read.source);
      const written = writeScxml(read.source);
      if ('text' in written) expect(sourceOf(written.text)).toEqual(read.source);
      whole += 1;
    }
    expect(whole).toBeGreaterThan(RUNS / 20);
  });
});

function sourceOf(text: string): Json {
  const read = readScxml(text, { read: () => '1' });
  if ('problems' in read) throw new Error(`${JSON.stringify(read.problems)}\n${text}`);
  return read.source;
}
