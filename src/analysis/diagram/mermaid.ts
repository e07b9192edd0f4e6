import { type Diagram, type DiagramEdge, type DiagramState, isGroup, isStart, isWithin } from './diagram.js';

/** A diagram as a state diagram of Mermaid (stateDiagram-v2), as Markdown shows it. */
export function mermaidText(diagram: Diagram): string {
  const writer = new Writer(diagram);
  return writer.text;
}

class Writer {
  readonly #lines: string[] = [];
  readonly #diagram: Diagram;
  /** By the state that they enter by default. */
  readonly #initial: EdgesBy;
  /** By the end that they lead to. */
  readonly #ending: EdgesBy;
  /** By their source, those that Mermaid cannot draw: it hides their labels, and often the whole edge. */
  readonly #nested: EdgesBy;

  constructor(diagram: Diagram) {
    this.#diagram = diagram;
    this.#initial = edgesBy(diagram.edges.filter(isStart), ({ from }) => from);
    this.#ending = edgesBy(diagram.edges, ({ to }) => to);
    const nested = diagram.edges.filter((edge) => isNested(edge) && !isStart(edge));
    this.#nested = edgesBy(nested, ({ from }) => from);
    this.#head();
    const { root } = diagram;
    if (isFramed(diagram)) this.#state(root, 1);
    else this.#inside(root, 1);
    for (const edge of diagram.edges) {
      if (!isStart(edge) && edge.to.shape !== 'end' && !isNested(edge)) this.#edge(edge, edge.to.key, 1);
    }
    this.#marks();
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #line(depth: number, text: string): void {
    this.#lines.push('  '.repeat(depth) + text);
  }

  #head(): void {
    const { name, direction } = this.#diagram;
    if (name !== '') this.#lines.push('---', `title: ${JSON.stringify(name)}`, '---');
    this.#line(0, 'stateDiagram-v2');
    this.#line(1, `direction ${direction === 'down' ? 'TB' : 'LR'}`);
  }

  #state(state: DiagramState, depth: number): void {
    const { key } = state;
    const nested = this.#nested.get(state) ?? [];
    const notes = [...state.notes, ...nested.map(({ label, to }) => `${label} → ${to.name}`)].map(escaped);
    const title = escaped(titleOf(state));
    if (!isGroup(state)) {
      this.#line(depth, `state "${title}" as ${key}`);
      for (const note of notes) this.#line(depth, `${key} : ${note}`);
      return;
    }
    // Of a state with states in it Mermaid shows one line alone.
    this.#line(depth, `state "${[title, ...notes].join(' · ')}" as ${key} {`);
    this.#inside(state, depth + 1);
    this.#line(depth, '}');
  }

  #inside(state: DiagramState, depth: number): void {
    const edges = this.#initial.get(state) ?? [];
    for (const { to, label } of edges) this.#line(depth, `[*] --> ${to.key}${labelled(label)}`);
    for (const [i, child] of state.children.entries()) {
      if (child.shape === 'end') {
        for (const edge of this.#ending.get(child) ?? []) this.#edge(edge, '[*]', depth);
        continue;
      }
      if (i > 0 && state.shape === 'parallel') this.#line(depth, '--');
      this.#state(child, depth);
      if (child.shape === 'final') this.#line(depth, `${child.key} --> [*]`);
    }
  }

  #edge({ from, label }: DiagramEdge, to: string, depth: number): void {
    this.#line(depth, `${from.key} --> ${to}${labelled(label)}`);
  }

  #marks(): void {
    const active = this.#diagram.states.filter((state) => state.active && state.parent !== undefined);
    this.#class(
      'active',
      'fill:#ffe08a,stroke:#b35c00,color:#1f2328',
      active.filter((state) => !isGroup(state)),
    );
    this.#class('around', 'stroke:#b35c00,stroke-width:3px', active.filter(isGroup));
  }

  #class(name: string, style: string, states: readonly DiagramState[]): void {
    if (states.length === 0) return;
    this.#line(1, `classDef ${name} ${style}`);
    this.#line(1, `class ${states.map(({ key }) => key).join(',')} ${name}`);
  }
}

type EdgesBy = ReadonlyMap<DiagramState, readonly DiagramEdge[]>;

function edgesBy(edges: readonly DiagramEdge[], stateOf: (edge: DiagramEdge) => DiagramState): EdgesBy {
  const lists = new Map<DiagramState, DiagramEdge[]>();
  for (const edge of edges) {
    const state = stateOf(edge);
    const list = lists.get(state);
    if (list === undefined) lists.set(state, [edge]);
    else list.push(edge);
  }
  return lists;
}

/** Whether the machine itself is drawn, since something is said of it. */
function isFramed({ root, edges }: Diagram): boolean {
  if (root.shape === 'parallel' || root.notes.length > 0) return true;
  return edges.some((edge) => (edge.from === root || edge.to === root) && !isStart(edge));
}

/** Whether it leads from a state into that state, or out to one around it. */
function isNested({ from, to }: DiagramEdge): boolean {
  return from !== to && (isWithin(from, to) || isWithin(to, from));
}

function titleOf({ shape, name }: DiagramState): string {
  switch (shape) {
    case 'history':
      return `H ${name}`;
    case 'deep-history':
      return `H* ${name}`;
    case 'choice':
      return `◇ ${name}`;
    default:
      return name;
  }
}

function labelled(label: string): string {
  return label === '' ? '' : ` : ${escaped(label)}`;
}

/** What means something to Mermaid is written as its number, as Mermaid has it: `#35;`. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,·→…/()[\]=+?!'-]/gu, (char) => `#${char.codePointAt(0)};`);
}
