import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isJsonObject, own } from '../../src/core/json.js';
import type { Language } from '../../src/core/language.js';
import { MAX_DEFINITION_BYTES } from '../../src/core/limits.js';
import { Refused } from '../../src/core/problem.js';
import { MAX_FOLDER_FILES, type ReadOptions, readDefinitionFiles } from '../../src/embed/definition-file.js';
import { probe } from '../../src/testing/probe-language.js';

/** A language that finds what the test put into the definition for it to find. */
const picky: Language = {
  ...probe,
  name: 'statechart',
  check: (source) =>
    isJsonObject(source) && own(source, 'gaurd') !== undefined
      ? [
          {
            code: 'unknown-key',
            message: 'unknown key "gaurd"',
            path: '/gaurd',
            hint: 'did you mean "guard"?',
          },
        ]
      : [],
  compile(source, implementations) {
    if (
      isJsonObject(source) &&
      own(source, 'guard') === 'isFull' &&
      implementations?.guards?.['isFull'] === undefined
    ) {
      throw new Refused({ code: 'missing-guard', message: 'no guard "isFull"', path: '/guard' });
    }
    return { language: 'statechart', tasks: ['pack'] };
  },
};
const workflow: Language = { ...probe, name: 'asl' };

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files. */
function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'detent-test-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Reads paths of a folder; what comes back speaks of files relative to it. */
async function read(folder: string, paths: string[] = ['.'], options: Partial<ReadOptions> = {}) {
  const { handlers } = options;
  const files = await readDefinitionFiles(
    paths.map((path) => join(folder, path)),
    {
      languages: [picky, workflow],
      ...options,
      ...(handlers === undefined ? {} : { handlers: join(folder, handlers) }),
    },
  );
  const relative = (text: string) => text.replaceAll(`${folder}/`, '');
  return {
    ...files,
    machines: files.machines.map(
      ({ file, machine, language }) => `${relative(file)}: ${machine}, ${language}`,
    ),
    problems: files.problems.map(({ file, line, column, code }) => {
      return [relative(file ?? ''), line, column]
        .filter((part) => part !== undefined)
        .join(':')
        .concat(` ${code}`);
    }),
    notes: files.notes.map(relative),
  };
}

const LIGHT = 'initial: a\nstates: {a: {}}\n';
const FLOW = '{"StartAt": "A", "States": {}}';

describe('a folder of definitions', () => {
  it('is read with its subfolders, in order of names, each in its language', async () => {
    const folder = folderWith({
      'b.yaml': LIGHT,
      'sub/a.yml': LIGHT,
      'a.asl.json': FLOW,
      'c.machine.json': '{"states": {}}',
    });
    const { machines, problems } = await read(folder);
    expect(problems).toEqual(['sub/a.yml:1:1 duplicate-machine']);
    expect(machines).toEqual([
      'a.asl.json: a, asl',
      'b.yaml: b, statechart',
      'c.machine.json: c, statechart',
    ]);
  });

  it('is read without node_modules, hidden files and other kinds of files', async () => {
    const folder = folderWith({
      'node_modules/a.yaml': LIGHT,
      '.b.yaml': LIGHT,
      '.git/c.yaml': LIGHT,
      'd.txt': 'd',
    });
    expect(await read(folder)).toMatchObject({
      machines: [],
      problems: [],
      notes: [expect.stringMatching('no definitions')],
    });
  });

  it('may hold other things, which are left out with a note', async () => {
    const folder = folderWith({
      'package.json': '{"name": "shop"}',
      'tsconfig.json': '{ // comments\n}',
      'compose.yaml': 'services: {}\n',
    });
    const { machines, problems, notes } = await read(folder);
    expect([machines, problems]).toEqual([[], []]);
    expect(notes).toHaveLength(3);
  });

  it('may not hold a definition that is broken', async () => {
    const folder = folderWith({ 'order.yaml': 'initial: a\nstates:\n\ta: {}\n' });
    expect((await read(folder)).problems).toEqual(['order.yaml:3:1 yaml-syntax']);
  });

  it('does not have code run that is none of ours', async () => {
    const folder = folderWith({ 'deploy.mjs': 'throw new Error("deployed by accident");' });
    expect((await read(folder)).problems).toEqual([]);
  });

  it('is read once, however often it is named', async () => {
    const folder = folderWith({ 'a.yaml': LIGHT });
    expect((await read(folder, ['.', 'a.yaml', './a.yaml'])).machines).toHaveLength(1);
  });

  it('may have so many files and no more', async () => {
    const names = Array.from({ length: MAX_FOLDER_FILES }, (_, i) => [`m${i}.yaml`, 'a: 1'] as const);
    const folder = folderWith(Object.fromEntries(names));
    expect((await read(folder)).problems).toEqual([]);
    writeFileSync(join(folder, 'sub.yaml'), LIGHT);
    expect((await read(folder)).problems).toEqual([expect.stringContaining('too-many-files')]);
  });

  it('may be a link, and holds links to files', async () => {
    const folder = folderWith({ 'real/a.yaml': LIGHT });
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    expect((await read(folder, ['link'])).machines).toEqual(['link/a.yaml: a, statechart']);
  });
});

