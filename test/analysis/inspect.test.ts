import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspect, MAX_WARNINGS } from '../../src/analysis/inspect.js';
import type { EventBody } from '../../src/core/event.js';
import { fold, UNBORN } from '../../src/core/fold.js';
import type { Json } from '../../src/core/json.js';
import { isError, type Problem, Refused } from '../../src/core/problem.js';
import { statechart } from '../../src/statechart/language.js';
import { randomChart } from '../statechart/random-chart.js';
import { sourceOf } from './random-source.js';

function findings(source: Json): readonly Problem[] {
  const problems = inspect(statechart.compile(source), source);
  expect(problems.filter(isError)).toEqual([]);
  return problems;
}

/** `code path`, of those of one kind. */
function found(source: Json, code?: string): readonly string[] {
  const all = findings(source).filter((problem) => code === undefined || problem.code === code);
  return all.map((problem) => `${code === undefined ? `${problem.code} ` : ''}${problem.path}`);
}

/** A machine of these states, which starts in the first. */
function machine(states: Record<string, Json>, more: Record<string, Json> = {}): Json {
  return { id: 'm', initial: Object.keys(states)[0] ?? '', states, ...more };
}

const ON = (guard: string, target: string): Json => ({ guard: `{% ${guard} %}`, target });

describe('a deeper check', () => {
  it('has nothing to say of a machine in which nothing is wrong', () => {
    expect(
      found(machine({ a: { on: { GO: 'b' } }, b: { on: { BACK: 'a', END: 'c' } }, c: { type: 'final' } })),
    ).toEqual([]);
  });

  it('names the outermost of the states that cannot be reached', () => {
    const island = { initial: 'x', states: { x: { on: { GO: 'y' } }, y: {} } };
    const source = machine({ a: { on: { GO: 'a' } }, island, alone: { on: { GO: 'a' } } });
    expect(found(source)).toEqual(['unreachable-state /states/island', 'unreachable-state /states/alone']);
    expect(findings(source)[1]).toMatchObject({
      message: 'the state "alone" cannot be reached',
      hint: 'no transition leads to it',
      severity: 'warning',
    });
  });

  it('does not reach a state through a guard that is never true', () => {
    const go = ON('context.n > 3 and context.n < 2', 'b');
    expect(found(machine({ a: { on: { GO: go, X: 'a' } }, b: { on: { X: 'a' } } }))).toEqual([
      'unreachable-state /states/b',
      'shadowed-transition /states/a/on/GO',
    ]);
  });

  it('knows in which states a guard asks for states', () => {
    const region = { initial: 'off', states: { off: { on: { ON: 'on' } }, on: { on: { OFF: 'off' } } } };
    const asks = (guard: Json) => ({
      id: 'm',
      type: 'parallel',
      states: {
        one: region,
        two: {
          initial: 'x',
          states: { x: { on: { OFF: { guard, target: 'y' } } }, y: { on: { OFF: 'x' } } },
        },
      },
    });
    expect(found(asks({ in: 'one.on' }))).toEqual([]);
    expect(found(asks({ and: [{ in: 'one.on' }, { not: { in: '#m.one' } }] }))).toEqual([
      'unreachable-state /states/two/states/y',
      'shadowed-transition /states/two/states/x/on/OFF',
    ]);
  });

  it('follows history states to what they remember', () => {
    const around = {
      initial: 'x',
      on: { OUT: 'away' },
      states: {
        x: { on: { NEXT: 'y' } },
        y: { on: { DO: { actions: 'ring' } } },
        h: { type: 'history' },
        unused: { type: 'history' },
      },
    };
    expect(found(machine({ around, away: { on: { BACK: 'around.h' } } }))).toEqual([
      'unreachable-state /states/around/states/unused',
    ]);
  });

  it('says how one comes to a dead end', () => {
    const source = machine({
      a: { on: { START: 'b' } },
      b: { on: { PAUSE: 'c', START: 'd' } },
      c: {},
      d: { type: 'final' },
    });
    expect(findings(source)).toEqual([
      {
        code: 'dead-end',
        path: '/states/c',
        severity: 'warning',
        message: 'nothing leads out of the state "c" (reached by START, PAUSE)',
        hint: 'add type: final if the machine ends there',
      },
    ]);
  });

  it('names delays and the answers of tasks in such a path', () => {
    const source = machine({
      a: { after: { '30s': 'b' } },
      b: { invoke: { id: 'pack', src: 'pack', onDone: 'b', onError: 'c' } },
      c: {},
    });
    expect(findings(source)[0]?.message).toContain('(reached by after 30s, error pack)');
  });

  it('leaves out of such a path what the machine raises itself', () => {
    const source = machine({
      a: { on: { GO: 'b' } },
      b: { entry: { raise: 'NEXT' }, on: { NEXT: 'c' } },
      c: {},
    });
    expect(findings(source)[0]?.message).toContain('"c" (reached by GO)');
  });

  it('does not call a state a dead end that goes on taking events', () => {
    expect(found(machine({ a: { on: { INC: { assign: { n: 1 } } } } }, { context: { n: 0 } }))).toEqual([]);
    expect(found(machine({ a: { on: { GO: 'b' } }, b: {} }, { on: { NOTE: { actions: 'note' } } }))).toEqual(
      [],
    );
  });

  it('finds where the machine cannot end any more, once for a whole corner', () => {
    const source = machine({
      a: { on: { END: 'end', LOSE: 'b' } },
      b: { on: { NEXT: 'c' } },
      c: { on: { NEXT: 'b' } },
      end: { type: 'final' },
    });
    expect(findings(source).map(({ message }) => message)).toEqual([
      'the machine cannot end any more from the state "b" (reached by LOSE)',
    ]);
  });

  it('finds rounds of transitions without an event that nothing ends', () => {
    const round = machine({ a: { on: { GO: 'b' } }, b: { always: 'c' }, c: { always: 'b' } });
    expect(found(round)).toEqual(['endless-loop /states/b/always']);
    expect(findings(round)[0]?.message).toContain('(reached by GO)');
    expect(
      found(
        machine(
          { a: { on: { GO: 'b' } }, b: { always: ON('context.n < 3', 'c') }, c: { always: 'b' } },
          { context: { n: 0 } },
        ),
      ),
    ).toEqual([]);
  });

  it('finds rounds of raised events', () => {
    const source = machine({
      a: { on: { GO: 'b' } },
      b: { entry: { raise: 'X' }, on: { X: 'c' } },
      c: { entry: { raise: 'X' }, on: { X: 'b' } },
    });
    expect(found(source)).toEqual(['endless-loop /states/b/on/X']);
  });

  it.each([
    [
      'one without a guard is before it',
      { GO: ['b', 'c'] },
      '/states/a/on/GO/1',
      'one before it has no guard',
    ],
    [
      'the guards before it take all of its values',
      { GO: [ON('context.n > 3', 'b'), ON('context.n > 5', 'c')] },
      '/states/a/on/GO/1',
      'the guards before it take all that its own allows',
    ],
    [
      'its own guard is before it',
      { GO: [ON('$length(context.s) > 2', 'b'), ON('$length(context.s) > 2', 'c')] },
      '/states/a/on/GO/1',
      'the guards before it take all that its own allows',
    ],
    [
      'its guard contradicts itself',
      { GO: ON('context.s = "x" and context.s = "y"', 'b'), UP: 'c' },
      '/states/a/on/GO',
      'its guard is never true',
    ],
  ])('finds a transition that is never taken since %s', (_, on, path, reason) => {
    const source = machine(
      { a: { on }, b: { on: { BACK: 'a' } }, c: { on: { BACK: 'a' } } },
      { on: { B: '.b', C: '.c' } },
    );
    expect(findings(source).map((problem) => [problem.path, problem.message])).toEqual([
      [path, `the transition GO of "a" is never taken: ${reason} (reached from the start)`],
    ]);
  });

  it('finds a transition that one of an inner state always forestalls', () => {
    const inner = {
      initial: 'x',
      on: { GO: 'b' },
      states: { x: { on: { GO: 'y' } }, y: { on: { GO: 'x' } } },
    };
    expect(found(machine({ a: inner, b: { on: { BACK: 'a' } } }, { on: { B: '.b' } }))).toEqual([
      'shadowed-transition /states/a/on/GO',
    ]);
  });

  it('finds a delay that another of the state always forestalls', () => {
    expect(
      found(
        machine({ a: { after: { '1s': 'b', '5s': 'c' } }, b: { on: { C: 'c' } }, c: { on: { B: 'b' } } }),
      ),
    ).toEqual(['shadowed-transition /states/a/after/5s']);
    const guarded = { '1s': ON('context.n > 3', 'b'), '5s': 'c' };
    expect(found(machine({ a: { after: guarded }, b: { on: { C: 'c' } }, c: { on: { B: 'b' } } }))).toEqual(
      [],
    );
  });

  it('finds an end that never comes', () => {
    const source = machine(
      { a: { initial: 'x', states: { x: { on: { GO: 'x' } } }, onDone: 'b' }, b: { on: { GO: 'a' } } },
      { on: { B: '.b' } },
    );
    expect(findings(source).map(({ message }) => message)).toEqual([
      'the transition done of "a" is never taken: it has no final state (reached from the start)',
    ]);
  });

  it('finds gaps between the guards of alternatives', () => {
    const gap = { GO: [ON('context.n < 3', 'b'), ON('context.n > 3', 'c')] };
    const [problem] = findings(machine({ a: { on: gap }, b: { on: { B: 'c' } }, c: { on: { B: 'b' } } }));
    expect(problem).toMatchObject({ code: 'incomplete-guards', path: '/states/a/on/GO/0/guard' });
    expect(problem?.message).toContain('where context.n is 3, none of these guards is true');
  });

  it('finds guards of alternatives that are both true at their edge', () => {
    const overlap = { GO: [ON('context.n <= 3', 'b'), ON('context.n >= 3', 'c')] };
    const [problem] = findings(machine({ a: { on: overlap }, b: { on: { B: 'c' } }, c: { on: { B: 'b' } } }));
    expect(problem).toMatchObject({ code: 'overlapping-guards', path: '/states/a/on/GO/1/guard' });
    expect(problem?.message).toContain('where context.n is 3, a guard before this one is true as well');
  });

  it.each([
    ['a ladder of guards', [ON('context.n > 10', 'b'), ON('context.n > 5', 'c')]],
    ['a guard with a rest', [ON('context.n < 3', 'b'), ON('context.n > 3', 'c'), 'a']],
    ['values that are picked', [ON('context.n = 1', 'b'), ON('context.n = 3', 'c')]],
    ['guards of different fields', [ON('context.n < 3', 'b'), ON('context.m > 3', 'c')]],
    ['a guard that may fail before one that cannot', [ON('context.n > 3', 'b'), ON('context.n = "x"', 'c')]],
    [
      'a guard that is nothing where there is no value',
      [ON('context.n > 3', 'b'), ON('context.n <= 3', 'c'), 'a'],
    ],
    ['chance', [ON('$random() > 0.5', 'b'), ON('$random() > 0.5', 'c')]],
  ])('says nothing of %s', (_, alternatives) => {
    const on = { GO: alternatives as Json };
    expect(found(machine({ a: { on }, b: { on: { B: 'c' } }, c: { on: { B: 'b' } } }))).toEqual([]);
  });

  it('finds events that the machine raises or sends to itself, and nothing takes', () => {
    const entry: Json = [
      { raise: 'NOPE' },
      { raise: 'GO' },
      { send: { type: 'LOST', delay: '3s' } },
      { send: { to: 'other', type: 'FINE' } },
    ];
    const source = machine({ a: { on: { GO: 'a', X: 'b' } }, b: { entry, on: { GO: 'a' } } });
    expect(found(source, 'unhandled-event')).toEqual(['/states/b/entry/0', '/states/b/entry/2']);
    expect(findings(source)[0]?.message).toBe(
      'the event "NOPE" is raised, and no transition takes it (reached by X)',
    );
  });

  it('takes state, event and field names as they come', () => {
    const source = JSON.parse(
      '{"id":"m","initial":"__proto__","states":{"__proto__":{"on":{"constructor":[{"guard":"{% context.__proto__ > 3 %}","target":"toString"},{"guard":"{% context.__proto__ > 4 %}","target":"toString"}]}},"toString":{}}}',
    ) as Json;
    expect(found(source)).toEqual([
      'dead-end /states/toString',
      'shadowed-transition /states/__proto__/on/constructor/1',
    ]);
  });

  it('looks at a machine of 100,000 states state by state, and says so', () => {
    const states: Record<string, Json> = { island: {} };
    for (let n = 0; n < 100_000; n++) states[`s${n}`] = { on: { NEXT: `s${(n + 1) % 100_000}` } };
    const problems = findings({ id: 'm', initial: 's0', states });
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'unreachable-state /states/island',
      'not-explored ',
    ]);
  });

  it('does not hang on guards that are nested deeply', () => {
    let guard = 'context.n > 0';
    for (let n = 1; n < 200; n++) guard = `(${guard} ${n % 2 === 0 ? 'and' : 'or'} context.n${n % 7} > ${n})`;
    expect(
      found(
        machine({ a: { on: { GO: [ON(guard, 'b'), ON(`$not(${guard})`, 'b')] } }, b: { on: { GO: 'a' } } }),
      ),
    ).toEqual([]);
  });

  it('does not hang where configurations are too many', () => {
    const region = { initial: 'a', states: { a: { on: { A: 'b' } }, b: { on: { A: 'a' } }, c: {} } };
    const states = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [
        `r${n}`,
        JSON.parse(JSON.stringify(region).replaceAll('"A"', `"A${n}"`)) as Json,
      ]),
    );
    const problems = findings({ id: 'm', type: 'parallel', states });
    expect(problems.filter(({ code }) => code === 'unreachable-state')).toHaveLength(40);
    expect(problems.at(-1)?.code).toBe('not-explored');
  });

  it(`lists ${MAX_WARNINGS} warnings, and counts the others`, () => {
    const states: Record<string, Json> = { start: { on: { GO: 'start' } } };
    for (let n = 0; n <= MAX_WARNINGS; n++) states[`s${n}`] = {};
    const problems = findings(machine(states));
    expect(problems).toHaveLength(MAX_WARNINGS + 1);
    expect(problems.at(-1)?.message).toBe('and 1 more warnings');
  });
});

