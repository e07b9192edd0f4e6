import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explore, findPaths, readInvariant } from '../../src/analysis/analysis.js';
import { pathsText, stepsText } from '../../src/analysis/path-text.js';
import { parseSource } from '../../src/formats/source.js';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'analysis.md'), 'utf8');

function example(name: string) {
  const file = join(root, 'examples', name);
  return { language: 'statechart', source: parseSource(readFileSync(file, 'utf8'), { file }).source ?? null };
}

describe('docs/analysis.md', () => {
  it('shows the paths of the turnstile as they are', () => {
    expect(page).toContain(
      `$ detent paths examples/turnstile.yaml\n${pathsText(findPaths(example('turnstile.yaml')))}`,
    );
  });

  it('shows how the order is broken as it is', () => {
    const { counterexample } = explore(example('order.yaml'), {
      invariant: readInvariant('context.paid <= context.total'),
    });
    expect(page).toContain(
      `${counterexample?.message}\n${stepsText(counterexample?.steps ?? []).join('\n')}\n`,
    );
  });
});
