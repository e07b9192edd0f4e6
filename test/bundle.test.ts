import { gzipSync } from 'node:zlib';
import { build } from 'esbuild-wasm';
import { expect, it } from 'vitest';

/**
 * Bytes, compressed, of what a program bundles for pure transitions, the expression language left out. The aim is 8,000;
 * docs/todo.md says what stands in the way. It may shrink, and may not grow unnoticed.
 */
const MAX_BUNDLE_BYTES = 23_000;

it(`a program that bundles pure transitions gets no more than ${MAX_BUNDLE_BYTES} bytes, compressed`, async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: "export { createMachine, initialTransition, transition } from '../src/index.ts';",
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    metafile: true,
    external: ['../expression/*', '../../expression/*'],
  });
  const [bundle] = outputFiles;
  const inputs = Object.entries(Object.values(metafile.outputs)[0]?.inputs ?? {});
  const rooms = new Set(
    inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path.split('/')[1]),
  );
  expect([...rooms].sort()).toEqual(['core', 'statechart']);
  expect(gzipSync(bundle?.contents ?? '', { level: 9 }).length).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
}, 120_000);
