import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json } from '../../src/core/json.js';
import type { Configuration } from '../../src/statechart/configuration.js';
import { statechart } from '../../src/statechart/language.js';
import type { StateNode, Transition } from '../../src/statechart/node.js';
import { planFor } from '../../src/statechart/select.js';

/** Nested regions that all listen for E, with transitions that lead anywhere. */
const chart: fc.Arbitrary<Json> = fc.gen().map((g) => {
  const chance = (percent: number): boolean => g(fc.integer, { min: 0, max: 99 }) < percent;
  const ids: string[] = [];
  const listeners: { on?: Json }[] = [];
  const state = (depth: number): Json => {
    const id = `s${ids.length}`;
    ids.push(id);
    const kind =
      depth === 0 ? 'parallel' : depth < 4 && chance(60) ? (chance(50) ? 'parallel' : 'compound') : 'atomic';
    const states = Object.fromEntries(
      Array.from({ length: kind === 'atomic' ? 0 : g(fc.integer, { min: 1, max: 3 }) }, (_, n) => [
        `c${n}`,
        state(depth + 1),
      ]),
    );
    const made = {
      id,
      ...(kind === 'atomic' ? {} : { states }),
      ...(kind === 'parallel' ? { type: kind } : { initial: 'c0' }),
    };
    const { initial: _, ...atomic } = made as { initial?: string };
    const whole: { on?: Json } = kind === 'atomic' ? atomic : made;
    if (depth > 0 && chance(60)) listeners.push(whole);
    return whole as Json;
  };
  const root = state(0) as { readonly [key: string]: Json };
  for (const listener of listeners) {
    const target = `#${ids[g(fc.integer, { min: 1, max: ids.length - 1 })]}`;
    listener.on = { E: chance(15) ? {} : { target, reenter: chance(50) } };
  }
  return { ...root, dialect: 'scxml' };
});

/** SCXML D: selectTransitions and removeConflictingTransitions, as they are written there. */
function selected(configuration: Configuration): readonly Transition[] {
  const { atoms, active, space } = configuration;
  const enabled = new Set<Transition>();
  for (const atom of atoms) {
    for (let node: StateNode | undefined = atom; node !== undefined; node = node.parent) {
      const found = node.on[0]?.transition;
      if (found === undefined) continue;
      enabled.add(found);
      break;
    }
  }
  const left = (transition: Transition): readonly StateNode[] => {
    if (transition.targets.length === 0) return [];
    const domain = space.dialect.domain(transition, transition.targets, space.root);
    return active.filter((node) => domain === undefined || node.isBelow(domain));
  };
  const filtered = new Set<Transition>();
  for (const one of enabled) {
    const rivals = [...filtered].filter((other) => left(one).some((node) => left(other).includes(node)));
    if (!rivals.every((rival) => one.source.isBelow(rival.source))) continue;
    for (const rival of rivals) filtered.delete(rival);
    filtered.add(one);
  }
  return [...filtered];
}

it('selects the transitions that W3C’s algorithm selects, however regions are nested', () => {
  let conflicts = 0;
  fc.assert(
    fc.property(chart, (source) => {
      const { start } = statechart.compile(source);
      const wanted = selected(start.to);
      expect(planFor(start.to, 'E').move?.transitions ?? []).toEqual(wanted);
      const listening = start.to.active.filter((node) => node.on.length > 0);
      if (wanted.length > 1 && wanted.length < listening.length) conflicts++;
    }),
    { numRuns: 500, seed: 7 },
  );
  expect(conflicts).toBeGreaterThan(50);
});
