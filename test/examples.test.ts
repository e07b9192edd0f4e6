import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '..', 'src');

/** Lines of the form `expression; // => value` in the `@example` blocks of docstrings. */
function examplesOf(text: string): string[][] {
  const blocks = text.matchAll(/\/\*\*[\s\S]*?\*\//g);
  return [...blocks].flatMap(([block]) => {
    const [, ...examples] = block.split('@example');
    return examples.map((example) =>
      example
        .split('\n')
        .map((line) => line.replace(/^\s*\*\/?\s?/, '').trim())
        .filter((line) => line !== '' && !line.startsWith('@')),
    );
  });
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const withExamples = files
  .map((file) => ({ file, examples: examplesOf(readFileSync(join(src, file), 'utf8')) }))
  .filter(({ examples }) => examples.length > 0);

const generated = join(import.meta.dirname, '..', '.examples');

afterAll(() => rmSync(generated, { recursive: true, force: true }));

describe('the examples in docstrings', () => {
  it('are there', () => {
    expect(withExamples.length).toBeGreaterThan(5);
  });

  it.each(withExamples)('of $file give what they say', async ({ file, examples }) => {
    mkdirSync(generated, { recursive: true });
    const module: Record<string, unknown> = await import(join(src, file));
    const path = join(generated, `${file.replaceAll('/', '-').replace(/\.ts$/, '')}.ts`);
    const index: Record<string, unknown> = await import(join(src, 'index.ts'));
    const others = Object.keys(index).filter((name) => !(name in module));
    writeFileSync(path, moduleOf(join(src, file), Object.keys(module), others, examples));
    const { run }: { run: (expectLine: Check) => void } = await import(path);
    run((line, actual, expected) => expect(actual, line).toEqual(expected));
  });
});

type Check = (line: string, actual: unknown, expected: unknown) => void;

/** A module that runs the examples with their file's exports, and the public face's, in scope. */
function moduleOf(
  source: string,
  names: readonly string[],
  others: readonly string[],
  examples: readonly string[][],
): string {
  const blocks = examples.map((lines) => `  {\n${lines.map(checked).join('\n')}\n  }`);
  const from = (list: readonly string[], path: string) =>
    `import { ${list.join(', ')} } from ${JSON.stringify(path)};\n`;
  const head = from(names, source) + from(others, join(src, 'index.ts'));
  return `${head}\nexport function run(expectLine) {\n${blocks.join('\n')}\n}\n`;
}

function checked(line: string): string {
  const match = /^(.*?);?\s*\/\/ => (.*)$/.exec(line);
  return match ? `expectLine(${JSON.stringify(line)}, (${match[1]}), (${match[2]}));` : line;
}
