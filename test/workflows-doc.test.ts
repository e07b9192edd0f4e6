import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as asl from '../src/embed/asl.js';

const doc = readFileSync(join(import.meta.dirname, '..', 'docs', 'workflows.md'), 'utf8');
const examples = [...doc.matchAll(/<!-- example: (\w+) -->\n```js\n([\s\S]*?)```/g)].map(
  ([, name, code]) => ({
    name: name ?? '',
    code: code ?? '',
  }),
);

describe('docs/workflows.md', () => {
  it('has an example of each', () => {
    expect(examples.map(({ name }) => name)).toEqual(['simulate', 'testState']);
  });

  it.each(examples)('shows what $name gives', async ({ code }) => {
    // Lines of the form `expression; // => value`, as in docstrings.
    const checked = code.replace(
      /^(.*?); \/\/ => (.*)$/gm,
      (_, expression: string, value: string) => `expect(${expression}).toEqual(${value});`,
    );
    expect(checked).toContain('expect(');
    const run = `export default async ({ simulate, testState }, expect) => {\n${checked}\n};`;
    const module = (await import(`data:text/javascript,${encodeURIComponent(run)}`)) as {
      default: (entry: typeof asl, check: typeof expect) => Promise<void>;
    };
    await module.default(asl, expect);
  });
});
