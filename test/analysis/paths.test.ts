import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPaths, type Path, readSamples, testFile } from '../../src/analysis/analysis.js';
import { MAX_PAYLOADS } from '../../src/analysis/hints.js';
import { pathName } from '../../src/analysis/path-text.js';
import type { Json } from '../../src/core/json.js';
import { Refused } from '../../src/core/problem.js';
import { createMachine } from '../../src/index.js';
import { drivePaths, machineUnderTest } from '../../src/testing/testing.js';
import { randomChart } from '../statechart/random-chart.js';
import { sourceOf } from './random-source.js';

const chart = (source: Json) => ({ language: 'statechart', source });

const TURNSTILE = chart({
  id: 'turnstile',
  initial: 'locked',
  context: { coins: 0 },
  states: {
    locked: { on: { COIN: { target: 'unlocked', assign: { coins: '{% context.coins + 1 %}' } } } },
    unlocked: { on: { PUSH: 'locked' }, after: { '10s': 'locked' } },
  },
});

const PAID = chart({
  id: 'paid',
  initial: 'open',
  context: { paid: 0 },
  states: {
    open: {
      on: { PAY: { assign: { paid: '{% context.paid + event.data.amount %}' } } },
      always: { guard: '{% context.paid >= 3 %}', target: 'packing' },
    },
    packing: {
      invoke: {
        src: 'pack',
        onDone: { target: 'sent', guard: '{% event.output.parcel = "x" %}' },
        onError: 'open',
      },
    },
    sent: { type: 'final' },
  },
});

/** One payload for each event, since run-aways take their time. */
const ONE_EACH = Object.fromEntries(['A', 'B', 'a', 'a.b', 'a.b.c'].map((name) => [name, [{ v: 2 }]]));

const names = (paths: readonly Path[]) => paths.map(pathName);

