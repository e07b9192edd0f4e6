import { describe, expect, it } from 'vitest';
import { asl } from '../../src/asl/language.js';
import { MAX_BEGUN_PER_STEP, MAX_HISTORY_EVENTS } from '../../src/asl/limits.js';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';

/** An execution worked in event by event. */
class Driven {
  readonly types: string[] = [];
  standing: Standing = UNBORN;
  readonly #program;
  #revision = 0;

  constructor(states: JsonObject, input: Json = {}, more: JsonObject = {}, part?: string) {
    const [StartAt = ''] = Object.keys(states);
    this.#program = asl.compile({ StartAt, States: states, ...more });
    this.take({ type: 'start', machine: 'm', input, ...(part === undefined ? {} : { part }) });
  }

  take(body: EventBody): Step {
    const revision = ++this.#revision;
    const stamp = {
      id: `e${revision}`,
      instance: 'run',
      revision,
      at: revision * 1_000,
      seed: `s${revision}`,
    };
    const step = fold(asl, this.#program, this.standing, { ...stamp, ...body } as Event);
    this.types.push(
      ...step.history.map(({ type, data }) => `${data['id']}<${data['previousEventId']} ${type}`),
    );
    this.standing = { status: step.status, state: JSON.parse(JSON.stringify(step.state)) as Json };
    return step;
  }

  fail(effect: string, error = 'Broken'): Step {
    return this.take({ type: 'task.failed', effect, error, cause: '' });
  }

  succeed(effect: string, output: Json = {}): Step {
    return this.take({ type: 'task.succeeded', effect, output });
  }

  redrive(): Step {
    return this.take({ type: 'redrive', inputs: {} });
  }

  get output(): Json {
    return asl.view(this.standing.state).output;
  }
}

const Work = { Type: 'Task', Resource: 'work', End: true };

function branch(name: string): JsonObject {
  return { StartAt: name, States: { [name]: Work } };
}

describe('a redrive', () => {
  it('does the work of the failed state again, with what that was given, and says so', () => {
    const First = { Type: 'Pass', Result: { n: 1 }, Next: 'T' };
    const run = new Driven({ First, T: Work });
    run.fail('1.0');
    expect(run.standing.status).toBe('failed');
    const step = run.redrive();
    expect(step.status).toBe('running');
    expect(step.effects).toMatchObject([{ type: 'task', id: '3.0', name: 'work', input: { n: 1 } }]);
    expect(step.history).toMatchObject([
      {
        type: 'ExecutionRedriven',
        data: { id: 8, previousEventId: 7, executionRedrivenEventDetails: { redriveCount: 1 } },
      },
      { type: 'LambdaFunctionScheduled', data: { id: 9, previousEventId: 8 } },
    ]);
    run.succeed('3.0', 'done');
    expect([run.standing.status, run.output]).toEqual(['succeeded', 'done']);
  });

  it('counts retries anew', () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 1 }];
    const run = new Driven({ T: { ...Work, Retry } });
    run.fail('1.0');
    run.take({ type: 'timer.fired', effect: '2.0' });
    expect(run.fail('3.0').status).toBe('failed');
    run.redrive();
    expect(run.fail('5.0').effects).toMatchObject([{ type: 'timer' }]);
  });

  it('is told of by the context object', () => {
    const Parameters = { 'n.$': '$$.Execution.RedriveCount' };
    const run = new Driven({ T: { ...Work, Parameters } });
    for (const effect of ['1.0', '3.0']) {
      run.fail(effect);
      run.redrive();
    }
    expect(run.fail('5.0').status).toBe('failed');
    expect(run.redrive().effects).toMatchObject([{ input: { n: 3 } }]);
  });

  it('keeps the branches that have ended and goes on with those that failed or were stopped', () => {
    const run = new Driven({ P: { Type: 'Parallel', Branches: ['A', 'B', 'C'].map(branch), End: true } });
    run.succeed('1.0', 'a');
    const failed = run.fail('1.1');
    expect(failed.effects).toMatchObject([{ type: 'cancel', target: '1.2' }]);
    const redriven = run.redrive();
    expect(redriven.effects).toMatchObject([
      { type: 'task', id: '4.0' },
      { type: 'task', id: '4.1' },
    ]);
    run.succeed('4.0', 'b');
    run.succeed('4.1', 'c');
    expect(run.output).toEqual(['a', 'b', 'c']);
  });

  it('keeps the items that have ended and begins those that had not begun', () => {
    const ItemProcessor = branch('T');
    const run = new Driven({ M: { Type: 'Map', ItemProcessor, MaxConcurrency: 1, End: true } }, [1, 2, 3]);
    run.succeed('1.0', 'a');
    run.fail('2.0');
    expect(run.redrive().effects).toMatchObject([{ type: 'task', id: '4.0', input: 2 }]);
    expect(run.succeed('4.0', 'b').effects).toMatchObject([{ type: 'task', id: '5.0', input: 3 }]);
    run.succeed('5.0', 'c');
    expect(run.output).toEqual(['a', 'b', 'c']);
  });

  it('begins the timeout of the machine anew', () => {
    const run = new Driven({ T: Work }, {}, { TimeoutSeconds: 60 });
    run.fail('1.1');
    expect(run.redrive().effects).toMatchObject([{ type: 'timer', dueAt: 63_000 }, { type: 'task' }]);
  });

  it('goes on where an execution was stopped, or had no time left', () => {
    const stopped = new Driven({ First: { Type: 'Pass', Next: 'T' }, T: Work });
    stopped.take({ type: 'stop', cause: 'enough' });
    expect(stopped.standing.status).toBe('stopped');
    expect(stopped.redrive().effects).toMatchObject([{ type: 'task', name: 'work' }]);
    stopped.succeed('3.0', 'done');
    expect([stopped.standing.status, stopped.output]).toEqual(['succeeded', 'done']);
    const late = new Driven({ T: Work }, {}, { TimeoutSeconds: 60 });
    late.take({ type: 'timer.fired', effect: '1.0' });
    expect(late.standing.status).toBe('timed_out');
    expect(late.redrive()).toMatchObject({ status: 'running', outcome: { kind: 'applied' } });
  });

  it('asks anew for what was waited for from outside', () => {
    const Resource = 'ask.waitForTaskToken';
    const token = new Driven({ T: { ...Work, Resource, Parameters: { 't.$': '$$.Task.Token' } } });
    token.succeed('1.1');
    token.take({ type: 'stop' });
    expect(token.redrive().effects).toMatchObject([
      { type: 'timer', id: '4.0' },
      { type: 'task', id: '4.1' },
    ]);
    const message = new Driven({
      M: { Type: 'Message', CorrelationKey: 'k', CorrelationValue: 1, End: true },
    });
    message.take({ type: 'timer.fired', effect: '1.0' });
    expect(message.redrive().effects).toMatchObject([{ type: 'timer', subject: 'k=1' }]);
  });

  it('is told of by what an execution shows', () => {
    const shown = (run: Driven) => asl.view(run.standing.state).redrive;
    const run = new Driven({ T: Work });
    expect(shown(run)).toBeUndefined();
    run.fail('1.0');
    expect(shown(run)).toEqual({ count: 0 });
    run.redrive();
    const count = { count: 1, at: 3_000 };
    expect(shown(run)).toEqual({ ...count, refusal: 'Execution is RUNNING and cannot be redriven' });
    run.succeed('3.0');
    expect(shown(run)).toEqual({ ...count, refusal: 'Execution is SUCCEEDED and cannot be redriven' });
  });

  it('is not possible of one that was stopped before it was kept where it was', () => {
    const run = new Driven({ T: Work });
    run.take({ type: 'stop' });
    const { failed: _, ...state } = run.standing.state as JsonObject;
    run.standing = { status: 'stopped', state };
    expect(asl.view(state).redrive).toEqual({ count: 0, refusal: 'nobody knows where it was' });
    expect(run.redrive().outcome).toMatchObject({ kind: 'ignored', reason: 'nobody knows where it was' });
    expect(run.standing.status).toBe('stopped');
  });

  it('is not possible of the execution of an item: that is redriven with its Map', () => {
    const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
    const ItemProcessor = { ProcessorConfig, ...branch('W') };
    const item = new Driven({ M: { Type: 'Map', ItemProcessor, End: true } }, 1, {}, 'M');
    item.fail('1.0');
    const reason = 'it is redriven with the execution that its Map is in';
    expect(asl.view(item.standing.state).redrive).toEqual({ count: 0, refusal: reason });
    expect(item.redrive().outcome).toMatchObject({ kind: 'ignored', reason });
    expect(item.standing.status).toBe('failed');
  });

  it('leaves what did not fail alone', () => {
    const run = new Driven({ T: Work });
    expect(run.redrive().outcome).toMatchObject({ kind: 'ignored', reason: 'it has not failed' });
    run.succeed('1.0');
    expect(run.redrive().outcome.kind).toBe('ignored');
  });

  it('is not possible where the history is full, or nothing ever began', () => {
    const items = Array.from({ length: MAX_HISTORY_EVENTS }, (_, i) => i % 10);
    const ItemProcessor = { StartAt: 'I', States: { I: { Type: 'Pass', End: true } } };
    const run = new Driven({ M: { Type: 'Map', ItemProcessor, End: true } }, items);
    while (run.standing.status === 'running') run.take({ type: 'continue' });
    expect(run.standing.status).toBe('failed');
    expect(run.redrive().outcome).toMatchObject({ kind: 'ignored', reason: 'its history is full' });
    expect(run.standing.status).toBe('failed');
    expect(asl.view(run.standing.state).redrive?.refusal).toBe('Execution history event limit exceeded');
    const refused = new Driven({ T: Work }, 'x'.repeat(300_000));
    expect(refused.standing.status).toBe('failed');
    expect(refused.redrive().outcome).toMatchObject({ kind: 'ignored', reason: 'it never began' });
  });

  it('comes to each distributed Map, also where the first has more to begin than one event may', () => {
    const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
    const mapOf = (name: string): JsonObject => {
      const ItemProcessor = { ProcessorConfig, ...branch(`${name}Work`) };
      return { StartAt: name, States: { [name]: { Type: 'Map', ItemProcessor, End: true } } };
    };
    const Branches = [mapOf('A'), mapOf('B')];
    const items = Array.from({ length: MAX_BEGUN_PER_STEP + 1 }, (_, index) => index);
    const run = new Driven({ Both: { Type: 'Parallel', Branches, End: true } }, items);
    const goOn = (step: Step): number => {
      const begun = step.effects.filter(({ type }) => type === 'spawn').length;
      return step.unfinished === true ? begun + goOn(run.take({ type: 'continue' })) : begun;
    };
    goOn(run.take({ type: 'continue' }));
    run.take({ type: 'stop', error: '', cause: '' });
    run.types.length = 0;
    expect(goOn(run.redrive())).toBe(2 * items.length);
    expect(run.types.filter((type) => type.endsWith('MapRunRedriven'))).toHaveLength(2);
    expect(run.standing.status).toBe('running');
  });
});
