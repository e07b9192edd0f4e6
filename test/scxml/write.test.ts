import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import { readScxml } from '../../src/scxml/scxml.js';
import { writeScxml } from '../../src/scxml/write/write.js';
import { loadSuite } from './suite.js';

const loaded = loadSuite();
const cases = 'missing' in loaded ? [] : [...loaded.scion, ...loaded.w3c];
const why = 'missing' in loaded ? ` (left out: ${loaded.missing})` : '';

function sourcesOf(text: string, files: Readonly<Record<string, string>>): readonly Json[] {
  const read = readScxml(text, { read: (address) => files[address.replace(/^file:/, '')] });
  return 'problems' in read ? [] : [read.source, ...read.inner.map(({ source }) => source)];
}

describe.skipIf(why !== '')(`a document of the suites${why}`, () => {
  it.each(
    cases.map((one) => [one.id, one] as const),
  )('%s is written, and reads back to the same machine', (_, one) => {
    for (const source of sourcesOf(one.text, one.files)) {
      const written = writeScxml(source);
      if ('problems' in written) throw new Error(JSON.stringify(written.problems));
      expect(sourcesOf(written.text, one.files)[0]).toEqual(source);
    }
  });
});

describe('what SCXML has no words for in a machine of its dialect', () => {
  it.each<[string, Json, object]>([
    [
      'a delay of a state',
      { dialect: 'scxml', initial: ['#a'], states: { a: { id: 'a', after: { '1s': '#a' } } } },
      { path: '/states/a/after' },
    ],
    [
      'a target that is no id',
      { dialect: 'scxml', initial: ['a'], states: { a: { id: 'a' } } },
      { path: '/initial' },
    ],
    [
      'a named action beside JavaScript',
      {
        dialect: 'scxml',
        datamodel: 'ecmascript',
        initial: ['#a'],
        states: { a: { id: 'a', entry: ['pay'] } },
      },
      { path: '/states/a/entry/0/0' },
    ],
  ])('is a problem with its place: %s', (_, source, problem) => {
    const written = writeScxml(source);
    expect('problems' in written ? written.problems : []).toContainEqual(
      expect.objectContaining({ code: 'not-in-scxml', ...problem }),
    );
  });
});
