import { parseXml } from '@rgrove/parse-xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explore, findPaths, inspect, readInvariant, testFile } from '../../src/analysis/analysis.js';
import { inspectTogether } from '../../src/analysis/inspect.js';
import { Replay } from '../../src/analysis/replay.js';
import { asl } from '../../src/asl/language.js';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, foldMigration, type Standing, UNBORN } from '../../src/core/fold.js';
import type { JournalEntry } from '../../src/core/journal.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import type { Language } from '../../src/core/language.js';
import { MAX_JSON_DEPTH } from '../../src/core/limits.js';
import { isError, Refused } from '../../src/core/problem.js';
import { toDot, toMermaid, toSvg } from '../../src/embed/diagram.js';
import { parseSource } from '../../src/formats/source.js';
import { statechart } from '../../src/statechart/language.js';
import { MAX_STATE_DEPTH } from '../../src/statechart/limits.js';
import { anyJson, damaged, VALID } from '../statechart/damaged.js';

const WORKFLOW: Json = {
  StartAt: 'a',
  States: {
    a: { Type: 'Task', Resource: 't', Retry: [{ ErrorEquals: ['X'], MaxAttempts: 1 }], Next: 'b' },
    b: {
      Type: 'Choice',
      Choices: [{ Variable: '$.n', NumericGreaterThan: 1, Next: 'c' }],
      Default: 'd',
    },
    c: { Type: 'Wait', Seconds: 1, Next: 'a' },
    d: { Type: 'Pass', End: true },
  },
};

/** A run-away of each event takes its time. */
const BOUNDS = { positions: 25, depth: 4 };

/** What can be compiled, and was not refused. */
function isRunnable(language: Language, source: Json): boolean {
  if (language.check(source).some(isError)) return false;
  try {
    language.compile(source);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

function wordsOf(problems: readonly { code: string; message: string; path: string }[]): void {
  for (const { code, message, path } of problems) {
    expect(code).not.toBe('');
    expect(message).not.toBe('');
    expect(path === '' || path.startsWith('/')).toBe(true);
  }
}

describe.each([
  ['statechart', statechart as Language, VALID],
  ['asl', asl as Language, WORKFLOW],
])('whatever machine comes: %s', (name, language, valid) => {
  it('is inspected, listed and explored without throwing', () => {
    let looked = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 3, arbitrary: damaged(valid) }, anyJson), (source) => {
        if (!isRunnable(language, source)) return;
        looked++;
        const definition = { language: name, source };
        wordsOf(inspect(definition));
        const program = language.compile(source);
        for (const list of inspectTogether([
          { machine: 'm', source, program },
          { machine: 't', source: valid, program: language.compile(valid) },
        ]))
          wordsOf(list);
        const { paths } = findPaths(definition, BOUNDS);
        findPaths(definition, { ...BOUNDS, cover: 'states', simple: true });
        expect(testFile({ machine: 'm', paths, definition })).toContain('describe(');
        explore(definition, {
          ...BOUNDS,
          ...{ walks: 1, steps: 4, deadlocks: true, invariant: readInvariant('context.n < 3') },
        });
      }),
      { numRuns: 100 },
    );
    expect(looked).toBeGreaterThan(10);
  }, 300_000);
});

const EVENTS: readonly EventBody[] = [
  { type: 'signal', name: 'GO', data: { v: 1 } },
  { type: 'signal', name: 'DEEP' },
  { type: 'signal', name: 'GO' },
  { type: 'task.succeeded', effect: '4.0', output: { __proto__: 1 } },
  { type: 'signal', name: 'x.y' },
];

const EDITIONS = ['first', 'second'].map((hash, n) => ({ definition: hash, version: n + 1 }));

