import { type Diagram, type DiagramEdge, type DiagramState, isGroup, isStart, isWithin } from './diagram.js';

/** A diagram in the language of Graphviz. */
export function dotText(diagram: Diagram): string {
  return new Writer(diagram).text;
}

class Writer {
  readonly #lines: string[] = [];
  readonly #diagram: Diagram;

  constructor(diagram: Diagram) {
    this.#diagram = diagram;
    const { name, direction, root, edges } = diagram;
    this.#line(0, `digraph ${quoted(name)} {`);
    this.#line(
      1,
      `rankdir=${direction === 'down' ? 'TB' : 'LR'} compound=true fontname="Helvetica" fontsize=12`,
    );
    this.#line(
      1,
      'node [fontname="Helvetica" fontsize=12 shape=box style="rounded,filled" fillcolor="#ffffff" color="#57606a"]',
    );
    this.#line(1, 'edge [fontname="Helvetica" fontsize=11 color="#57606a"]');
    this.#group(root, 1);
    for (const edge of edges) this.#edge(edge);
    this.#line(0, '}');
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #line(depth: number, text: string): void {
    this.#lines.push('  '.repeat(depth) + text);
  }

  #state(state: DiagramState, depth: number): void {
    if (isGroup(state)) this.#group(state, depth);
    else this.#line(depth, `${state.key} [${attributesOf(state)}${state.active ? ` ${ACTIVE}` : ''}]`);
  }

  #group(state: DiagramState, depth: number): void {
    const { key, name, notes, active, children, parent, shape } = state;
    this.#line(depth, `subgraph cluster_${key} {`);
    const title = parent === undefined ? this.#diagram.name : name;
    const dashed = parent?.shape === 'parallel' ? 'rounded,dashed' : 'rounded';
    this.#line(
      depth + 1,
      `label=${lines([title, ...notes])} style="${dashed}" color="${active ? ACTIVE_COLOR : '#8c959f'}"`,
    );
    // What an edge from or to the whole begins or ends at, cut off at the border; and the start of the initial one.
    const dot = shape === 'parallel' ? 'style=invis' : 'style=filled fillcolor="#57606a"';
    this.#line(depth + 1, `${key} [shape=point width=0.12 label="" ${dot}]`);
    for (const child of children) this.#state(child, depth + 1);
    this.#line(depth, '}');
  }

  #edge(edge: DiagramEdge): void {
    const { from, to, label, kind } = edge;
    const attributes = [
      ...(label === '' ? [] : [`label=${lines([label])}`]),
      ...(kind === 'error' ? ['style=dashed'] : []),
      ...(!isStart(edge) && isGroup(from) && !isWithin(to, from) ? [`ltail=cluster_${from.key}`] : []),
      ...(isGroup(to) && !isWithin(from, to) ? [`lhead=cluster_${to.key}`] : []),
    ];
    this.#line(1, `${from.key} -> ${to.key}${attributes.length === 0 ? '' : ` [${attributes.join(' ')}]`}`);
  }
}

const ACTIVE_COLOR = '#b35c00';
const ACTIVE = `fillcolor="#ffe08a" color="${ACTIVE_COLOR}" penwidth=2`;

function attributesOf({ shape, name, notes }: DiagramState): string {
  switch (shape) {
    case 'final':
      return `label=${lines([name, ...notes])} peripheries=2`;
    case 'history':
    case 'deep-history':
      return `label="${shape === 'history' ? 'H' : 'H*'}" tooltip=${quoted(name)} shape=circle width=0.35 fixedsize=true`;
    case 'choice':
      return `label=${lines([name])} shape=diamond style=filled`;
    case 'end':
      return 'label="" shape=doublecircle width=0.12 style=filled fillcolor="#57606a"';
    default:
      return `label=${lines([name, ...notes])}`;
  }
}

/** Lines of text as one string of Graphviz, which reads `\n` in it as the end of a line. */
function lines(texts: readonly string[]): string {
  return `"${texts.map(escaped).join('\\n')}"`;
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** A backslash is for the escapes of labels (`\N`), `&` for entities of HTML. */
function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('&', '&amp;');
}
