import { type DiagramEdge, type DiagramState, isGroup } from './diagram.js';
import {
  type Box,
  type Layout,
  NAME_FONT,
  NOTE_FONT,
  PADDING,
  type PlacedEdge,
  type PlacedState,
  type Point,
} from './layout.js';

/**
 * A diagram that was laid out, as one SVG document: no scripts, nothing from elsewhere, light or dark as its reader
 * prefers.
 */
export function svgText({ diagram, width, height, states, edges, starts }: Layout): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const title = diagram.name === '' ? 'state machine' : diagram.name;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="detent-diagram" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-labelledby="detent-title detent-desc">`,
    `<title id="detent-title">${escaped(title)}</title>`,
    `<desc id="detent-desc">${escaped(descriptionOf(diagram.states, diagram.edges))}</desc>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="detent-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="head" d="M0 1 L10 5 L0 9 z"/></marker></defs>',
    `<rect class="paper" width="${w}" height="${h}"/>`,
    ...states.map(shapeText),
    ...starts.map(({ x, y, width: size }) => circle(x + size / 2, y + size / 2, size / 2, 'dot')),
    ...edges.map(lineText),
    // Last, so that no line goes through them.
    ...states.map((placed) => wordsText(placed, title)),
    ...edges.map(labelText),
    '</svg>',
    '',
  ].join('\n');
}

function descriptionOf(states: readonly DiagramState[], edges: readonly DiagramEdge[]): string {
  const active = states.filter((state) => state.active).map(({ name }) => name);
  const marked = active.length === 0 ? '' : `; active: ${active.join(', ')}`;
  return `A state diagram with ${states.length - 1} states and ${edges.length} arrows${marked}.`;
}

function shapeText({ state, ...box }: PlacedState): string {
  const kind = isGroup(state) ? 'group' : state.shape;
  const region = state.parent?.shape === 'parallel' ? ' region' : '';
  const active = state.active ? ' active' : '';
  const name = state.name === '' ? '' : `<title>${escaped(state.name)}</title>`;
  return `<g class="state ${kind}${region}${active}" data-state="${escaped(state.id)}">${name}${outline(state, box)}</g>`;
}

function outline(state: DiagramState, box: Box): string {
  const { x, y, width, height } = box;
  const [cx, cy, r] = [x + width / 2, y + height / 2, width / 2];
  if (isGroup(state)) return rect(box, 0, 10);
  switch (state.shape) {
    case 'final':
      return rect(box, 0, 10) + rect(box, 3, 7);
    case 'history':
    case 'deep-history':
      return circle(cx, cy, r, '');
    case 'end':
      return circle(cx, cy, r, '') + circle(cx, cy, r - 5, 'dot');
    case 'choice': {
      const [point, right, bottom] = [height / 2, x + width, y + height];
      const top = `${at(x)},${at(cy)} ${at(x + point)},${at(y)} ${at(right - point)},${at(y)}`;
      return `<polygon points="${top} ${at(right)},${at(cy)} ${at(right - point)},${at(bottom)} ${at(x + point)},${at(bottom)}"/>`;
    }
    default:
      return rect(box, 0, 10);
  }
}

function rect({ x, y, width, height }: Box, inset: number, radius: number): string {
  const [w, h] = [at(width - 2 * inset), at(height - 2 * inset)];
  return `<rect x="${at(x + inset)}" y="${at(y + inset)}" width="${w}" height="${h}" rx="${radius}"/>`;
}

function circle(cx: number, cy: number, r: number, kind: string): string {
  return `<circle${kind === '' ? '' : ` class="${kind}"`} cx="${at(cx)}" cy="${at(cy)}" r="${at(r)}"/>`;
}

/** A name, and what is noted under it: in the middle, or, of a group, in its upper left corner. */
function wordsText({ state, x, y, width, height }: PlacedState, title: string): string {
  const { shape, name, notes, parent } = state;
  const group = isGroup(state);
  if (!group && shape === 'end') return '';
  if (!group && (shape === 'history' || shape === 'deep-history')) {
    return text('name', x + width / 2, y + height / 2 + 5, shape === 'history' ? 'H' : 'H*');
  }
  const [left, where] = group ? [x + PADDING, ' corner'] : [x + width / 2, ''];
  const first = y + PADDING - 2 + NAME_FONT.size;
  const below = first + NAME_FONT.line - 2;
  return [
    text(`name${where}`, left, first, parent === undefined ? title : name),
    ...notes.map((note, i) => text(`note${where}`, left, below + i * NOTE_FONT.line, note)),
  ].join('');
}

