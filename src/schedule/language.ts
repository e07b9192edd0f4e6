import type { Graph, GraphEdge, GraphNode } from '../core/graph.js';
import { isJsonObject, type Json } from '../core/json.js';
import type { Language, Program } from '../core/language.js';
import { type Problem, Refused } from '../core/problem.js';
import { SCHEDULE_LANGUAGE } from '../core/schedule-id.js';
import { checkSchedule } from './plan.js';
import { fromState, standOf, viewOf } from './state.js';
import { fail, step } from './step.js';

/**
 * Schedules: each is an instance of the one machine SCHEDULE_MACHINE, whose definition is an empty object, and
 * its start's input is a Specification. They take the events `pause`, `resume`, `trigger`, `skip` and `update`.
 *
 * @example
 * schedule.check({}); // => []
 */
export const schedule: Language = {
  name: SCHEDULE_LANGUAGE,
  check,
  compile(source): Program {
    const problems = check(source);
    if (problems.length > 0) throw new Refused(problems);
    return { language: SCHEDULE_LANGUAGE, tasks: [] };
  },
  checkInput: (_program, input) => checkSchedule(input),
  step: (_program, state, event) => step(state, event),
  fail: (_program, state, event, failure) => fail(state, event, failure),
  view: viewOf,
  active: (_program, state) => (state === null ? [] : [standOf(fromState(state))]),
  accepts: (_program, state) => acceptedBy(state),
  graph: () => GRAPH,
};

function check(source: Json): readonly Problem[] {
  if (isJsonObject(source) && Object.keys(source).length === 0) return [];
  const message = 'the definition of schedules is an empty object: what a schedule does is in its input';
  return [{ code: 'schedule-invalid', message, path: '' }];
}

function acceptedBy(stored: Json): readonly string[] {
  if (stored === null) return [];
  const state = fromState(stored);
  if (state.ended !== undefined) return [];
  const always = [state.paused ? 'resume' : 'pause', 'trigger', 'update'];
  return state.timer === undefined ? always : [...always, 'skip'];
}

const GRAPH: Graph = {
  nodes: [
    { id: '', name: 'schedule', type: 'compound', shape: 'group', notes: [] },
    state('active', 'state'),
    state('paused', 'state'),
    state('finished', 'final'),
  ],
  edges: [
    { from: '', to: 'active', label: '', kind: 'initial' },
    transition('active', 'paused', 'pause'),
    transition('paused', 'active', 'resume'),
    transition('active', 'active', 'time'),
    transition('active', 'active', 'skip'),
    transition('active', 'active', 'trigger'),
    transition('paused', 'paused', 'trigger'),
    transition('active', 'active', 'update'),
    transition('active', 'paused', 'update'),
    transition('paused', 'paused', 'update'),
    transition('paused', 'active', 'update'),
    transition('active', 'finished', 'no more times'),
    transition('active', 'finished', 'stop'),
    transition('paused', 'finished', 'stop'),
  ],
};

function state(id: string, shape: 'state' | 'final'): GraphNode {
  return { id, parent: '', name: id, type: shape === 'final' ? 'final' : 'atomic', shape, notes: [] };
}

function transition(from: string, to: string, label: string): GraphEdge {
  return { from, to, label, kind: from === to ? 'internal' : 'transition' };
}