/** The journal of a machine that these events came to, and where it stands after each. */
function recorded(source: Json): { readonly entries: JournalEntry[]; readonly standings: Standing[] } {
  const program = statechart.compile(source);
  const entries: JournalEntry[] = [];
  const standings: Standing[] = [];
  let standing: Standing = UNBORN;
  for (const [n, body] of [{ type: 'start', machine: 'm', input: null } as const, ...EVENTS].entries()) {
    const event: Event = { ...body, ...stamp(n + 1) };
    const step = fold(statechart, program, standing, event);
    const told = { outcome: step.outcome, history: JSON.stringify(step.history), code: '' };
    const { id: eventId, revision, at, seed } = event;
    entries.push({ instance: 'i', eventId, revision, at, seed, event: JSON.stringify(body), ...told });
    standing = { status: step.status, state: step.state };
    standings.push(standing);
  }
  return { entries, standings };
}

const stamp = (revision: number) => ({
  ...{ id: `e${revision}`, instance: 'i', revision, at: revision * 1_000, seed: 's' },
});

describe.each([
  ['statechart', VALID],
  ['asl', WORKFLOW],
])('a graph of whatever comes: %s', (_, valid) => {
  it('is drawn in every form, each well-formed, or refused in words', async () => {
    const drawn = { text: 0, refused: 0 };
    const source = fc.oneof({ weight: 3, arbitrary: damaged(valid) }, anyJson);
    const value = fc.oneof(anyJson, fc.constant('a'));
    await fc.assert(
      fc.asyncProperty(source, fc.option(value, { nil: undefined }), async (definition, state) => {
        const forms = [
          async () => expect(toMermaid(definition as object, { state })).toMatch(/^(---|stateDiagram-v2)/),
          async () => expect(toDot(definition as object, { state })).toMatch(/^digraph /),
          async () => expect(isWellFormed(await toSvg(definition as object, { state }))).toBe(true),
        ];
        for (const form of forms) {
          try {
            await form();
            drawn.text++;
          } catch (error) {
            if (!(error instanceof Refused)) throw error;
            wordsOf(error.problems);
            drawn.refused++;
          }
        }
      }),
      { numRuns: 100 },
    );
    expect(drawn.text).toBeGreaterThan(10);
    expect(drawn.refused).toBeGreaterThan(10);
  }, 120_000);
});

function isWellFormed(svg: string): boolean {
  return parseXml(svg).root?.name === 'svg';
}

