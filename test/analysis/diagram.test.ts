import { parseXml, type XmlElement } from '@rgrove/parse-xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Diagram, type DiagramOptions, diagramOf } from '../../src/analysis/diagram/diagram.js';
import { dotText } from '../../src/analysis/diagram/dot.js';
import {
  MAX_DIAGRAM_EDGES,
  MAX_DIAGRAM_STATES,
  MAX_LINE_LENGTH,
  MAX_LINES,
} from '../../src/analysis/diagram/limits.js';
import { activeStates } from '../../src/analysis/diagram/marking.js';
import { mermaidText } from '../../src/analysis/diagram/mermaid.js';
import { svgText } from '../../src/analysis/diagram/svg.js';
import { asl } from '../../src/asl/language.js';
import type { Graph } from '../../src/core/graph.js';
import { type Json, put } from '../../src/core/json.js';
import { Refused } from '../../src/core/problem.js';
import { layOut, MAX_LAYOUT_EDGES, MAX_LAYOUT_STATES } from '../../src/embed/diagram-layout.js';
import { statechart } from '../../src/statechart/language.js';

const PLAYER: Json = {
  id: 'player',
  type: 'parallel',
  on: { RESET: '#player.track' },
  states: {
    sound: { initial: 'on', states: { on: { on: { MUTE: 'off' } }, off: { on: { MUTE: 'on' } } } },
    track: {
      initial: 'stopped',
      states: {
        stopped: { entry: 'ring', on: { PLAY: 'playing.was' } },
        playing: {
          initial: 'slow',
          on: { STOP: 'over' },
          states: { slow: {}, was: { type: 'history', history: 'deep' } },
        },
        over: { type: 'final' },
      },
    },
  },
};

const draw = (source: Json, options?: DiagramOptions) => diagramOf(statechart.graph(source), options);

/** Lines of Mermaid as they may be: any other means something that was not meant. */
const WORDS = String.raw`(?:[\p{L}\p{N} .,·→…/()[\]=+?!'-]|#\d+;)*`;
const LINES = [
  /^---$/,
  /^title: "(?:[^"\\]|\\.)*"$/,
  /^stateDiagram-v2$/,
  /^ +direction (?:TB|LR)$/,
  new RegExp(String.raw`^ +state "${WORDS}" as s\d+(?: \{)?$`, 'u'),
  new RegExp(String.raw`^ +s\d+ : ${WORDS}$`, 'u'),
  new RegExp(String.raw`^ +(?:s\d+|\[\*\]) --> (?:s\d+|\[\*\])(?: : ${WORDS})?$`, 'u'),
  /^ +(?:\}|--)$/,
  /^ +classDef (?:active|around) [\w:#,-]+$/,
  /^ +class s\d+(?:,s\d+)* (?:active|around)$/,
];

function expectMermaid(text: string): void {
  const lines = text.trimEnd().split('\n');
  expect(lines.filter((line) => !LINES.some((pattern) => pattern.test(line)))).toEqual([]);
  expect(lines.filter((line) => line.endsWith('{')).length).toBe(
    lines.filter((line) => line.trim() === '}').length,
  );
}

/** Everything of DOT but its texts, which must be closed and hold no line's end. */
function expectDot(text: string): void {
  const rest = text.replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
  expect(
    rest.replace(
      /digraph ""|subgraph cluster_s\d+|s\d+|cluster_s\d+|\w+=(?:""|[\w.]+|cluster_s\d+)|->|[[\]{}\s]|node|edge/g,
      '',
    ),
  ).toBe('');
  expect(rest.split('{').length).toBe(rest.split('}').length);
}

const elements = (node: XmlElement): XmlElement[] => [
  node,
  ...node.children.flatMap((child) => ('attributes' in child ? elements(child as XmlElement) : [])),
];

async function drawnSvg(diagram: Diagram): Promise<readonly XmlElement[]> {
  const { root } = parseXml(svgText(await layOut(diagram)));
  if (root === null) throw new Error('there is no element');
  return elements(root);
}

const textsOf = (drawn: readonly XmlElement[]) =>
  drawn.filter(({ name }) => name === 'text').map(({ text }) => text);

describe('a diagram in Mermaid', () => {
  it('nests states, divides regions, and begins and ends where they do', () => {
    expect(mermaidText(draw(PLAYER, { active: ['track', 'track.stopped'] }))).toBe(`---
title: "player"
---
stateDiagram-v2
  direction TB
  state "player · RESET → track" as s0 {
    state "sound" as s1 {
      [*] --> s2
      state "on" as s2
      state "off" as s3
    }
    --
    state "track" as s4 {
      [*] --> s5
      state "stopped" as s5
      s5 : entry / ring
      state "playing" as s6 {
        [*] --> s7
        state "slow" as s7
        state "H#42; was" as s8
      }
      state "over" as s9
      s9 --> [*]
    }
  }
  s2 --> s3 : MUTE
  s3 --> s2 : MUTE
  s5 --> s8 : PLAY
  s6 --> s9 : STOP
  classDef active fill:#ffe08a,stroke:#b35c00,color:#1f2328
  class s5 active
  classDef around stroke:#b35c00,stroke-width:3px
  class s4 around
`);
  });

  it('ends branches where they end', () => {
    const branch = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };
    const text = mermaidText(
      diagramOf(
        asl.graph({ StartAt: 'P', States: { P: { Type: 'Parallel', Branches: [branch], End: true } } }),
      ),
    );
    expectMermaid(text);
    expect(text).toContain('      s3 --> [*]\n    }\n  }\n  s1 --> [*]');
  });
});

