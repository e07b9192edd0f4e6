import type { MachineEffect } from '../../src/index.js';

/** An effect in words that both libraries share. */
export function hereEffect(effect: MachineEffect): string {
  switch (effect.type) {
    case 'task':
      return effect.ask ? `invoke ${effect.key}` : effect.name;
    case 'timer':
      return `timer ${effect.key} ${effect.delayMs}`;
    case 'cancel':
      return `cancel ${effect.key}`;
    case 'send':
      return `send ${effect.name}`;
    default:
      return effect.type;
  }
}

export interface XAction {
  readonly type: string;
  readonly params: unknown;
}

/** The same of XState's; none of what it does in the step itself. */
export function xstateEffect({ type, params }: XAction): string[] {
  const given = (params ?? {}) as { id?: string; delay?: number };
  switch (type) {
    case 'xstate.raise':
      return given.delay === undefined ? [] : [`timer ${given.id} ${given.delay}`];
    case 'xstate.cancel':
      return [`cancel ${String((params as { sendId?: string }).sendId)}`];
    case 'xstate.spawnChild':
      return [`invoke ${given.id}`];
    case 'xstate.stopChild':
      return given.id === undefined ? [] : [`cancel ${given.id}`];
    default:
      return type.startsWith('xstate.') ? [] : [type];
  }
}
