import { describe, expect, it } from 'vitest';
import { createMachine, initialTransition, type MachineSnapshot, transition } from '../../src/index.js';
import { Hand } from './hand.js';

const player = createMachine({
  id: 'player',
  type: 'parallel',
  states: {
    sound: { initial: 'on', states: { on: { on: { MUTE: 'off' } }, off: { on: { MUTE: 'on' } } } },
    track: {
      initial: 'stopped',
      states: {
        stopped: { on: { PLAY: 'playing' } },
        playing: {
          initial: 'first',
          states: { first: { on: { NEXT: 'second' } }, second: { type: 'final' } },
          onDone: 'stopped',
        },
      },
    },
  },
  on: { RESET: { target: ['.sound.off', '.track.playing.first'] } },
});

function played(...events: string[]): MachineSnapshot {
  let [snapshot] = initialTransition(player);
  for (const type of events) [snapshot] = transition(player, snapshot, { type });
  return snapshot;
}

describe('a parallel state', () => {
  it('is in all of its regions, and its value names each', () => {
    expect(played().value).toEqual({ sound: 'on', track: 'stopped' });
    expect(played('PLAY').value).toEqual({ sound: 'on', track: { playing: 'first' } });
  });

  it('matches part of its value, whichever region that is in', () => {
    expect(played('PLAY').matches('track.playing')).toBe(true);
    expect(played('PLAY').matches({ sound: 'on', track: 'playing' })).toBe(true);
    expect(played('PLAY').matches({ sound: 'off', track: 'playing' })).toBe(false);
  });

  it('lets a region move while the others stay, and goes on with what is done in one', () => {
    expect(played('MUTE').value).toEqual({ sound: 'off', track: 'stopped' });
    expect(played('PLAY', 'MUTE', 'NEXT').value).toEqual({ sound: 'off', track: 'stopped' });
  });

  it('is entered in several places at once, and in the rest by default', () => {
    expect(played('RESET').value).toEqual({ sound: 'off', track: { playing: 'first' } });
  });

  it('takes an event in every region that has a transition for it', () => {
    const both = createMachine({
      type: 'parallel',
      states: {
        a: { initial: 'x', states: { x: { on: { GO: 'y' } }, y: {} } },
        b: { initial: 'x', states: { x: { on: { GO: 'y' } }, y: {} } },
      },
    });
    const [start] = initialTransition(both);
    expect(transition(both, start, { type: 'GO' })[0].value).toEqual({ a: 'y', b: 'y' });
  });

  it('asks the guard of each region once, and moves those that allow it', () => {
    const asked: string[] = [];
    const region = (name: string, allow: boolean) => ({
      initial: 'x',
      states: { x: { on: { GO: { target: 'y', guard: () => asked.push(name) > 0 && allow } } }, y: {} },
    });
    const machine = createMachine({
      type: 'parallel',
      states: { a: region('a', true), b: region('b', false), c: region('c', true) },
    });
    const [start] = initialTransition(machine);
    expect(transition(machine, start, { type: 'GO' })[0].value).toEqual({ a: 'y', b: 'x', c: 'y' });
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('gives way to an inner transition, and to the first region, where two would leave the same states', () => {
    const machine = createMachine({
      initial: 'p',
      states: {
        p: {
          type: 'parallel',
          on: { INNER: '#outside' },
          states: {
            a: { initial: 'x', states: { x: { on: { INNER: 'y', FIRST: '#outside' } }, y: {} } },
            b: { initial: 'x', states: { x: { on: { FIRST: 'y' } }, y: {} } },
          },
        },
        out: { id: 'outside' },
      },
    });
    const [start] = initialTransition(machine);
    expect(transition(machine, start, { type: 'INNER' })[0].value).toEqual({ p: { a: 'y', b: 'x' } });
    expect(transition(machine, start, { type: 'FIRST' })[0].value).toBe('out');
  });

  it('is done when all of its regions are, in whatever order', () => {
    const machine = createMachine({
      initial: 'p',
      states: {
        p: {
          type: 'parallel',
          onDone: 'over',
          states: {
            a: { initial: 'x', states: { x: { on: { A: 'y' } }, y: { type: 'final' } } },
            b: { initial: 'x', states: { x: { on: { B: 'y' } }, y: { type: 'final' } } },
          },
        },
        over: { type: 'final' },
      },
    });
    for (const order of [
      ['A', 'B'],
      ['B', 'A'],
    ]) {
      let [snapshot] = initialTransition(machine);
      for (const [n, type] of order.entries()) {
        [snapshot] = transition(machine, snapshot, { type });
        expect(snapshot.status).toBe(n === 0 ? 'active' : 'done');
      }
      expect(snapshot.value).toBe('over');
    }
  });

  it('ends the machine where it is the machine', () => {
    const machine = createMachine({
      type: 'parallel',
      output: 'all done',
      states: {
        a: { initial: 'x', states: { x: { on: { A: 'y' } }, y: { type: 'final' } } },
        b: { initial: 'x', states: { x: { on: { A: 'y' } }, y: { type: 'final' } } },
      },
    });
    const [snapshot] = transition(machine, initialTransition(machine)[0], { type: 'A' });
    expect(snapshot).toMatchObject({ status: 'done', output: 'all done', value: { a: 'y', b: 'y' } });
  });

  it('survives being written down, in part or in full', () => {
    const snapshot = played('PLAY');
    expect(player.resolveState(JSON.parse(JSON.stringify(snapshot))).value).toEqual(snapshot.value);
    const partly = player.resolveState({ value: { track: 'playing' }, context: {} });
    expect(partly.value).toEqual({ sound: 'on', track: { playing: 'first' } });
    expect(() => player.resolveState({ value: { track: 'playing', light: 'on' }, context: {} })).toThrow(
      /no state/,
    );
  });

  it('tells of each transition that was taken, in a durable instance', () => {
    const hand = new Hand(player.source);
    hand.start();
    const { history } = hand.step({ type: 'signal', name: 'RESET' });
    expect(history).toEqual([
      { type: 'TransitionTaken', data: { event: 'RESET', from: '', to: 'sound.off, track.playing.first' } },
    ]);
  });
});

const editor = createMachine({
  id: 'editor',
  initial: 'text',
  states: {
    text: {
      initial: 'typing',
      states: {
        typing: { on: { FORMAT: 'format' } },
        format: { initial: 'bold', states: { bold: { on: { SWAP: 'italic' } }, italic: {} } },
        last: { type: 'history' },
        exactly: { type: 'history', history: 'deep' },
        either: { type: 'history', target: 'format' },
      },
      on: { HELP: 'help' },
    },
    help: { on: { BACK: 'text.last', EXACTLY: 'text.exactly', EITHER: 'text.either' } },
  },
});

function edited(...events: string[]): MachineSnapshot {
  let [snapshot] = initialTransition(editor);
  for (const type of events) [snapshot] = transition(editor, snapshot, { type });
  return snapshot;
}

describe('a history state', () => {
  it('leads back to where its parent was left: shallow to the child, deep to the innermost state', () => {
    expect(edited('FORMAT', 'SWAP', 'HELP', 'BACK').value).toEqual({ text: { format: 'bold' } });
    expect(edited('FORMAT', 'SWAP', 'HELP', 'EXACTLY').value).toEqual({ text: { format: 'italic' } });
  });

  it('leads to its default, or else to its parent’s initial state, while nothing is remembered', () => {
    const begun = (target: string) => {
      const { source } = editor;
      const machine = createMachine({ ...(source as object), initial: 'help' } as never);
      return transition(machine, initialTransition(machine)[0], { type: target })[0].value;
    };
    expect(begun('BACK')).toEqual({ text: 'typing' });
    expect(begun('EITHER')).toEqual({ text: { format: 'bold' } });
  });

  it('remembers through a snapshot that was written down, and through a durable instance’s state', () => {
    const away = edited('FORMAT', 'SWAP', 'HELP');
    const back = editor.resolveState(JSON.parse(JSON.stringify(away)));
    expect(transition(editor, back, { type: 'EXACTLY' })[0].value).toEqual({ text: { format: 'italic' } });
    const hand = new Hand(editor.source);
    hand.start();
    for (const name of ['FORMAT', 'SWAP', 'HELP']) hand.signal(name);
    expect(hand.standing.state).toMatchObject({
      history: { 'text.last': ['text.format'], 'text.exactly': ['text.format.italic'] },
    });
    expect(hand.signal('EXACTLY').state).toMatchObject({ value: { text: { format: 'italic' } } });
  });

  it('refuses a snapshot whose history names states that are not there, or not its own', () => {
    const kept = { value: 'help', context: {} };
    for (const history of [{ 'text.last': ['nowhere'] }, { help: ['text'] }, { 'text.last': ['help'] }]) {
      expect(() => editor.resolveState({ ...kept, history })).toThrow(/no state/);
    }
  });

  it('remembers each region of a parallel state', () => {
    const machine = createMachine({
      initial: 'p',
      states: {
        p: {
          type: 'parallel',
          states: {
            a: { initial: 'x', states: { x: { on: { A: 'y' } }, y: {} } },
            b: { initial: 'x', states: { x: { on: { B: 'y' } }, y: {} } },
            back: { type: 'history', history: 'deep' },
          },
          on: { OUT: 'out' },
        },
        out: { on: { IN: 'p.back' } },
      },
    });
    let [snapshot] = initialTransition(machine);
    for (const type of ['B', 'OUT', 'IN']) [snapshot] = transition(machine, snapshot, { type });
    expect(snapshot.value).toEqual({ p: { a: 'x', b: 'y' } });
  });
});