describe('a diagram in DOT', () => {
  it('has a cluster for each group, cut edges at its border, and marks what is active', () => {
    const text = dotText(draw(PLAYER, { active: ['track', 'track.stopped'], direction: 'right' }));
    expectDot(text);
    expect(text).toContain('rankdir=LR');
    expect(text).toMatch(/subgraph cluster_s6 \{\n +label="playing"/);
    expect(text).toContain('s6 -> s9 [label="STOP" ltail=cluster_s6]');
    expect(text).toMatch(/s5 \[label="stopped\\nentry \/ ring" fillcolor="#ffe08a"/);
    expect(text).toMatch(/s8 \[label="H\*" tooltip="was" shape=circle/);
  });
});

describe('a diagram in SVG', () => {
  it('has every state and label once, within the picture, and no two texts in one place', async () => {
    const layout = await layOut(draw(PLAYER));
    const { states, edges, width, height } = layout;
    const labels = edges.flatMap(({ label }) => label ?? []);
    for (const { x, y, width: w, height: h } of [...states, ...labels]) {
      expect(x >= 0 && y >= 0 && x + w <= width && y + h <= height).toBe(true);
    }
    const leaves = states.filter(({ state }) => state.children.length === 0);
    const boxes = [...leaves, ...labels];
    const overlaps = boxes.flatMap((a, i) =>
      boxes
        .slice(i + 1)
        .filter(
          (b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
        ),
    );
    expect(overlaps).toEqual([]);
    for (const {
      edge: { from, to },
      points,
    } of edges)
      expect([from.key, to.key, points.length >= 2]).toEqual([from.key, to.key, true]);
    const drawn = await drawnSvg(draw(PLAYER));
    expect(textsOf(drawn).toSorted()).toEqual(
      [
        'H*',
        'MUTE',
        'MUTE',
        'PLAY',
        'RESET',
        'STOP',
        'entry / ring',
        'off',
        'on',
        'over',
        'player',
        'playing',
        'slow',
        'sound',
        'stopped',
        'track',
      ].toSorted(),
    );
  });

  it('keeps those within a group in it', async () => {
    const { states } = await layOut(draw(PLAYER));
    const boxes = new Map(states.map((placed) => [placed.state, placed]));
    for (const { state, ...box } of states) {
      const around = state.parent && boxes.get(state.parent);
      if (around === undefined) continue;
      expect(box.x >= around.x && box.y >= around.y).toBe(true);
      expect(
        box.x + box.width <= around.x + around.width && box.y + box.height <= around.y + around.height,
      ).toBe(true);
    }
  });

  it('says to those who cannot see it what it is, and holds no scripts and nothing from elsewhere', async () => {
    const drawn = await drawnSvg(draw(PLAYER, { active: ['track.stopped'] }));
    const [root] = drawn;
    expect(root?.attributes['aria-labelledby']).toBe('detent-title detent-desc');
    const desc = drawn.find(({ name }) => name === 'desc');
    expect(desc?.text).toBe('A state diagram with 9 states and 8 arrows; active: stopped.');
    expect(
      drawn.filter(({ name }) => ['script', 'image', 'use', 'foreignObject', 'a'].includes(name)),
    ).toEqual([]);
    const marked = drawn.filter(({ attributes }) => attributes['class']?.split(' ').includes('active'));
    expect(marked.map(({ attributes }) => attributes['data-state'])).toEqual(['track.stopped']);
  });
});

/** Names that mean something to one tool or another. */
const NAMES = [
  'end',
  'default',
  'class',
  'state',
  'note',
  'direction',
  'click',
  'style',
  '[*]',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '"q"',
  "'",
  '<script>alert(1)</script>',
  '&amp;',
  ']]>',
  '--',
  '%%x',
  '#35;',
  'a;b',
  'a:b',
  '{x}',
  '\\',
  '\\N',
  'two\nlines',
  '`c`',
  '**b**',
  '日本語 😀',
  '\u202eback',
  '\ud800',
  '\u0000',
];

function namesAsStates(names: readonly string[]): Json {
  const states: Record<string, Json> = {};
  for (const [i, name] of names.entries()) {
    const on: Record<string, Json> = {};
    put(on, `e${name}`.replace(/[\p{Cc}*]/gu, ''), {
      target: `#n${(i + 1) % names.length}`,
      guard: name || 'g',
      actions: [name || 'a'],
    });
    put(states, name, { id: `n${i}`, entry: name || 'x', on });
  }
  return { id: names[0] ?? 'm', initial: `#n0`, states };
}

describe('whatever states, events, guards and actions are called', () => {
  it('is text, and nothing else, in each format', async () => {
    const diagram = draw(namesAsStates(NAMES));
    expect(diagram.states).toHaveLength(NAMES.length + 1);
    expectMermaid(mermaidText(diagram));
    expectDot(dotText(diagram));
    const drawn = await drawnSvg(diagram);
    for (const name of ['<script>alert(1)</script>', '&amp;', '__proto__', '"q"', ']]>'])
      expect(textsOf(drawn)).toContain(name);
  });

  it('so with any names', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), (names) => {
        const diagram = draw(namesAsStates(names));
        expectMermaid(mermaidText(diagram));
        expectDot(dotText(diagram));
      }),
      { numRuns: 100 },
    );
  });

  it('is shortened where it is long, by whole characters', () => {
    const many = Array.from({ length: MAX_LINES + 3 }, (_, i) => `action${i}`);
    const { states } = draw({ initial: 'a', states: { a: { entry: many }, ['😀'.repeat(100)]: {} } });
    expect(states[1]?.notes).toHaveLength(MAX_LINES);
    expect(states[1]?.notes.at(-1)).toBe('… and 4 more');
    expect(states[2]?.name).toBe(`${'😀'.repeat(MAX_LINE_LENGTH - 1)}…`);
    expect(
      draw({ initial: 'a', states: { a: { entry: many.slice(0, MAX_LINES) } } }).states[1]?.notes.at(-1),
    ).toBe(`entry / action${MAX_LINES - 1}`);
  });
});

