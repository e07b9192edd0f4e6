import { valueAt } from '../../core/pointer.js';
import { didYouMean } from '../../core/problem.js';
import { DIALECTS } from '../../statechart/dialect.js';
import { invokeId } from '../../statechart/link.js';
import { PARENT, RELATIVE, SELF } from '../../statechart/machine-effect.js';
import type { StateNode } from '../../statechart/node.js';
import type { ChartInvoke, ChartSend } from '../../statechart/schema/chart.js';
import type { Neighbour, Neighbours } from '../neighbours.js';
import { nameOf } from '../raised.js';
import type { Survey } from '../survey.js';
import { writtenPayload, writtenProblems } from '../written-payload.js';
import { actionsOf } from './events.js';

/** What a machine invokes, sends and sends on, to machines that are looked at beside it. */
export function warnOfMessages(survey: Survey, machine: string, neighbours: Neighbours): void {
  // Only W3C's sessions know each other by other names.
  if (survey.program.space.dialect === DIALECTS.scxml) return;
  new Messages(survey, machine, neighbours).look();
}

class Messages {
  readonly #survey: Survey;
  readonly #machine: string;
  readonly #neighbours: Neighbours;
  /** What is invoked under an id: several states may use the same. */
  readonly #invoked = new Map<string, ChartInvoke[]>();

  constructor(survey: Survey, machine: string, neighbours: Neighbours) {
    this.#survey = survey;
    this.#machine = machine;
    this.#neighbours = neighbours;
    const { nodes, space } = survey.program;
    for (const node of nodes) {
      for (const [n, invoke] of node.chart.invoke.entries()) {
        const id = invokeId(node, invoke, n, space.dialect);
        this.#invoked.set(id, [...(this.#invoked.get(id) ?? []), invoke]);
      }
    }
  }

  look(): void {
    for (const node of this.#survey.program.nodes) {
      if (!this.#survey.reachable.has(node)) continue;
      for (const invoke of node.chart.invoke) this.#invocation(node, invoke);
      for (const action of actionsOf(node)) if (action.kind === 'send') this.#send(node, action);
    }
  }

  #invocation(node: StateNode, invoke: ChartInvoke): void {
    if (invoke.kind !== 'machine' || invoke.machine !== undefined) return;
    const { src, path } = invoke;
    const child = this.#neighbours.of(src);
    if (child === undefined) {
      const { hint = 'check its file too; what was published before is not seen here' } = didYouMean(
        src,
        this.#neighbours.names,
      );
      const message = `no machine "${src}" is among what is checked`;
      this.#warn(node, 'unknown-machine', `${path}/machine`, message, hint);
      return;
    }
    for (const descriptor of invoke.forward) {
      if (child.takesAny(descriptor)) continue;
      const message = `"${descriptor}" is sent on to "${src}", which takes no such event`;
      this.#warn(node, 'unhandled-forward', `${path}/forward`, message);
    }
    const schema = child.inputSchema();
    const input = valueAt(this.#survey.source, `${path}/input`) ?? null;
    const [wrong] = schema === undefined ? [] : writtenProblems(input, schema, 'the input');
    if (wrong === undefined) return;
    const message = `"${src}" cannot start so: ${wrong.message}`;
    this.#warn(node, 'wrong-payload', `${path}/input`, message);
  }

  #send(node: StateNode, action: ChartSend): void {
    const to = action.to?.kind === 'constant' ? action.to.value : undefined;
    const name = nameOf(action.event);
    if (typeof to !== 'string' || !to.startsWith(RELATIVE) || to === SELF || name === undefined) return;
    const receivers =
      to === PARENT ? this.#neighbours.parentsOf(this.#machine) : this.#named(node, action, to);
    if (receivers === undefined || receivers.length === 0) return;
    const payload = writtenPayload(this.#survey.source, action);
    if (!receivers.some((receiver) => receiver.takes(name))) {
      const events = receivers.flatMap((receiver) => receiver.events);
      const names = receivers.map((receiver) => `"${receiver.name}"`).join(', ');
      const message = `the event "${name}" is sent to ${names}, and no transition there takes it`;
      this.#warn(node, 'unhandled-event', action.path, message, didYouMean(name, events).hint);
      return;
    }
    for (const receiver of receivers) {
      const schema = receiver.takes(name) ? receiver.eventSchema(name) : undefined;
      if (schema === undefined || schema === null || payload === undefined) continue;
      const [wrong] = writtenProblems(payload.value, schema, 'what is sent');
      if (wrong === undefined) continue;
      const message = `"${receiver.name}" refuses the event "${name}" as it is written: ${wrong.message}`;
      this.#warn(node, 'wrong-payload', payload.path, message);
    }
  }

  /** Who is invoked under an id; undefined where that is not known, or was said to be nobody. */
  #named(node: StateNode, { path }: ChartSend, to: string): readonly Neighbour[] | undefined {
    const id = to.slice(RELATIVE.length);
    const invoked = this.#invoked.get(id);
    if (invoked === undefined) {
      const message = `nothing is invoked here under the id "${id}"`;
      const { hint } = didYouMean(id, this.#invoked.keys());
      this.#warn(node, 'unknown-receiver', `${path}/send/to`, message, hint);
      return undefined;
    }
    if (invoked.every(({ kind }) => kind === 'task')) {
      const message = `"${id}" is a task, and takes no events`;
      this.#warn(node, 'unknown-receiver', `${path}/send/to`, message);
      return undefined;
    }
    const receivers = invoked.map(({ src, machine }) =>
      machine === undefined ? this.#neighbours.of(src) : undefined,
    );
    const known = receivers.filter((receiver) => receiver !== undefined);
    return known.length < receivers.length ? undefined : [...new Set(known)];
  }

  #warn(node: StateNode, code: string, path: string, message: string, hint?: string): void {
    this.#survey.warn(code, path, `${message}${this.#survey.wayTo(node)}`, hint);
  }
}
