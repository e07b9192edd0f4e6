import type { Diagram, DiagramEdge, DiagramState } from './diagram.js';
import { textWidth } from './text-width.js';

/** A diagram with a place for everything, in pixels from the upper left corner. */
export interface Layout {
  readonly diagram: Diagram;
  readonly width: number;
  readonly height: number;
  /** Those around others come first. */
  readonly states: readonly PlacedState[];
  readonly edges: readonly PlacedEdge[];
  /** Where the arrows of initial states begin. */
  readonly starts: readonly Box[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedState extends Box {
  readonly state: DiagramState;
}

export interface PlacedEdge {
  readonly edge: DiagramEdge;
  readonly points: readonly Point[];
  /** Where its label stands, if it has one. */
  readonly label: Box | undefined;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Font sizes, and the height of a line of each. */
export const NAME_FONT = { size: 14, line: 19 } as const;
export const NOTE_FONT = { size: 12, line: 16 } as const;

/** Between a border and the text within it. */
export const PADDING = 12;

const ROUND: Readonly<Record<string, Size>> = {
  history: { width: 30, height: 30 },
  'deep-history': { width: 30, height: 30 },
  end: { width: 20, height: 20 },
};

/** The size of the dot that an initial arrow begins at. */
export const START: Size = { width: 14, height: 14 };

/** The room that a state needs for what is written on it; of a group, what stands above its states. */
export function textSize(state: DiagramState): Size {
  const { shape, name, notes, children } = state;
  const round = children.length === 0 ? ROUND[shape] : undefined;
  if (round !== undefined) return round;
  // Names are bold, which is wider.
  const width = Math.max(
    textWidth(name, NAME_FONT.size) * 1.08,
    ...notes.map((note) => textWidth(note, NOTE_FONT.size)),
  );
  const height = NAME_FONT.line + notes.length * NOTE_FONT.line;
  // A question comes to a point on both sides.
  const points = shape === 'choice' ? height / 2 : 0;
  return { width: Math.ceil(width + 2 * PADDING + points), height: Math.ceil(height + 2 * PADDING - 4) };
}

export function labelSize({ label }: DiagramEdge): Size {
  return { width: Math.ceil(textWidth(label, NOTE_FONT.size)) + 6, height: NOTE_FONT.line };
}
