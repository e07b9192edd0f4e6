import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as XState from 'xstate';

/** A habit of XState's that this language does not have: where it stands in XState's text, and what the rule asks for. */
interface Habit {
  readonly why: string;
  readonly text: string;
  readonly by: string;
  /** A machine, and events, in which it shows. */
  readonly shows: {
    readonly config: (raise: (event: { readonly type: string }) => unknown) => object;
    readonly events: readonly string[];
  };
}

const init = { target: 'k', actions: ['init'] };

/**
 * All in which the two are known to differ on the machines of `random-chart.ts`. The oracle is XState with these lines, and no
 * others, as the rule has them.
 */
export const HABITS: readonly Habit[] = [
  {
    why: 'Regions are asked for transitions without an event in the order in which they were entered last; SCXML D (selectEventlessTransitions) asks in document order.',
    text: 'const atomicStates = nextState._nodes.filter(isAtomicStateNode);',
    by: 'const atomicStates = nextState._nodes.filter(isAtomicStateNode).sort((a, b) => a.order - b.order);',
    shows: {
      config: () => ({
        type: 'parallel',
        on: { T: { actions: 't' } },
        states: {
          a: {
            initial: 'x',
            states: {
              x: { on: { GO: 'y' } },
              y: { always: { guard: 'isT', target: 'z', actions: 'a' } },
              z: {},
            },
          },
          b: { initial: 'x', states: { x: { always: { guard: 'isT', target: 'z', actions: 'b' } }, z: {} } },
        },
      }),
      events: ['GO', 'T'],
    },
  },
  {
    why: 'A final state that is itself a region counts as reached before it is entered; SCXML D (isInFinalState) looks whether it is active.',
    text: "return stateNode.type === 'final';",
    by: "return stateNode.type === 'final' && stateNodeSet.has(stateNode);",
    shows: {
      config: (raise) => ({
        initial: 'p',
        states: {
          p: {
            type: 'parallel',
            states: {
              a: { initial: 'x', states: { x: { type: 'final' } } },
              b: { type: 'final', entry: raise({ type: 'X' }) },
            },
            on: { X: { actions: 'x' } },
            onDone: 'end',
          },
          end: {},
        },
      }),
      events: [],
    },
  },
  {
    why: 'Actions of `initial` are left out of a region that is entered beside another; SCXML D (addDescendantStatesToEnter) does them wherever a state is entered by default.',
    text: `          statesToEnter.add(child);
          addDescendantStatesToEnter(child,`,
    by: `          statesToEnter.add(child); statesForDefaultEntry.add(child);
          addDescendantStatesToEnter(child,`,
    shows: {
      config: () => ({
        initial: 'o',
        states: {
          o: { on: { GO: '#y' } },
          p: {
            type: 'parallel',
            states: {
              a: { initial: 'x', states: { x: {}, y: { id: 'y' } } },
              b: { initial: init, states: { k: {} } },
            },
          },
        },
      }),
      events: ['GO'],
    },
  },
  {
    why: 'The same where a history state leads to a state that is remembered.',
    text: `        statesToEnter.add(s);
        addDescendantStatesToEnter(s,`,
    by: `        statesToEnter.add(s); statesForDefaultEntry.add(s);
        addDescendantStatesToEnter(s,`,
    shows: {
      config: () => ({
        initial: 'w',
        states: {
          w: {
            initial: 's',
            states: { s: { initial: init, states: { k: {} } }, h: { type: 'history' } },
            on: { OUT: 'o' },
          },
          o: { on: { BACK: 'w.h' } },
        },
      }),
      events: ['OUT', 'BACK'],
    },
  },
  {
    why: 'The same where nothing is remembered.',
    text: `        if (historyDefaultTransition === stateNode.parent?.initial) {`,
    by: `        statesForDefaultEntry.add(s);
        if (historyDefaultTransition === stateNode.parent?.initial) {`,
    shows: {
      config: () => ({
        initial: 'o',
        states: {
          o: { on: { IN: 'w.h' } },
          w: {
            initial: 'r',
            states: { r: {}, s: { initial: init, states: { k: {} } }, h: { type: 'history', target: 's' } },
          },
        },
      }),
      events: ['IN'],
    },
  },
  {
    why: 'What states of a machine that ends have invoked is ended last of all; SCXML D (exitInterpreter) does that state by state.',
    text: 'nextStateNodes.sort((a, b) => b.order - a.order).flatMap(state => state.exit)',
    by: 'nextStateNodes.sort((a, b) => b.order - a.order).flatMap(state => [...state.exit, ...state.invoke.map(def => stopChild(def.id))])',
    shows: {
      config: () => ({
        type: 'parallel',
        exit: 'bye',
        states: {
          a: {
            initial: 'x',
            exit: 'out',
            invoke: { src: 'task' },
            states: { x: { on: { END: 'y' } }, y: { type: 'final' } },
          },
        },
      }),
      events: ['END'],
    },
  },
  {
    why: 'A history state that stands for the source of its transition has that entered without being left (docs/statecharts.md, "Where it differs").',
    text: 'target => target === transition.source || isDescendant(target, transition.source)',
    by: 'target => target === transition.source && transition.target.includes(target) || isDescendant(target, transition.source)',
    shows: {
      config: () => ({
        initial: 'a',
        states: { a: { entry: 'in', exit: 'out', on: { X: 'h' } }, h: { type: 'history' } },
      }),
      events: ['X'],
    },
  },
  {
    why: 'A bare wildcard takes errors; here they are taken by their names alone (docs/statecharts.md, "Where it differs").',
    text: `  if (descriptor === WILDCARD) {
    return true;`,
    by: `  if (descriptor === WILDCARD) {
    return !eventType.startsWith('xstate.error.');`,
    shows: {
      config: () => ({
        id: 'm',
        initial: 'a',
        states: { a: { invoke: { src: 'task' }, on: { '*': { actions: 'any' } } } },
      }),
      events: ['xstate.error.actor.0.m.a'],
    },
  },
];

/** XState as it is installed, but for its habits. Each must stand in its text exactly once. */
export async function xstateByRule(habits: readonly Habit[] = HABITS): Promise<typeof XState> {
  const folder = mkdtempSync(join(tmpdir(), 'xstate-by-rule-'));
  try {
    const dist = join(dirname(createRequire(import.meta.url).resolve('xstate/package.json')), 'dist');
    for (const file of readdirSync(dist)) {
      if (file.endsWith('.esm.js') && !file.includes('development'))
        cpSync(join(dist, file), join(folder, file));
    }
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const { text, by } of habits) replaceOnce(folder, text, by);
    return (await import(
      /* @vite-ignore */ pathToFileURL(join(folder, 'xstate.esm.js')).href
    )) as typeof XState;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function replaceOnce(folder: string, text: string, by: string): void {
  const found = readdirSync(folder).filter((file) => readFileSync(join(folder, file), 'utf8').includes(text));
  const [file] = found;
  const parts = file === undefined ? [] : readFileSync(join(folder, file), 'utf8').split(text);
  if (file === undefined || found.length > 1 || parts.length !== 2) {
    throw new Error(`this does not stand in XState's text exactly once: ${text}`);
  }
  writeFileSync(join(folder, file), parts.join(by));
}
