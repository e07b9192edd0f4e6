import type { StateNode } from '../../statechart/node.js';
import type { Stop } from '../reach.js';
import { type Survey, wayTo } from '../survey.js';

/** States that are never active; of those within each other the outermost alone. */
export function warnOfUnreachable(survey: Survey): void {
  const { nodes } = survey.program;
  const targets = new Set(nodes.flatMap(targetsOf));
  for (const node of nodes) {
    const { parent } = node;
    if (parent === undefined || !survey.reachable.has(parent)) continue;
    const isReached = node.type === 'history' ? targets.has(node) : survey.reachable.has(node);
    if (isReached) continue;
    const what = node.type === 'history' ? 'the history state' : 'the state';
    const isTarget = targets.has(node) || node.parent?.initial.includes(node);
    const hint = isTarget ? 'what leads to it is never taken' : 'no transition leads to it';
    survey.warn('unreachable-state', node.chart.path, `${what} "${node.path}" cannot be reached`, hint);
  }
}

function targetsOf({ on, always, initial }: StateNode): readonly StateNode[] {
  return [
    ...initial,
    ...on.flatMap(({ transition }) => transition.targets),
    ...always.flatMap(({ targets }) => targets),
  ];
}

/** States that are not final, and in which nothing is ever taken again. */
export function warnOfDeadEnds(survey: Survey): void {
  for (const node of deadEnds(survey)) {
    const message = `nothing leads out of the state "${node.path}"${survey.wayTo(node)}`;
    survey.warn('dead-end', node.chart.path, message, 'add type: final if the machine ends there');
  }
}

function deadEnds({ program, reach, reachable }: Survey): readonly StateNode[] {
  if (reach === undefined) {
    return program.nodes.filter((node) => isAtomic(node) && reachable.has(node) && isStuck(node));
  }
  const alive = new Set<StateNode>();
  const stuck: StateNode[] = [];
  const isDead = ({ rests, ended, ways }: Stop) => rests && !ended && ways.every(({ branch }) => !branch);
  for (const stop of reach.stops) {
    if (!isDead(stop))
      for (const atom of stop.configuration.atoms) if (stop.rests || stop.ended) alive.add(atom);
  }
  const told = new Set<StateNode>();
  for (const stop of reach.stops) {
    if (!isDead(stop)) continue;
    const dead = stop.configuration.atoms.filter((atom) => isAtomic(atom) && !alive.has(atom));
    // Where several regions are stuck together, one of them tells of it.
    const [first] = dead;
    if (first !== undefined && !dead.some((atom) => told.has(atom))) stuck.push(first);
    for (const atom of dead) told.add(atom);
  }
  return stuck;
}

/** Whether neither the state nor those around it have any transition, and nothing goes on beside it. */
function isStuck(node: StateNode): boolean {
  for (let around: StateNode | undefined = node; around !== undefined; around = around.parent) {
    if (around.on.length > 0 || around.always.length > 0 || around.type === 'parallel') return false;
  }
  return true;
}

function isAtomic({ type }: StateNode): boolean {
  return type === 'atomic';
}

/** States from which the machine, though it has an end, never comes to it. */
export function warnOfTraps(survey: Survey): void {
  const { reach } = survey;
  if (reach === undefined || !reach.stops.some(({ ended }) => ended)) return;
  const endable = leadingTo(reach.stops, ({ ended }) => ended);
  const free = new Set<StateNode>();
  for (const { configuration } of endable) for (const atom of configuration.atoms) free.add(atom);
  const dead = new Set(deadEnds(survey));
  const resting = new Set(
    reach.stops.flatMap(({ rests, configuration }) => (rests ? configuration.atoms : [])),
  );
  for (const [node, stop] of reach.states) {
    if (!isAtomic(node) || free.has(node) || dead.has(node) || !resting.has(node)) continue;
    if (stop.from !== undefined && !endable.has(stop.from)) continue;
    if (stop.configuration.atoms.some((atom) => dead.has(atom))) continue;
    const message = `the machine cannot end any more from the state "${node.path}"${wayTo(stop)}`;
    survey.warn('no-way-to-end', node.chart.path, message);
  }
}

/** The stops from which one may come to one of these. */
function leadingTo(stops: readonly Stop[], isGoal: (stop: Stop) => boolean): ReadonlySet<Stop> {
  const before = new Map<Stop, Stop[]>();
  for (const stop of stops) {
    for (const { to } of stop.ways) {
      const list = before.get(to);
      if (list === undefined) before.set(to, [stop]);
      else list.push(stop);
    }
  }
  const found = new Set<Stop>();
  const open = stops.filter(isGoal);
  for (let stop = open.pop(); stop !== undefined; stop = open.pop()) {
    if (found.has(stop)) continue;
    found.add(stop);
    open.push(...(before.get(stop) ?? []));
  }
  return found;
}

/** Rounds of transitions without an event, and of raised events, that nothing can end. */
export function warnOfEndlessLoops(survey: Survey): void {
  const { reach } = survey;
  if (reach === undefined) return;
  const endless = new Set(
    reach.stops.filter(({ rests, ended, ways }) => !rests && !ended && ways.length > 0),
  );
  // What can leave is taken out, until nothing can.
  const resting = leadingTo(reach.stops, (stop) => !endless.has(stop));
  for (const stop of resting) endless.delete(stop);
  const told = new Set<StateNode>();
  for (const stop of endless) {
    const [way] = stop.ways;
    const transition = way?.branch?.transitions[0];
    if (transition === undefined || told.has(transition.source)) continue;
    for (const node of roundFrom(stop)) told.add(node);
    const states = stop.configuration.atoms.map(({ path }) => path).join(', ');
    const message = `transitions without an event lead round for ever from the state "${states}"${wayTo(stop)}`;
    survey.warn('endless-loop', transition.chart.path, message, 'a guard must end it');
  }
}

/** The states whose transitions make up a round. */
function roundFrom(stop: Stop): ReadonlySet<StateNode> {
  const seen = new Set<Stop>();
  const sources = new Set<StateNode>();
  const open = [stop];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    for (const { to, branch } of at.ways) {
      for (const { source } of branch?.transitions ?? []) sources.add(source);
      open.push(to);
    }
  }
  return sources;
}