describe('what is marked', () => {
  const graph = statechart.graph(PLAYER);

  it('is named by a path, a state value, or several, and comes with what is around it', () => {
    expect(activeStates(graph, 'track.playing.slow')).toEqual([
      'track',
      'track.playing',
      'track.playing.slow',
    ]);
    expect(activeStates(graph, { sound: 'off', track: { playing: 'slow' } })).toEqual([
      'sound',
      'sound.off',
      'track',
      'track.playing',
      'track.playing.slow',
    ]);
    expect(activeStates(graph, ['sound.on', 'track'])).toEqual(['sound', 'sound.on', 'track']);
    expect(activeStates(graph, null)).toEqual([]);
    expect(activeStates(graph, {})).toEqual([]);
  });

  it('is a problem where there is no such state', () => {
    expect(() => activeStates(graph, { track: 'stoped' })).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ code: 'unknown-state', hint: 'did you mean "stopped"?' })],
      }),
    );
    for (const value of ['__proto__', { constructor: 'x' }, 7, true, ''])
      expect(() => activeStates(graph, value)).toThrow(Refused);
  });
});

function ring(states: number, edges: number): Graph {
  const node = { type: 'atomic', shape: 'state', notes: [] } as const;
  return {
    nodes: [
      { id: '', name: 'm', ...node, shape: 'group' },
      ...Array.from({ length: states - 1 }, (_, i) => ({ id: `${i}`, parent: '', name: `${i}`, ...node })),
    ],
    edges: Array.from({ length: edges }, (_, i) => ({
      from: `${i % (states - 1)}`,
      to: `${(i + 1) % (states - 1)}`,
      label: '',
      kind: 'transition' as const,
    })),
  };
}

const tooLarge = expect.objectContaining({
  problems: [expect.objectContaining({ code: 'diagram-too-large' })],
});

describe('a diagram that is too large', () => {
  it('is refused past what can be drawn', () => {
    expect(() => diagramOf(ring(MAX_DIAGRAM_STATES, MAX_DIAGRAM_EDGES))).not.toThrow();
    expect(() => diagramOf(ring(MAX_DIAGRAM_STATES + 1, 1))).toThrow(tooLarge);
    expect(() => diagramOf(ring(3, MAX_DIAGRAM_EDGES + 1))).toThrow(tooLarge);
  });

  it('is refused past what can be laid out', async () => {
    await expect(layOut(diagramOf(ring(MAX_LAYOUT_STATES, 1)))).resolves.toMatchObject({
      states: { length: MAX_LAYOUT_STATES },
    });
    await expect(layOut(diagramOf(ring(MAX_LAYOUT_STATES + 1, 1)))).rejects.toThrow(tooLarge);
    await expect(layOut(diagramOf(ring(3, MAX_LAYOUT_EDGES + 1)))).rejects.toThrow(tooLarge);
  });

  it('is nothing where there is nothing', () => {
    expectMermaid(mermaidText(diagramOf({ nodes: [], edges: [] })));
    expectDot(dotText(diagramOf({ nodes: [], edges: [] })));
    expect(diagramOf(statechart.graph([])).states).toHaveLength(1);
    expect(diagramOf(asl.graph(null)).states).toHaveLength(1);
  });
});
