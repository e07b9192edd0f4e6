import { parseDuration } from '../../../core/duration.js';
import { isJsonObject, type Json, type JsonObject, own } from '../../../core/json.js';
import { RELATIVE } from '../../../statechart/machine-effect.js';
import type { StateNode } from '../../../statechart/node.js';
import type { ChartAction, ChartEvent, ChartGuard } from '../../../statechart/schema/chart.js';
import { join } from '../writing.js';
import type { Translation } from './translation.js';

/** Where actions stand. */
export interface Place {
  readonly node: StateNode;
  /** Whether states are left and entered around them: then XState and W3C differ in which are active meanwhile. */
  readonly moves: boolean;
}

/** Actions as W3C's dialect has them. */
export function actionsOf(at: Translation, actions: readonly ChartAction[], place: Place): Json[] {
  return actions.map((action) => actionOf(at, action, place));
}

function actionOf(at: Translation, action: ChartAction, place: Place): Json {
  const written = at.raw(action.path) ?? null;
  const inside = isJsonObject(written) && action.kind !== 'assign' ? own(written, action.kind) : undefined;
  switch (action.kind) {
    case 'assign':
      return { assign: written };
    case 'raise':
    case 'send':
    case 'emit':
      return { [action.kind]: eventOf(at, action.event, inside ?? null, join(action.path, action.kind)) };
    case 'log': {
      const isWhole = inside !== undefined && isJsonObject(inside);
      return { log: isWhole || inside === undefined ? (inside ?? {}) : { value: inside } };
    }
    case 'choose':
      return {
        choose: action.branches.map(({ guard, actions }) => ({
          ...(guard === undefined ? {} : { guard: guardOf(at, guard, place) }),
          actions: actionsOf(at, actions, place),
        })),
      };
    default:
      return written;
  }
}

/** An event that is raised, sent or emitted. */
function eventOf(at: Translation, event: ChartEvent, written: Json, path: string): JsonObject {
  if (!isJsonObject(written)) return { type: written };
  const { event: _, delay, to, ...rest } = written;
  const named = 'whole' in event ? wholeEvent(at, own(written, 'event') ?? null, join(path, 'event')) : rest;
  return {
    ...named,
    ...('whole' in event && rest['id'] !== undefined ? { id: rest['id'] } : {}),
    ...(to === undefined ? {} : { to: addressOf(at, to) }),
    ...(delay === undefined ? {} : { delay: pauseOf(delay) }),
  };
}

/** `{ type, … }`: what stands beside the type is what expressions see as the data. */
function wholeEvent(at: Translation, event: Json, path: string): JsonObject {
  const type = isJsonObject(event) ? own(event, 'type') : undefined;
  if (!isJsonObject(event) || typeof type !== 'string' || /^\s*\{%/.test(type)) {
    at.refuse(path, 'SCXML needs the name of an event beside its data');
    return { type: '' };
  }
  const { type: _, ...data } = event;
  if (Object.hasOwn(data, 'data')) return { type, data: data['data'] ?? null };
  return Object.keys(data).length === 0 ? { type } : { type, data };
}

/** What was invoked has another name in the document. */
function addressOf(at: Translation, to: Json): Json {
  if (typeof to !== 'string' || !to.startsWith(RELATIVE)) return to;
  const name = at.names.invoke(to.slice(RELATIVE.length));
  return name === undefined ? to : RELATIVE + name;
}

/** A duration as CSS has it; or the expression that gives one. */
export function pauseOf(delay: Json): Json {
  const duration = parseDuration(delay);
  return 'value' in duration ? `${duration.value}ms` : delay;
}

/** A guard, its states by their ids. */
export function guardOf(at: Translation, guard: ChartGuard, place: Place): Json {
  switch (guard.kind) {
    case 'and':
    case 'or':
      return { [guard.kind]: guard.guards.map((inner) => guardOf(at, inner, place)) };
    case 'not':
      return { not: guardOf(at, guard.guard, place) };
    case 'in': {
      const state = at.linked.find(guard.target);
      if (place.moves) {
        const hint = 'ask for it in the guard of a transition';
        at.refuse(
          guard.path,
          'in SCXML a state is active as soon as it is entered, here only afterwards',
          hint,
        );
      }
      return { in: `#${state === undefined ? '' : at.names.state(state)}` };
    }
    case 'named': {
      const written = at.raw(guard.path);
      return typeof written === 'string' ? { type: written } : (written ?? null);
    }
    default:
      return guard.text;
  }
}

/** All of these, of which those that are absent ask nothing. */
export function allOf(guards: readonly (Json | undefined)[]): Json | undefined {
  const asked = guards.filter((guard) => guard !== undefined);
  return asked.length < 2 ? asked[0] : { and: asked };
}
