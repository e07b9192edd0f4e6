import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '..', 'src');

/** Which rooms a room may import; the arrows of ARCHITECTURE.md. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  expression: ['core'],
  statechart: ['core', 'expression'],
  asl: ['core', 'expression'],
  scxml: ['core', 'expression', 'statechart'],
  schedule: ['core'],
  formats: ['core', 'expression', 'statechart', 'asl', 'scxml'],
  analysis: ['core', 'expression', 'statechart', 'asl'],
  store: ['core'],
  runtime: ['core', 'store'],
  server: ['core'],
  testing: ['core', 'statechart', 'analysis', 'runtime', 'store'],
  embed: [
    'core',
    'expression',
    'statechart',
    'asl',
    'schedule',
    'scxml',
    'formats',
    'analysis',
    'store',
    'runtime',
  ],
  cli: [
    'core',
    'expression',
    'statechart',
    'asl',
    'schedule',
    'scxml',
    'formats',
    'analysis',
    'store',
    'runtime',
    'server',
    'embed',
    'testing',
  ],
  'index.ts': ['core', 'statechart', 'embed'],
};

const PURE = ['core', 'expression', 'statechart', 'asl', 'schedule', 'scxml', 'formats', 'analysis'];
const IMPURE =
  /\b(async|await)\b|from 'node:|\bDate\.now\(|new Date\(\)|\bMath\.random\(|\bsetTimeout\(|\bprocess\./;

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const text = (file: string) => readFileSync(join(src, file), 'utf8');
const code = (file: string) => text(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
const room = (file: string) => file.split('/')[0] ?? file;

function imports(file: string): string[] {
  const found = text(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map(([, path]) =>
    relative(src, join(src, dirname(file), path ?? '')).replace(/\.js$/, '.ts'),
  );
}

describe('the folder tree', () => {
  it('has no room without a place in the drawing', () => {
    expect(files.map(room).filter((name) => !(name in ARROWS))).toEqual([]);
  });

  it.each(files)('%s imports only what its room may touch', (file) => {
    const allowed = [room(file), ...(ARROWS[room(file)] ?? [])];
    expect(imports(file).filter((target) => !allowed.includes(room(target)))).toEqual([]);
  });

  it.each(files.filter((file) => room(file) === 'runtime'))('%s knows the port and no store', (file) => {
    expect(imports(file).filter((target) => room(target) === 'store' && target !== 'store/store.ts')).toEqual(
      [],
    );
  });

  it.each(
    files.filter((file) => PURE.includes(room(file))),
  )('%s is pure: no clock, no chance, no I/O', (file) => {
    expect(code(file).match(IMPURE)?.[0]).toBeUndefined();
  });

  it('has no import cycle', () => {
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) throw new Error(`cycle: ${[...trail, file].join(' -> ')}`);
      if (done.has(file)) return;
      for (const target of imports(file)) visit(target, [...trail, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it('has no barrel but the public index', () => {
    const barrels = files.filter((file) => /^export \* from/m.test(text(file)) && file !== 'index.ts');
    expect(barrels).toEqual([]);
  });
});
