export type { Problem } from './core/problem.js';
export { Refused } from './core/problem.js';
export { Actor, type ActorOptions, createActor } from './embed/actor/actor.js';
export type { ActorHandler } from './embed/actor/actor-task.js';
export type { Observer, Subscription } from './embed/actor/audience.js';
export type { PersistedSnapshot } from './embed/actor/persisted-snapshot.js';
export { fromPromise, type TaskLogic } from './statechart/actor-logic.js';
export {
  and,
  assign,
  cancel,
  emit,
  log,
  not,
  or,
  raise,
  sendParent,
  sendTo,
  stateIn,
} from './statechart/builders.js';
export type {
  ActionConfig,
  ActionFunction,
  AnyEvent,
  AssignConfig,
  Assignment,
  BuiltAction,
  BuiltGuard,
  Data,
  EventObject,
  GuardConfig,
  GuardFunction,
  InvokeConfig,
  MachineConfig,
  MachineImplementations,
  ScopeOf,
  StateConfig,
  TransitionConfig,
} from './statechart/config.js';
export type { StateValue } from './statechart/configuration.js';
export { createMachine, type Machine } from './statechart/machine.js';
export type { MachineEffect } from './statechart/machine-effect.js';
export { type Setup, setup } from './statechart/setup.js';
export type { MachineSnapshot, SnapshotStatus } from './statechart/snapshot.js';
export { initialTransition, type OwnEvent, type Transitioned, transition } from './statechart/transition.js';
export { type EventsOf, type Type, type } from './statechart/typed/event-type.js';
export type { Face } from './statechart/typed/face.js';
export { machineFrom } from './statechart/xstate/machine-from.js';
