import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { toDot, toMermaid, toSvg } from '../../src/embed/diagram.js';
import { createMachine } from '../../src/statechart/machine.js';
import { callReal as call } from './real-call.js';

const folder = mkdtempSync(join(tmpdir(), 'detent-diagram-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LAMP = 'id: lamp\ninitial: off\nstates:\n  off: { on: { PRESS: on } }\n  on: { on: { PRESS: off } }\n';

function file(name: string, text = LAMP): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const written = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('detent diagram', () => {
  it('prints Mermaid, or what it is told to', async () => {
    const path = file('lamp.yaml');
    expect(await call(['diagram', path])).toMatchObject({ code: 0, out: toMermaid(LAMP) });
    expect(await call(['diagram', path, '--format', 'dot'])).toMatchObject({ code: 0, out: toDot(LAMP) });
    expect(await call(['diagram', path, '--format', 'svg'])).toMatchObject({
      code: 0,
      out: await toSvg(LAMP),
    });
    const right = await call(['diagram', path, '--direction', 'right']);
    expect(right.out).toContain('direction LR');
  });

  it('writes what the name of its output says', async () => {
    const path = file('lamp.yaml');
    for (const name of ['lamp.svg', 'lamp.dot', 'lamp.md', 'lamp.mmd']) {
      expect(await call(['diagram', path, '-o', join(folder, name)])).toMatchObject({ code: 0, out: '' });
    }
    expect(written('lamp.svg')).toBe(await toSvg(LAMP));
    expect(written('lamp.dot')).toBe(toDot(LAMP));
    expect(written('lamp.mmd')).toBe(toMermaid(LAMP));
    expect(written('lamp.md')).toBe(`\`\`\`mermaid\n${toMermaid(LAMP)}\`\`\`\n`);
    const unknown = await call(['diagram', path, '-o', join(folder, 'lamp.png')]);
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('--format') });
    expect(await call(['diagram', path, '-o', join(folder, 'none/lamp.svg')])).toMatchObject({ code: 1 });
  });

  it('marks a state, or where an instance stands', async () => {
    const path = file('lamp.yaml');
    const marked = toMermaid(LAMP, { state: 'on' });
    expect(marked).toContain('class s2 active');
    expect(await call(['diagram', path, '--state', 'on'])).toMatchObject({ code: 0, out: marked });
    const db = `sqlite:${join(folder, 'lamp.db')}`;
    await call(['run', path, '--db', db, '--id', 'l1', '--event', 'PRESS', '--until-idle']);
    expect(await call(['diagram', path, '--active', 'l1', '--db', db])).toMatchObject({
      code: 0,
      out: marked,
    });
    expect(await call(['diagram', path, '--active', 'l2', '--db', db])).toMatchObject({ code: 1 });
    const other = file('other.yaml', LAMP.replace('id: lamp', 'id: other'));
    expect(await call(['diagram', other, '--active', 'l1', '--db', db])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is an instance of "lamp"'),
    });
    expect(await call(['diagram', path, '--state', 'onn'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('did you mean "on"?'),
    });
    expect(await call(['diagram', path, '--state', '{'])).toMatchObject({ code: 2 });
    expect(await call(['diagram', path, '--state', 'on', '--active', 'l1'])).toMatchObject({ code: 2 });
  });

  it('draws what cannot be run yet, and says so; of what is wrong it draws nothing', async () => {
    const branch = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };
    const States = { P: { Type: 'Parallel', Branches: [branch], End: true } };
    const parallel = await call(['diagram', file('p.asl.json', JSON.stringify({ StartAt: 'P', States }))]);
    expect(parallel.code).toBe(0);
    expect(parallel.out).toContain('state "branch 1"');
    const broken = await call(['diagram', file('broken.yaml', 'initial: a\nstates: { b: {} }\n')]);
    expect(broken).toMatchObject({ code: 1, out: '', err: expect.stringContaining('unknown-initial') });
  });
});

describe('diagrams in a program', () => {
  it('are made of machines, objects and texts', async () => {
    const machine = createMachine({
      id: 'lamp',
      initial: 'off',
      states: { off: { on: { PRESS: 'on' } }, on: { on: { PRESS: 'off' } } },
    });
    expect(toMermaid(machine)).toBe(toMermaid(LAMP));
    expect(toDot(machine.source as object)).toBe(toDot(LAMP));
    expect(await toSvg(machine, { state: { on: {} }, direction: 'right' })).toContain('active: on');
  });

  it('are refused where something is wrong, by a rejection where they are awaited', async () => {
    expect(() => toMermaid('initial: [')).toThrow(expect.objectContaining({ name: 'Refused' }));
    expect(() => toMermaid({ a: 1 })).toThrow('neither a statechart');
    expect(() => toMermaid({ initial: 'x', states: { a: {} } })).toThrow('none of its states');
    expect(() => toMermaid(LAMP, { state: () => 1 })).toThrow('no JSON form');
    await expect(toSvg({ a: 1 })).rejects.toThrow('neither a statechart');
  });
});