describe('whatever a machine was changed to', () => {
  it('is replayed without throwing, and only what was changed goes otherwise', () => {
    const { entries } = recorded(VALID);
    const definition = { hash: 'h', machine: 'm', version: 1, language: 'statechart', source: VALID };
    const versions = new Map([
      ['h', { definition, language: statechart, program: statechart.compile(VALID) }],
    ]);
    let replayed = 0;
    fc.assert(
      fc.property(damaged(VALID), (source) => {
        if (!isRunnable(statechart, source)) return;
        replayed++;
        const program = statechart.compile(source);
        const replay = new Replay('h', { language: statechart, program }, UNBORN, versions);
        const divergence = entries.map((entry) => replay.take(entry)).find((one) => one !== undefined);
        if (JSON.stringify(source) === JSON.stringify(VALID)) expect(divergence).toBeUndefined();
        for (const { what } of divergence?.differences ?? []) expect(what).not.toBe('step');
      }),
      { numRuns: 200 },
    );
    expect(replayed).toBeGreaterThan(10);
  }, 120_000);

  it('takes instances over, or says why not and leaves them', () => {
    const { standings } = recorded(VALID);
    const from = { hash: 'first', machine: 'm', version: 1, language: 'statechart', source: VALID };
    const [first = { definition: '', version: 0 }, second = first] = EDITIONS;
    let moved = 0;
    fc.assert(
      fc.property(damaged(VALID), fc.option(anyJson), (changed, migration) => {
        const source: Json = { ...(changed as JsonObject), migrate: migration ?? true };
        if (!isRunnable(statechart, source)) return;
        const program = statechart.compile(source);
        for (const standing of standings) {
          const event = { type: 'migrate', from: first, to: second, ...stamp(99) } as const;
          const step = foldMigration(statechart, program, standing, event, from);
          expect(JSON.parse(JSON.stringify(step))).toEqual(step);
          if (step.outcome.kind !== 'applied') expect(step.state).toEqual(standing.state);
          else {
            moved++;
            const next: Event = { type: 'signal', name: 'GO', ...stamp(100) };
            const after = { status: step.status, state: step.state };
            expect(JSON.parse(JSON.stringify(fold(statechart, program, after, next)))).toBeDefined();
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(moved).toBeGreaterThan(10);
  }, 120_000);
});

const members = (count: number, member: (n: number) => readonly [string, Json]) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => member(n)));

describe('a machine of 100,000 states', () => {
  const source: Json = {
    id: 'm',
    initial: 's0',
    states: members(100_000, (n) => [`s${n}`, { on: { NEXT: `s${(n + 1) % 100_000}` } }]),
  };

  it('is inspected state by state, and says so', () => {
    expect(inspect({ language: 'statechart', source }).map(({ code }) => code)).toEqual(['not-explored']);
  }, 120_000);

  it('is listed and explored as far as the bounds allow, and says so', () => {
    const bounds = { positions: 50, depth: 50 };
    const { isComplete, uncovered, paths } = findPaths({ language: 'statechart', source }, bounds);
    expect([isComplete, paths.length, uncovered.length]).toEqual([false, 1, 100_000 - 49]);
    const found = explore({ language: 'statechart', source }, { ...bounds, walks: 1, steps: 50 });
    expect(found).toMatchObject({ isComplete: false, places: 50 });
  }, 120_000);
});

describe('a machine with very many configurations', () => {
  it('is inspected as far as the bounds allow, and says so', () => {
    const region = { initial: 'a', states: { a: { on: { X: 'b' } }, b: { on: { Y: 'a' } } } };
    const regions = members(40, (n) => [
      `r${n}`,
      JSON.parse(JSON.stringify(region).replaceAll('X', `X${n}`).replaceAll('Y', `Y${n}`)) as Json,
    ]);
    const source: Json = { id: 'm', type: 'parallel', states: regions };
    const problems = inspect({ language: 'statechart', source });
    expect(problems.map(({ code }) => code)).toEqual(['not-explored']);
  }, 120_000);
});

/** States within each other; each level takes two levels of JSON. */
function nested(levels: number): Json {
  let state: JsonObject = { on: { NEXT: '#m' } };
  for (let n = 0; n < levels; n++) state = { initial: 's', states: { s: state } };
  return { id: 'm', ...state };
}

describe('a machine of states within states', () => {
  it('goes through every tool as deep as a definition may be', () => {
    const source = nested(MAX_STATE_DEPTH);
    expect(statechart.check(source)).toEqual([]);
    expect(parseSource(JSON.stringify(source), { file: 'm.json' }).problems).toEqual([]);
    expect(inspect({ language: 'statechart', source })).toEqual([]);
    const { paths, uncovered } = findPaths({ language: 'statechart', source });
    expect([paths.length, uncovered]).toEqual([1, []]);
    expect(explore({ language: 'statechart', source }).counterexample).toBeUndefined();
    expect(statechart.graph(source).nodes.length).toBeGreaterThan(0);
  });

  it('is refused one level beyond, and however deep it is, without an exception', () => {
    for (const levels of [MAX_STATE_DEPTH + 1, 2_000, 100_000]) {
      const source = nested(levels);
      expect(statechart.check(source).map(({ code }) => code)).toContain('too-deep');
      expect(() => statechart.compile(source)).toThrow(Refused);
    }
    const text = JSON.stringify(nested(MAX_JSON_DEPTH / 2 + 1));
    expect(parseSource(text, { file: 'm.json' }).problems[0]?.code).toBe('too-deep');
    expect(parseSource(text).problems[0]?.code).toBe('too-deep');
  });
});
