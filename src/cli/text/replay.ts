import type { Divergence } from '../../analysis/replay.js';
import type { Json } from '../../core/json.js';
import type { Replayed } from '../../embed/replay.js';
import { stateText } from './instance.js';
import { plain } from './plain.js';

/** Kinds of divergence that are told apart; what comes after is counted together. */
const MAX_GROUPS = 100;

/** Instances that are named of each. */
const EXAMPLES = 3;

/** Characters of a value that a line shows. */
const SHOWN = 120;

/** Instances that part at the same place, on the same event, in the same way. */
export interface ReplayGroup {
  readonly at: string;
  readonly event: string;
  readonly what: readonly string[];
  readonly count: number;
  readonly examples: readonly string[];
}

export interface ReplayDocument {
  readonly instances: number;
  readonly different: number;
  readonly same: number;
  /** Of those, there was nothing to fold. */
  readonly empty: number;
  /** Folded from a snapshot, since what came before was swept. */
  readonly fromSnapshot: number;
  /** Why recorded definitions could not be folded beside: of these only outcomes and history were compared. */
  readonly unknown: readonly { readonly reason: string; readonly count: number }[];
  /** The largest first. */
  readonly groups: readonly ReplayGroup[];
  /** Instances that differ in ways beyond the groups. */
  readonly others: number;
}

/** Adds up how instances fared, in bounded memory. */
export class ReplaySummary {
  instances = 0;
  different = 0;
  #empty = 0;
  #fromSnapshot = 0;
  #others = 0;
  readonly #unknown = new Map<string, number>();
  readonly #groups = new Map<
    string,
    Omit<ReplayGroup, 'count' | 'examples'> & { count: number; examples: string[] }
  >();

  add({ instance, base, empty, unknown, divergence }: Replayed): void {
    this.instances += 1;
    if (empty) this.#empty += 1;
    else if (base !== undefined) this.#fromSnapshot += 1;
    if (unknown !== undefined) this.#unknown.set(unknown, (this.#unknown.get(unknown) ?? 0) + 1);
    if (divergence === undefined) return;
    this.different += 1;
    const key = {
      at: whereText(divergence),
      event: divergence.event,
      what: divergence.differences.map(({ what }) => what),
    };
    const text = JSON.stringify(key);
    const group = this.#groups.get(text);
    if (group !== undefined) {
      group.count += 1;
      if (group.examples.length < EXAMPLES) group.examples.push(instance);
    } else if (this.#groups.size < MAX_GROUPS)
      this.#groups.set(text, { ...key, count: 1, examples: [instance] });
    else this.#others += 1;
  }

  get document(): ReplayDocument {
    return {
      ...{ instances: this.instances, different: this.different, same: this.instances - this.different },
      ...{ empty: this.#empty, fromSnapshot: this.#fromSnapshot },
      unknown: [...this.#unknown].map(([reason, count]) => ({ reason, count })),
      groups: [...this.#groups.values()].sort((a, b) => b.count - a.count),
      others: this.#others,
    };
  }
}

/** Where an instance would have gone otherwise: a line, and one for each thing that differs. */
export function divergenceText({ instance, divergence }: Replayed): string {
  if (divergence === undefined) return '';
  const { revision, event, differences } = divergence;
  const lines = differences.map(
    ({ what, recorded, replayed }) => `  ${what}: ${short(what, recorded)} -> ${short(what, replayed)}`,
  );
  return [`${instance}: revision ${revision}, ${event} at ${whereText(divergence)}`, ...lines]
    .map((line) => `${plain(line)}\n`)
    .join('');
}

function whereText({ before }: Divergence): string {
  return before === null ? 'the start' : stateText(before);
}

function short(what: string, value: Json): string {
  const text =
    what === 'value' && value !== null
      ? stateText(value)
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

export function summaryText(document: ReplayDocument): string {
  const { instances, different, empty, fromSnapshot, unknown, groups, others } = document;
  const lines = groups.map(({ at, event, what, count, examples }) => {
    const rest = count > examples.length ? ', …' : '';
    return `${differ(count)} at ${at} on ${event}: ${what.join(', ')} (${examples.join(', ')}${rest})`;
  });
  if (others > 0) lines.push(`${differ(others)} elsewhere`);
  if (fromSnapshot > 0) lines.push(`${fromSnapshot} folded from a snapshot: what came before was swept`);
  if (empty > 0) lines.push(`${empty} with nothing in the journal`);
  for (const { reason, count } of unknown)
    lines.push(`${count} compared by outcomes and history alone: ${reason}`);
  lines.push(`${instances} replayed, ${different} differ`);
  return lines.map((line) => `${plain(line)}\n`).join('');
}

function differ(count: number): string {
  return count === 1 ? '1 instance differs' : `${count} instances differ`;
}
