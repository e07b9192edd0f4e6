import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import type { Graph } from '../../src/core/graph.js';
import type { Json } from '../../src/core/json.js';
import { statechart } from '../../src/statechart/language.js';
import { createMachine } from '../../src/statechart/machine.js';

const states = ({ nodes }: Graph) =>
  nodes.map(({ id, shape, parent }) => `${shape} ${id} < ${parent ?? '-'}`);
const edges = (graph: Graph) =>
  graph.edges.map(({ from, to, label, kind }) => `${kind}: ${from} -> ${to} ${label}`.trim());
const notesOf = (graph: Graph, id: string) => graph.nodes.find((node) => node.id === id)?.notes;

describe('the graph of a statechart', () => {
  it('has a node for each state, and an edge for each way that leads on', () => {
    const graph = statechart.graph({
      id: 'm',
      initial: 'a',
      on: { HELP: '.b', '*': {} },
      states: {
        a: {
          initial: 'x',
          on: { GO: 'b' },
          states: { x: { on: { NEXT: [{ target: 'y', guard: 'free' }] } }, y: {} },
        },
        b: { type: 'final' },
      },
    });
    expect(states(graph)).toEqual([
      'group  < -',
      'group a < ',
      'state a.x < a',
      'state a.y < a',
      'final b < ',
    ]);
    expect(edges(graph)).toEqual([
      'initial:  -> a',
      'transition:  -> b HELP',
      'internal:  ->  *',
      'initial: a -> a.x',
      'transition: a -> b GO',
      'transition: a.x -> a.y NEXT [free]',
    ]);
  });

  it('shows regions, memories, and several targets as an edge to each', () => {
    const graph = statechart.graph({
      initial: 'off',
      states: {
        off: {
          on: {
            ON: ['p.one.b', 'p.two.b'].map((target) => ({ target })),
            BOTH: { target: ['p.one.b', 'p.two.b'] },
          },
        },
        p: {
          type: 'parallel',
          states: {
            one: { initial: 'a', states: { a: {}, b: {}, was: { type: 'history', target: 'b' } } },
            two: { initial: 'a', states: { a: {}, b: {} } },
            deep: { type: 'history', history: 'deep' },
          },
        },
      },
    });
    expect(states(graph)).toContain('parallel p < ');
    expect(states(graph)).toContain('history p.one.was < p.one');
    expect(states(graph)).toContain('deep-history p.deep < p');
    expect(edges(graph)).toContain('initial: p.one.was -> p.one.b');
    expect(edges(graph).filter((edge) => edge.includes('BOTH'))).toEqual([
      'transition: off -> p.one.b BOTH',
      'transition: off -> p.two.b BOTH',
    ]);
  });

  it('says in a few words what guards ask and actions do', () => {
    const graph = statechart.graph({
      initial: 'a',
      states: {
        a: {
          tags: ['busy'],
          entry: [
            'ring',
            { assign: { n: 1, m: '{% 1 %}' } },
            { raise: 'X' },
            { log: { label: 'here', value: 1 } },
          ],
          exit: [{ send: { to: '#_parent', type: 'BYE' } }, { cancel: 'id' }, { emit: { type: 'gone' } }],
          invoke: {
            src: 'charge',
            onDone: 'b',
            onError: { target: 'b', guard: { not: { in: '#(machine).b' } } },
          },
          timeout: '1h',
          onTimeout: 'b',
          after: { '5s': 'b' },
          always: {
            target: 'b',
            guard: { and: ['ready', '{% context.n > 3 %}'] },
            actions: { choose: [{ guard: 'g', actions: 'one' }, { actions: 'other' }] },
          },
          on: { STAY: { actions: 'note' } },
        },
        b: {},
      },
    });
    expect(notesOf(graph, 'a')).toEqual([
      'tags busy',
      'entry / ring',
      'entry / assign n, m',
      'entry / raise X',
      'entry / log here',
      'exit / send BYE to #_parent',
      'exit / cancel id',
      'exit / emit gone',
      'invoke charge',
    ]);
    expect(edges(graph).slice(1)).toEqual([
      'internal: a -> a STAY / note',
      'transition: a -> b done charge',
      'error: a -> b error charge [not in #(machine).b]',
      'transition: a -> b after 5s',
      'transition: a -> b timeout',
      'transition: a -> b always [(ready and context.n > 3)] / choose [g] one, else other',
    ]);
  });

  it('names functions that stand in a machine by a sign, not by where they stand', () => {
    const machine = createMachine<{ n: number }>({
      context: { n: 0 },
      initial: 'a',
      states: {
        a: { entry: () => {}, on: { GO: { target: 'b', guard: () => true, assign: () => ({ n: 1 }) } } },
        b: {},
      },
    });
    const graph = statechart.graph(machine.source);
    expect(notesOf(graph, 'a')).toEqual(['entry / ƒ']);
    expect(edges(graph)).toContain('transition: a -> b GO [ƒ] / assign ƒ');
  });
});

describe('the graph of a workflow', () => {
  const source: Json = {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        ItemProcessor: {
          StartAt: 'Do',
          States: {
            Do: { Type: 'Task', Resource: 'do', Retry: [{ ErrorEquals: ['E'], MaxAttempts: 2 }], End: true },
          },
        },
        Catch: [{ ErrorEquals: ['E', 'F'], Next: 'Bad' }],
        Next: 'Both',
      },
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 3, End: true } } },
          { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } },
        ],
        Next: 'Ask',
      },
      Ask: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.n', NumericLessThanEquals: 3, Next: 'Good' },
          {
            Or: [{ Variable: '$.s', StringMatches: 'a*' }, { Not: { Variable: '$.s', IsPresent: true } }],
            Next: 'Each',
          },
        ],
        Default: 'Bad',
      },
      Good: { Type: 'Succeed' },
      Bad: { Type: 'Fail', Error: 'Bad' },
    },
  };
  const graph = asl.graph(source);

  it('nests branches and what is done with each item', () => {
    expect(states(graph)).toEqual([
      'group  < -',
      'group Each < ',
      'state Do < Each',
      'end Each/End < Each',
      'parallel Both < ',
      'group Both/Branches/0 < Both',
      'state Rest < Both/Branches/0',
      'end Both/Branches/0/End < Both/Branches/0',
      'group Both/Branches/1 < Both',
      'state Pass < Both/Branches/1',
      'end Both/Branches/1/End < Both/Branches/1',
      'choice Ask < ',
      'final Good < ',
      'final Bad < ',
    ]);
    expect(notesOf(graph, 'Do')).toEqual(['Task do']);
    expect(notesOf(graph, 'Rest')).toEqual(['Wait 3 s']);
  });

  it('has an edge for whatever leads on: rules, what is tried again, what is caught', () => {
    expect(edges(graph).filter((edge) => !/initial|End/.test(edge))).toEqual([
      'transition: Each -> Both',
      'error: Each -> Bad catch E, F',
      'error: Do -> Do retry E ×2',
      'transition: Both -> Ask',
      'transition: Ask -> Good $.n <= 3',
      'transition: Ask -> Each ($.s matches "a*" or not ($.s is present))',
      'transition: Ask -> Bad otherwise',
    ]);
  });

  it('makes up no id that a state has', () => {
    const States = { A: { Type: 'Pass', Next: '/End' }, '/End': { Type: 'Pass', End: true } };
    const { nodes } = asl.graph({ StartAt: 'A', States });
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
    expect(nodes).toHaveLength(4);
  });
});