describe('what a deeper check says of random machines', () => {
  const bodies = fc.array(
    fc.oneof(
      fc.record({
        name: fc.constantFrom('A', 'B', 'a', 'a.b', 'a.b.c', 'other'),
        v: fc.option(fc.integer({ min: 0, max: 4 })),
      }),
      fc.constantFrom('timer', 'done', 'error' as const),
    ),
    { minLength: 5, maxLength: 25 },
  );

  it('holds in every run: no such state is met, no such transition taken, nothing happens in a dead end', () => {
    let told = 0;
    const run = (source: Json, steps: readonly ({ name: string; v: number | null } | string)[]) => {
      let problems: readonly Problem[];
      try {
        problems = findings(source);
      } catch (error) {
        if (error instanceof Refused) return;
        throw error;
      }
      told += problems.length;
      const of = (code: string) =>
        problems.filter((problem) => problem.code === code).map(({ path }) => path);
      const [unreachable, shadowed, dead] = [
        of('unreachable-state'),
        of('shadowed-transition'),
        of('dead-end'),
      ];
      const program = statechart.compile(source);
      const pathOf = new Map(program.nodes.map((node) => [node.path, node.chart.path]));
      let standing = UNBORN;
      let pending: { id: string; type: string }[] = [];
      for (const [n, step] of [null, ...steps].entries()) {
        let body: EventBody = { type: 'start', machine: 'm', input: null };
        if (step !== null && typeof step !== 'string') {
          body = { type: 'signal', name: step.name, ...(step.v === null ? {} : { data: { v: step.v } }) };
        } else if (step !== null) {
          const asked = pending.find(({ type }) => (type === 'timer') === (step === 'timer'));
          if (asked === undefined) continue;
          const effect = asked.id;
          if (step === 'timer') body = { type: 'timer.fired', effect };
          else if (step === 'done') body = { type: 'task.succeeded', effect, output: null };
          else body = { type: 'task.failed', effect, error: 'E', cause: '' };
          pending = pending.filter(({ id }) => id !== effect);
        }
        const before = standing.state === null ? [] : statechart.active(program, standing.state);
        const event = { ...body, id: `e${n}`, instance: 'i', revision: n + 1, at: 0, seed: 's' };
        const result = fold(statechart, program, standing, event);
        if (standing.state !== null && before.some((path) => dead.includes(pathOf.get(path) ?? ''))) {
          expect(result.taken ?? []).toEqual([]);
        }
        standing = { state: result.state, status: result.status };
        for (const effect of result.effects)
          if (effect.type === 'timer' || (effect.type === 'task' && effect.ask)) pending.push(effect);
        for (const pointer of result.taken ?? []) expect(shadowed).not.toContain(pointer);
        for (const path of statechart.active(program, standing.state))
          expect(unreachable).not.toContain(pathOf.get(path));
        if (standing.status !== 'running') break;
      }
    };
    fc.assert(
      fc.property(randomChart, bodies, (chart, steps) => run(sourceOf(chart), steps)),
      { numRuns: 120 },
    );
    expect(told).toBeGreaterThan(50);
  });
});