describe('paths', () => {
  it('cover transitions with as few and as short paths as they can', () => {
    expect(names(findPaths(TURNSTILE).paths)).toEqual(['COIN, after 10s', 'COIN, PUSH']);
    expect(names(findPaths(TURNSTILE, { cover: 'states' }).paths)).toEqual(['COIN']);
    expect(names(findPaths(TURNSTILE, { cover: 'events' }).paths)).toEqual(['COIN, PUSH']);
  });

  it('evaluate guards and assigns, with values that the expressions ask for', () => {
    const { paths, uncovered } = findPaths(PAID, { to: 'sent' });
    expect(names(paths)).toEqual(['PAY, PAY, done pack']);
    expect(paths[0]?.steps.at(-1)).toMatchObject({ data: { parcel: 'x' }, value: 'sent' });
    expect(uncovered).toEqual([]);
  });

  it('use the samples that they are given', () => {
    const samples = readSamples({
      events: { PAY: [{ amount: 5 }] },
      tasks: { pack: [{ output: { parcel: 'y' } }] },
    });
    const { paths, uncovered, isComplete } = findPaths(PAID, { samples });
    expect(paths[0]?.steps.map(({ words }) => words)).toEqual(['start', 'PAY {"amount":5}']);
    expect(uncovered).toEqual([
      'the transition done 0.paid.packing of "packing" to "sent"',
      'the transition error 0.paid.packing of "packing" to "open"',
    ]);
    expect(isComplete).toBe(true);
  });

  it('say what could not be covered within the bound', () => {
    const { uncovered, isComplete, places } = findPaths(TURNSTILE, { to: 'locked', positions: 1 });
    expect([uncovered, isComplete, places]).toEqual([[], true, 1]);
    const counter = chart({
      initial: 'a',
      context: { n: 0 },
      states: {
        a: {
          on: {
            ADD: { assign: { n: '{% context.n + 1 %}' } },
            OUT: { guard: '{% context.n = 500 %}', target: 'b' },
          },
        },
        b: {},
      },
    });
    expect(findPaths(counter, { to: 'b', positions: 100 })).toMatchObject({
      paths: [],
      uncovered: ['the state "b"'],
      isComplete: false,
      places: 100,
    });
    expect(findPaths(counter, { to: 'b' }).paths[0]?.steps).toHaveLength(502);
  });

  it('go everywhere where no position may come twice', () => {
    const diamond = chart({
      initial: 'a',
      states: {
        a: { on: { L: 'l', R: 'r' } },
        l: { on: { GO: 'end' } },
        r: { on: { GO: 'end', BACK: 'a' } },
        end: { type: 'final' },
      },
    });
    expect(names(findPaths(diamond, { simple: true }).paths)).toEqual(['L, GO', 'R, GO']);
    expect(names(findPaths(diamond, { simple: true, to: 'r' }).paths)).toEqual(['R']);
    expect(findPaths(diamond, { simple: true, max: 1 })).toMatchObject({ paths: [{}], isComplete: false });
  });

  it('refuse a state that there is not, with the one that was meant', () => {
    expect(() => findPaths(TURNSTILE, { to: 'unlockd' })).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ hint: 'did you mean "unlocked"?' })] }),
    );
  });

  it('refuse samples of another shape', () => {
    for (const given of [{ events: 5 }, { events: [{}] }, { tasks: [] }, { tasks: { a: [5] } }]) {
      expect(() => readSamples(given as never)).toThrow(Refused);
    }
  });

  it('take event names and payload keys as they come', () => {
    const source = JSON.parse(
      '{"initial":"a","states":{"a":{"on":{"__proto__":{"guard":"{% event.data.__proto__ = 3 %}","target":"b"}}},"b":{}}}',
    ) as Json;
    expect(findPaths(chart(source)).paths[0]?.steps.at(-1)?.words).toBe('__proto__ {"__proto__":3}');
  });

  it(`try no more than ${MAX_PAYLOADS} payloads of an event`, () => {
    const guard = `{% ${Array.from({ length: 40 }, (_, n) => `event.data.f${n} > ${n}`).join(' or ')} %}`;
    const { paths } = findPaths(
      chart({ initial: 'a', states: { a: { on: { GO: { guard, target: 'b' } } }, b: {} } }),
      { simple: true },
    );
    expect(paths.length).toBeLessThanOrEqual(MAX_PAYLOADS);
    expect(paths.length).toBeGreaterThan(0);
  });

  it('lead where they say, in every random machine', async () => {
    await fc.assert(
      fc.asyncProperty(randomChart, async (random) => {
        const definition = chart(sourceOf(random));
        let found: ReturnType<typeof findPaths>;
        try {
          found = findPaths(definition, { positions: 12, samples: { events: ONE_EACH } });
        } catch (error) {
          if (error instanceof Refused) return;
          throw error;
        }
        const system = machineUnderTest(definition);
        await drivePaths(found.paths, {
          reset: (start) => system.reset(start),
          events: { '*': (step) => system.take(step) },
          states: { '*': (step) => expect(system.states()).toEqual(step.states) },
        });
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });

  it('cover workflows, whose tasks fail as their Catchers expect', () => {
    const source: Json = {
      StartAt: 'Work',
      States: {
        Work: {
          Type: 'Task',
          Resource: 'work',
          Catch: [{ ErrorEquals: ['Broken'], Next: 'Pause' }],
          Next: 'Which',
        },
        Pause: { Type: 'Wait', Seconds: 5, Next: 'Work' },
        Which: {
          Type: 'Choice',
          Choices: [{ Variable: '$.size', NumericGreaterThan: 3, Next: 'Big' }],
          Default: 'Small',
        },
        Big: { Type: 'Succeed' },
        Small: { Type: 'Succeed' },
      },
    };
    const { paths, uncovered } = findPaths(
      { language: 'asl', source },
      {
        samples: readSamples({
          tasks: { work: [{ output: { size: 5 } }, { output: { size: 1 } }, { error: 'Broken' }] },
        }),
      },
    );
    expect(uncovered).toEqual([]);
    expect(names(paths).toSorted()).toEqual(['done work', 'done work', 'error work, after Pause']);
  });
});

describe('paths through a workflow', () => {
  it.each([
    { ItemsPath: '$.list' },
    { QueryLanguage: 'JSONata', Items: '{% $states.input.list %}' },
    {},
  ])('go into what a Map does with each item, and into branches (%j)', (more) => {
    const Catch = [{ ErrorEquals: ['Broken'], Next: 'Mend' }];
    const Work = { Type: 'Task', Resource: 'work', Catch, End: true };
    const ItemProcessor = { StartAt: 'Work', States: { Work, Mend: { Type: 'Succeed' } } };
    const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
    const source = {
      StartAt: 'Each',
      States: {
        Each: { Type: 'Map', ItemProcessor, ...more, Next: 'Both' },
        Both: { Type: 'Parallel', Branches: [branch('Left'), branch('Right')], End: true },
      },
    };
    const { paths, uncovered } = findPaths({ language: 'asl', source });
    expect(uncovered).toEqual([]);
    expect(names(paths)).toEqual(['error work', 'done work']);
  });
});

describe('a system that is driven along paths', () => {
  const { paths } = findPaths(TURNSTILE);

  it('is looked at in every state, and what was looked at is told', async () => {
    const system = machineUnderTest(TURNSTILE);
    const coverage = await drivePaths(paths, {
      reset: (start) => system.reset(start),
      events: { '*': (step) => system.take(step) },
      states: { locked: () => expect(system.states()).toEqual(['locked']) },
    });
    expect(coverage).toEqual({
      states: { locked: 4 },
      events: { COIN: 2, 'after 10s': 1, PUSH: 1 },
      untested: ['unlocked'],
    });
  });

  it('fails the path where it does not go along', async () => {
    const states = { unlocked: () => expect('jammed').toBe('unlocked') };
    await expect(drivePaths(paths, { events: { '*': () => {} }, states })).rejects.toThrow(
      /^the state "unlocked" \(after start, COIN\): /,
    );
  });

  it('needs a way to make every event', async () => {
    await expect(drivePaths(paths, { events: { COIN: () => {} } })).rejects.toThrow(
      'no way to make "after 10s" (after start, COIN, after 10s)',
    );
  });

  it('may be a machine with functions', async () => {
    const machine = createMachine<{ n: number }, { type: 'GO' }>({
      id: 'm',
      context: { n: 0 },
      initial: 'a',
      states: { a: { on: { GO: { target: 'b', guard: ({ context }) => context.n === 0 } } }, b: {} },
    });
    expect(names(findPaths(machine).paths)).toEqual(['GO']);
  });
});

describe('a Vitest file that was made of paths', () => {
  it('passes on the machine, and fails on a system that does otherwise', { timeout: 300_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'detent-paths-'));
    try {
      const src = join(import.meta.dirname, '..', '..', 'src');
      const alias = {
        'detent/testing': join(src, 'testing', 'testing.ts'),
        vitest: join(src, '..', 'node_modules', 'vitest'),
      };
      writeFileSync(
        join(folder, 'vitest.config.mjs'),
        `export default ${JSON.stringify({ resolve: { alias }, test: { include: ['*.test.js'] } })};`,
      );
      const right = testFile({
        machine: 'turnstile',
        paths: findPaths(TURNSTILE).paths,
        definition: TURNSTILE,
      });
      writeFileSync(join(folder, 'right.test.js'), right);
      writeFileSync(join(folder, 'wrong.test.js'), right.replace('"PUSH": "locked"', '"PUSH": "unlocked"'));
      const vitest = join(src, '..', 'node_modules', 'vitest', 'vitest.mjs');
      const { stdout } = spawnSync(
        process.execPath,
        [vitest, 'run', '--root', folder, '--reporter', 'json'],
        { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
      );
      const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
        testResults: {
          name: string;
          assertionResults: { title: string; status: string; failureMessages: string[] }[];
        }[];
      };
      const results = report.testResults.flatMap(({ name, assertionResults }) =>
        assertionResults.map(({ title, status }) => `${name.split('/').at(-1)} ${title} ${status}`),
      );
      expect(results.toSorted()).toEqual([
        "right.test.js goes along 'COIN, PUSH' passed",
        "right.test.js goes along 'COIN, after 10s' passed",
        "wrong.test.js goes along 'COIN, PUSH' failed",
        "wrong.test.js goes along 'COIN, after 10s' passed",
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
