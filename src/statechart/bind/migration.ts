import { put } from '../../core/json.js';
import type { StateNode } from '../node.js';
import { splitPath } from '../node.js';
import type { Context, Run } from '../run.js';
import type { ChartMigration, ChartTarget } from '../schema/chart.js';
import type { Findings } from '../schema/findings.js';
import { failure, Undone } from '../undone.js';
import type { Values } from './values.js';

/** How instances of earlier versions move over, with the states found and the expressions bound. */
export interface BoundMigration {
  readonly from: ChartMigration['from'];
  /** By path, or `path.*`; undefined where nothing takes its place. */
  readonly states: ReadonlyMap<string, StateNode | undefined>;
  /** The context from here on. Throws Undone. */
  readonly context: (run: Run) => Context;
}

/** Finds the states that others move to; what is missing is a finding. */
export function checkMigration(
  { states }: ChartMigration,
  nodes: readonly StateNode[],
  findings: Findings,
): void {
  for (const target of states.values()) {
    if (target === undefined) continue;
    const found = find(nodes, target);
    if (found !== undefined && found.type !== 'history') continue;
    if (found !== undefined) findings.tell('unknown-target history', target.path, target.text);
    else {
      const paths = nodes.map(({ path }) => path);
      findings.tell('unknown-target migrate', target.path, target.text, paths);
    }
  }
}

export function bindMigration(
  { from, states, context }: ChartMigration,
  nodes: readonly StateNode[],
  values: Values,
): BoundMigration {
  const found = new Map([...states].map(([path, target]) => [path, target && find(nodes, target)] as const));
  return { from, states: found, context: contextOf(context, values) };
}

function contextOf(given: ChartMigration['context'], values: Values): BoundMigration['context'] {
  if (given === undefined) return (run) => run.context;
  if ('whole' in given) {
    const whole = values.producer(given.whole);
    return guarded(given.path, (run) => {
      const context = whole(run, undefined);
      if (typeof context === 'object' && context !== null && !Array.isArray(context))
        return context as Context;
      throw new Error('it must be an object');
    });
  }
  const { fields } = given;
  if ('kind' in fields) throw new Error('a function gives a context as a whole');
  const bound = fields.map(([key, template]) => [key, values.producer(template)] as const);
  return guarded(given.path, (run) => {
    const next: Record<string, unknown> = { ...run.context };
    for (const [key, produce] of bound) put(next, key, produce(run, undefined));
    return next;
  });
}

function guarded(path: string, make: BoundMigration['context']): BoundMigration['context'] {
  return (run) => {
    try {
      return make(run);
    } catch (error) {
      throw new Undone(failure(error, 'the context of the migration', path).problem, error);
    }
  };
}

function find(nodes: readonly StateNode[], { text }: ChartTarget): StateNode | undefined {
  if (text.startsWith('#')) return nodes.find(({ id }) => id === text.slice(1));
  const keys = splitPath(text);
  let node = nodes[0];
  for (const key of keys) node = node?.children.get(key);
  return node;
}