describe('a file that was named', () => {
  it.each([
    ['package.json', '{"name": "shop"}', 'package.json:1:1 not-a-definition'],
    ['empty.yaml', '', 'empty.yaml:1:1 not-a-definition'],
    ['light.ts', 'export {};', 'light.ts unknown-file'],
    ['none.mjs', 'export const a = 1;', 'none.mjs not-a-definition'],
    ['broken.mjs', 'export const a = ;', 'broken.mjs'],
    ['throws.mjs', '\n  throw new Error("no");', 'throws.mjs:2:9 module-broken'],
  ])('must be right: %s', async (name, text, problem) => {
    const folder = folderWith({ [name]: text });
    const { problems } = await read(folder, [name]);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it('must be there', async () => {
    const folder = folderWith({});
    expect((await read(folder, ['a.yaml', 'b'])).problems).toEqual(['a.yaml no-such-file', 'b no-such-file']);
  });

  it('must be UTF-8, and not larger than the limit', async () => {
    const folder = folderWith({ 'big.yaml': ' '.repeat(MAX_DEFINITION_BYTES + 1) });
    writeFileSync(join(folder, 'latin.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    expect((await read(folder, ['big.yaml', 'latin.yaml'])).problems).toEqual([
      'big.yaml too-large',
      'latin.yaml not-utf8',
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('must be readable (as root, everything is)', async () => {
    const folder = folderWith({ 'a.yaml': LIGHT });
    chmodSync(join(folder, 'a.yaml'), 0);
    expect((await read(folder, ['a.yaml'])).problems).toEqual(['a.yaml unreadable']);
  });
});

describe('the problems of definitions', () => {
  it('are told beside a key that stands twice', async () => {
    const twice = '"gaurd": 1, "gaurd": 2';
    const folder = folderWith({
      'a.yaml': `{"initial": "a", "states": {"a": {}}, ${twice}}`,
      'b.json': `{"initial": "a", "states": {"a": {}}, ${twice}}`,
    });
    const { problems } = await read(folder, ['a.yaml', 'b.json']);
    for (const file of ['a.yaml', 'b.json']) {
      const codes = problems
        .filter((problem) => problem.startsWith(file))
        .map((problem) => problem.split(' ')[1]);
      expect(codes).toEqual(['duplicate-key', 'unknown-key']);
    }
  });

  it('come in the order of the text, whatever found them', async () => {
    const text = 'initial: red\ngaurd: {}\nstates:\n  red: {}\n  red: {}\n';
    const { problems } = await read(folderWith({ 'light.yaml': text }));
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['light.yaml:2:1', 'light.yaml:5:3']);
  });

  it('come all at once, each with its place', async () => {
    const folder = folderWith({
      'a.yaml': `${LIGHT}gaurd: x\n`,
      'b.yaml': `${LIGHT}guard: isFull\n`,
      'c.yaml': 'initial: [\nstates: 1',
      'd.yaml': `id: a/b\n${LIGHT}`,
    });
    expect((await read(folder)).problems).toEqual([
      'a.yaml:3:1 unknown-key',
      'b.yaml:3:8 missing-guard',
      expect.stringMatching(/^c.yaml:2:\d+ yaml-syntax$/),
      'd.yaml:1:5 invalid-id',
    ]);
  });
});

const MODULE = `
export const door = { source: { id: 'door', states: {}, guard: 'isFull' }, implementations: { guards: { isFull() { return true; } } }, handlers: {} };
export const same = door;
export const handlers = { pack: () => 'packed', 'arn:aws:lambda:::function:x': () => 1 };
`;

describe('a module', () => {
  it('brings its machines with their functions, and its handlers', async () => {
    const folder = folderWith({ 'door.mjs': MODULE });
    const ran: string[] = [];
    const { machines, implementations, handlers, problems } = await read(folder, ['.'], {
      onModule: (file) => ran.push(file),
    });
    expect(problems).toEqual([]);
    expect(machines).toEqual(['door.mjs: door, statechart']);
    expect(Object.keys(implementations['door']?.guards ?? {})).toEqual(['isFull']);
    expect(Object.keys(handlers)).toEqual(['pack', 'arn:aws:lambda:::function:x']);
    expect(ran).toEqual([join(folder, 'door.mjs')]);
  });

  it('may have handlers alone', async () => {
    const folder = folderWith({ 'h.mjs': 'export const handlers = { pack() {} };' });
    expect(Object.keys((await read(folder)).handlers)).toEqual(['pack']);
  });

  it('must have functions as handlers', async () => {
    const folder = folderWith({
      'h.mjs': 'export const handlers = { pack: 1 };',
      'i.mjs': 'export const handlers = 1;',
    });
    expect((await read(folder)).problems).toEqual(['h.mjs not-handlers', 'i.mjs not-handlers']);
  });

  it('may not have a handler that another file has', async () => {
    const text = 'export const handlers = { pack() {} };';
    expect((await read(folderWith({ 'h.mjs': text, 'i.mjs': text }))).problems).toEqual([
      'i.mjs duplicate-handler',
    ]);
  });
});

describe('a module whose machine is wrong', () => {
  it('has the problems of the machine', async () => {
    const refused = `Object.assign(new Error('no'), { name: 'Refused', problems: [{ code: 'unknown-target', message: 'no', path: '/on' }] })`;
    const folder = folderWith({ 'm.mjs': `// createMachine\nthrow ${refused};` });
    expect((await read(folder)).problems).toEqual(['m.mjs:2:21 unknown-target']);
  });
});

describe('a module of handlers', () => {
  it('may export functions by task name', async () => {
    const folder = folderWith({ 'h.mjs': 'export function pack() {}\nexport const LIMIT = 3;' });
    expect(Object.keys((await read(folder, [], { handlers: 'h.mjs' })).handlers)).toEqual(['pack']);
  });

  it('comes before the handlers of other files', async () => {
    const folder = folderWith({
      'all.mjs': 'export const handlers = { pack: () => "all", ship: () => "all" };',
      'mine.mjs': 'export function pack() { return "mine"; }',
    });
    const { handlers, problems } = await read(folder, ['all.mjs'], { handlers: 'mine.mjs' });
    expect(problems).toEqual([]);
    expect(handlers['pack']?.(null, undefined as never)).toBe('mine');
    expect(handlers['ship']?.(null, undefined as never)).toBe('all');
  });

  it('must be there and export something', async () => {
    const folder = folderWith({ 'none.mjs': 'export const a = 1;' });
    expect((await read(folder, [], { handlers: 'none.mjs' })).problems).toEqual(['none.mjs not-handlers']);
    expect((await read(folder, [], { handlers: 'gone.mjs' })).problems).toEqual(['gone.mjs no-such-file']);
  });
});
