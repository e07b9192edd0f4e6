// Who makes machines of a thousand states, each from what its users write: `open()` answers a function that builds the config
// anew and makes the machine.
import { jssmSource, namedTransitions } from '../transition/contenders.mjs';
import { RING, WORKLOADS } from '../transition/workloads.mjs';

const { config } = WORKLOADS.ring;

export const MAKERS = {
  detent: {
    title: 'Detent createMachine',
    async open() {
      const { createMachine } = await import('../../dist/index.js');
      return () => createMachine(config());
    },
  },
  'detent-around': {
    title: 'Detent createMachine, and every transition once',
    async open() {
      const { createMachine, initialTransition, transition } = await import('../../dist/index.js');
      return () => {
        const machine = createMachine(config());
        let [snapshot] = initialTransition(machine);
        for (let i = 0; i < RING; i++) [snapshot] = transition(machine, snapshot, { type: 'NEXT' });
      };
    },
  },
  xstate5: {
    title: 'XState 5.33.3 createMachine',
    async open() {
      const { createMachine } = await import('xstate');
      return () => createMachine(config());
    },
  },
  xstate6: {
    title: 'XState 6.0.0-alpha.52 createMachine',
    package: 'xstate6',
    async open() {
      const { createMachine } = await import('xstate6');
      return () => createMachine(config());
    },
  },
  robot3: {
    title: 'robot3 1.4.0 createMachine',
    package: 'robot3',
    async open() {
      const { createMachine, state, transition } = await import('robot3');
      return () => {
        const states = Object.entries(config().states).map(([name, { on }]) => {
          const transitions = Object.entries(on).map(([event, target]) => transition(event, target));
          return [name, state(...transitions)];
        });
        createMachine('s0', Object.fromEntries(states));
      };
    },
  },
  jssm: {
    title: 'jssm 5.164.0 from',
    package: 'jssm',
    async open() {
      const { from } = await import('jssm');
      return () => from(jssmSource(config()));
    },
  },
  jsm: {
    title: 'javascript-state-machine 3.1.0 new',
    package: 'javascript-state-machine',
    async open() {
      const { default: StateMachine } = await import('javascript-state-machine');
      return () => new StateMachine({ init: 's0', transitions: namedTransitions(config().states) });
    },
  },
};
