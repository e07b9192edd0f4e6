import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, compile, Refused, simulate } from '../../src/embed/asl.js';

const workflow = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };

describe('check of a workflow', () => {
  it('takes an object, its JSON, and YAML', () => {
    expect(check(workflow)).toEqual([]);
    expect(check(JSON.stringify(workflow))).toEqual([]);
    expect(check('StartAt: A\nStates:\n  A: { Type: Pass, End: true }\n')).toEqual([]);
  });

  it('says in which line of a text a problem stands', () => {
    expect(check('StartAt: A\nStates:\n  A:\n    Type: Pas\n    End: true\n')).toMatchObject([
      { path: '/States/A/Type', line: 4, column: 11, hint: 'did you mean "Pass"?' },
    ]);
  });

  it('finds in an object what is no JSON', () => {
    expect(check({ ...workflow, TimeoutSeconds: Number.NaN })).toMatchObject([
      { code: 'not-json', path: '/TimeoutSeconds' },
    ]);
  });

  it('warns of what is right and cannot be meant, where nothing is wrong', () => {
    const loop = {
      StartAt: 'A',
      States: { A: { Type: 'Pass', OutputPath: '$.b', Result: { c: 1 }, End: true } },
    };
    expect(check(loop)).toMatchObject([
      { code: 'missing-path', severity: 'warning', path: '/States/A/OutputPath' },
    ]);
    expect(compile(loop).startAt).toBe('A');
    expect(check({ ...loop, Extra: 1 })).toMatchObject([{ path: '/Extra' }]);
  });

  it('finds a text that is no definition', () => {
    for (const text of ['', ' ', 'not a definition', '{', '<', '[]', '&a [*a]'])
      expect(check(text).length, text).toBeGreaterThan(0);
  });
});

describe('compile of a workflow', () => {
  it('reads objects and texts', () => {
    expect(compile(workflow).startAt).toBe('A');
    expect(compile(JSON.stringify(workflow)).startAt).toBe('A');
  });

  it('refuses what has errors, with all of them', () => {
    expect(() => compile('{}')).toThrow(Refused);
    try {
      compile({});
    } catch (error) {
      expect((error as Refused).problems).toEqual(check({}));
    }
  });
});

describe('an Express workflow', () => {
  const EXPRESS = { type: 'EXPRESS' } as const;
  const one = (state: object) => ({ StartAt: 'A', States: { A: { ...state, End: true } } });
  const waiting = one({ Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken' });

  it('waits for nobody, which is said of one only that is to be Express', async () => {
    const words = "Express state machine does not support '.waitForTaskToken' service integration ";
    expect(check(waiting)).toEqual([]);
    expect(check(waiting, EXPRESS)).toMatchObject([{ message: words, path: '/States/A/Resource' }]);
    expect(check(JSON.stringify(waiting, null, 2), EXPRESS)).toMatchObject([{ line: 6 }]);
    expect(compile(waiting).startAt).toBe('A');
    expect(() => compile(waiting, EXPRESS)).toThrow(Refused);
    await expect(simulate(waiting, {}, EXPRESS)).rejects.toBeInstanceOf(Refused);
  });

  it('knows that it is one, and has five minutes', async () => {
    const Result = { 'id.$': '$$.Execution.Id' };
    const told = await simulate(compile(one({ Type: 'Pass', Parameters: Result }), EXPRESS));
    expect(told.output).toMatchObject({ id: expect.stringContaining(':express:') });
    const wait = (Seconds: number, TimeoutSeconds?: number) => ({
      ...one({ Type: 'Wait', Seconds }),
      ...(TimeoutSeconds === undefined ? {} : { TimeoutSeconds }),
    });
    const status = async (definition: object) => (await simulate(definition, {}, EXPRESS)).status;
    expect(await status(wait(299))).toBe('SUCCEEDED');
    expect(await status(wait(301))).toBe('TIMED_OUT');
    expect(await status(wait(301, 3_600))).toBe('TIMED_OUT');
    expect(await status(wait(20, 10))).toBe('TIMED_OUT');
    expect((await simulate(wait(301))).status).toBe('SUCCEEDED');
  });

  it('is compiled as what it is run as', async () => {
    const options = { code: 'invalid-option', path: '/type' };
    const refused = (run: Promise<unknown>) =>
      expect(run).rejects.toMatchObject({ problems: [expect.objectContaining(options)] });
    await refused(simulate(compile(workflow), {}, EXPRESS));
    await refused(simulate(compile(workflow, EXPRESS), {}, { type: 'STANDARD' }));
    await refused(simulate(workflow, {}, { type: 'FAST' as 'EXPRESS' }));
    expect(check(workflow, { type: 'FAST' as 'EXPRESS' })).toMatchObject([options]);
    expect(() => compile(workflow, { type: 'FAST' as 'EXPRESS' })).toThrow(Refused);
    expect((await simulate(compile(workflow, EXPRESS), {}, EXPRESS)).status).toBe('SUCCEEDED');
  });
});

describe('the page about workflows', () => {
  const page = readFileSync('docs/workflows.md', 'utf8');
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const [, answer = ''] = /\$ detent check [^\n]*\n([\s\S]*?)\d+ machine/.exec(page) ?? [];

  it('shows what check says of what it shows', () => {
    const said = check(yaml).map(
      ({ line, column, code, message, hint }) =>
        `greet.yaml:${line}:${column} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`,
    );
    expect(`${said.join('\n')}\n`).toBe(answer);
  });
});