function lineText({ edge, points }: PlacedEdge): string {
  return `<path class="edge ${edge.kind}" d="${pathOf(points)}" marker-end="url(#detent-arrow)"/>`;
}

function labelText({ edge, label }: PlacedEdge): string {
  if (label === undefined) return '';
  return text('label', label.x + label.width / 2, label.y + NOTE_FONT.size, edge.label);
}

function text(kind: string, x: number, y: number, words: string): string {
  return `<text class="${kind}" x="${at(x)}" y="${at(y)}">${escaped(words)}</text>`;
}

/** How far from a corner an edge begins to turn. */
const CORNER = 6;

/** A line along points, its corners rounded. */
function pathOf(points: readonly Point[]): string {
  return points
    .map((point, i) => {
      const [before, after] = [points[i - 1], points[i + 1]];
      if (before === undefined) return `M${at(point.x)} ${at(point.y)}`;
      if (after === undefined) return `L${at(point.x)} ${at(point.y)}`;
      const [a, b] = [towards(point, before), towards(point, after)];
      return `L${at(a.x)} ${at(a.y)}Q${at(point.x)} ${at(point.y)} ${at(b.x)} ${at(b.y)}`;
    })
    .join('');
}

/** A point a corner's length away, or half of the way where that is less. */
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(CORNER, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

/** A coordinate, to a tenth of a pixel. */
function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(words: string): string {
  return words.replace(NOT_XML, '\ufffd').replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** What no XML document may hold, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced here
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/gu;

const STYLE = [
  '.detent-diagram{font-family:Helvetica,Arial,"Liberation Sans",sans-serif}',
  `.detent-diagram text{text-anchor:middle;fill:#1f2328;font-size:${NOTE_FONT.size}px}`,
  `.detent-diagram .name{font-size:${NAME_FONT.size}px;font-weight:600}`,
  '.detent-diagram .note{fill:#57606a}',
  '.detent-diagram .corner{text-anchor:start}',
  '.detent-diagram .label,.detent-diagram .corner{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}',
  '.detent-diagram .paper{fill:#fff}',
  '.detent-diagram .state>*:not(title){fill:#f6f8fa;stroke:#57606a;stroke-width:1.2}',
  '.detent-diagram .group>rect{fill:none;stroke:#afb8c1}',
  '.detent-diagram .region>rect{stroke-dasharray:5 4}',
  '.detent-diagram .active>*:not(title){fill:#ffe08a;stroke:#b35c00;stroke-width:2}',
  '.detent-diagram .group.active>rect{fill:#fff8e1}',
  '.detent-diagram .edge{fill:none;stroke:#57606a;stroke-width:1.2}',
  '.detent-diagram .error{stroke-dasharray:4 3}',
  '.detent-diagram .dot,.detent-diagram .state>.dot,.detent-diagram .head{fill:#57606a;stroke:none}',
  '@media(prefers-color-scheme:dark){',
  '.detent-diagram text{fill:#e6edf3}',
  '.detent-diagram .note{fill:#9da7b3}',
  '.detent-diagram .label,.detent-diagram .corner{stroke:#0d1117}',
  '.detent-diagram .paper{fill:#0d1117}',
  '.detent-diagram .state>*:not(title){fill:#161b22;stroke:#8b949e}',
  '.detent-diagram .group>rect{fill:none;stroke:#484f58}',
  '.detent-diagram .active>*:not(title){fill:#5c4400;stroke:#f0b72f}',
  '.detent-diagram .group.active>rect{fill:#1f1a0d}',
  '.detent-diagram .edge{stroke:#8b949e}',
  '.detent-diagram .dot,.detent-diagram .state>.dot,.detent-diagram .head{fill:#8b949e;stroke:none}',
  '}',
].join('\n');
