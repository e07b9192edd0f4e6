import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSource } from '../../src/formats/source.js';
import { readScxml } from '../../src/scxml/scxml.js';
import { openCommandLine } from './call.js';

const { call } = openCommandLine();
const folder = mkdtempSync(join(tmpdir(), 'detent-convert-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const DOOR =
  '<scxml name="door"><state id="open"><transition event="close" target="shut"/></state><final id="shut"/></scxml>';

describe('detent convert', () => {
  it('prints a document as YAML, or JSON, that means the same', async () => {
    const path = file('door.scxml', DOOR);
    const read = readScxml(DOOR);
    const expected = 'source' in read ? read.source : undefined;
    const yaml = await call(['convert', path]);
    expect([yaml.code, parseSource(yaml.out).source]).toEqual([0, expected]);
    const json = await call(['convert', path, '--json']);
    expect([json.code, JSON.parse(json.out)]).toEqual([0, expected]);
  });

  it('prints a statechart of W3C’s dialect as a document that reads back the same, or says what has no words there', async () => {
    const yaml = (await call(['convert', file('door.scxml', DOOR)])).out;
    const written = await call(['convert', file('door.yaml', yaml), '--to', 'scxml']);
    expect(written.code).toBe(0);
    expect((await call(['convert', file('again.scxml', written.out)])).out).toBe(yaml);
    const path = file('task.yaml', `${yaml}after: { 1s: "#shut" }\n`);
    const refused = await call(['convert', path, '--to', 'scxml']);
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toMatch(/task\.yaml:\d+:\d+ not-in-scxml/);
  });

  it('prints a native statechart as a document, or says what in it SCXML cannot say', async () => {
    const native =
      'id: door\ninitial: open\nstates:\n  open: { on: { CLOSE: shut }, after: { 1h: shut } }\n  shut:\n';
    const written = await call(['convert', file('native.yaml', native), '--to', 'scxml']);
    expect([written.code, written.err]).toEqual([0, '']);
    expect(written.out).toContain('<transition event="CLOSE" target="shut"/>');
    const refused = await call(['convert', file('moves.yaml', `${native}migrate: true\n`), '--to', 'scxml']);
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toMatch(/moves\.yaml:6:\d+ not-in-scxml/);
  });

  it('names the machines that stand within a document, and prints each', async () => {
    const inner = '<invoke id="x"><content><scxml><state id="b"/></scxml></content></invoke>';
    const path = file('outer.scxml', `<scxml><state id="a">${inner}</state></scxml>`);
    const outer = await call(['convert', path]);
    expect([outer.code, outer.err]).toEqual([0, expect.stringContaining('--inner outer.x')]);
    expect((await call(['convert', path, '--inner', 'outer.x'])).out).toContain('id: outer.x');
  });

  it('says what is wrong, and where, and prints nothing', async () => {
    const path = file('broken.scxml', '<scxml>\n  <stat id="a"/>\n</scxml>');
    const { code, out, err } = await call(['convert', path]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(
      `${path}:2:3 unknown-element <stat> has no place in <scxml> (did you mean "state"?)`,
    );
  });

  it('refuses what is no document, and one that is not there', async () => {
    expect(await call(['convert', 'order.yaml'])).toMatchObject({ code: 2 });
    const missing = await call(['convert', join(folder, 'none.scxml')]);
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('cannot be read');
  });
});
