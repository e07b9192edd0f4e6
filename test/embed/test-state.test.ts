import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.js';
import { Refused, type StateTestOptions, type StateTestRequest, testState } from '../../src/embed/asl.js';

const invoke = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'process-order' },
  End: true,
};
const mocked = (error: string, cause = 'why'): StateTestRequest => ({
  mock: { errorOutput: { error, cause } },
});

async function refusal(definition: object, request: object = {}, options: StateTestOptions = {}) {
  const error: unknown = await testState(definition, request, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Refused);
  const { code, message } = (error as Refused).problems[0] ?? {};
  return `${code}: ${message}`;
}

describe('a state that is tested', () => {
  it('answers its output and where it leads', async () => {
    const definition = {
      Type: 'Choice',
      Choices: [
        { Variable: '$.number', NumericEquals: 1, Next: 'Equals 1' },
        { Variable: '$.number', NumericEquals: 2, Next: 'Equals 2' },
      ],
      Default: 'No Match',
    };
    const answer = { output: { number: 2 }, nextState: 'Equals 2', status: 'SUCCEEDED' };
    expect(await testState(definition, { input: { number: 2 } })).toEqual(answer);
    expect(await testState(JSON.stringify(definition), { input: { number: 2 } })).toEqual(answer);
  });

  it('shows the way of data through a Pass', async () => {
    const definition = {
      Type: 'Pass',
      InputPath: '$.payload',
      Parameters: { data: 1 },
      ResultPath: '$.result',
      OutputPath: '$.result.data',
      Next: 'Another State',
    };
    const input = { payload: { foo: 'bar' } };
    const inspectionData = {
      input,
      afterInputPath: { foo: 'bar' },
      afterParameters: { data: 1 },
      afterResultSelector: { data: 1 },
      afterResultPath: { payload: { foo: 'bar' }, result: { data: 1 } },
    };
    for (const inspectionLevel of ['DEBUG', 'TRACE'] as const)
      expect(await testState(definition, { input, inspectionLevel })).toEqual({
        ...{ output: 1, inspectionData, nextState: 'Another State', status: 'SUCCEEDED' },
      });
  });

  it('shows it in JSONata', async () => {
    const definition = {
      ...{ Type: 'Task', QueryLanguage: 'JSONata', Resource: 'work', End: true },
      Arguments: { n: '{% $states.input.n + $more %}' },
      Assign: { last: '{% $states.result.sum %}' },
      Output: '{% $states.result.sum * 2 %}',
    };
    const request = { input: { n: 1 }, variables: { more: 2 }, inspectionLevel: 'DEBUG' } as const;
    const handlers = { work: (input: unknown) => ({ sum: (input as { n: number }).n }) };
    expect(await testState(definition, request, { handlers })).toEqual({
      status: 'SUCCEEDED',
      output: 6,
      inspectionData: {
        input: { n: 1 },
        afterArguments: { n: 3 },
        result: { sum: 3 },
        variables: { more: 2, last: 3 },
      },
    });
  });

  it('is one of a whole machine where it is named', async () => {
    const States = { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Result: 7, End: true } };
    expect(await testState({ StartAt: 'A', States }, { stateName: 'A' })).toMatchObject({ nextState: 'B' });
    const last = await testState({ StartAt: 'A', States }, { stateName: 'B' });
    expect(last).toEqual({ status: 'SUCCEEDED', output: 7 });
  });

  it('fails as it says', async () => {
    const failed = await testState({ Type: 'Fail', Error: 'No', Cause: 'not today' });
    expect(failed).toEqual({ status: 'FAILED', error: 'No', cause: 'not today' });
    const lost = await testState(
      { Type: 'Pass', InputPath: '$.none', End: true },
      { inspectionLevel: 'DEBUG' },
    );
    expect(lost).toMatchObject({ status: 'FAILED', error: 'States.Runtime', inspectionData: { input: {} } });
  });

  it('waits without taking time, for five minutes at most', async () => {
    const wait = (Seconds: number) => testState({ Type: 'Wait', Seconds, Next: 'B' }, { input: 1 });
    expect(await wait(300)).toEqual({ status: 'SUCCEEDED', output: 1, nextState: 'B' });
    expect(await wait(301)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });
});

describe('a Task that is tested', () => {
  it('has the result that is mocked', async () => {
    const result = { orderId: '12345', status: 'processed' };
    expect(await testState(invoke, { mock: { result }, inspectionLevel: 'DEBUG' })).toEqual({
      output: result,
      inspectionData: {
        input: {},
        afterInputPath: {},
        afterParameters: { FunctionName: 'process-order' },
        result,
        afterResultSelector: result,
        afterResultPath: result,
      },
      status: 'SUCCEEDED',
    });
  });

  it('fails as is mocked, with what was done up to there', async () => {
    const request = {
      ...mocked('Lambda.ServiceException', 'Function failed'),
      inspectionLevel: 'DEBUG',
    } as const;
    expect(await testState(invoke, request)).toEqual({
      error: 'Lambda.ServiceException',
      cause: 'Function failed',
      inspectionData: { input: {}, afterInputPath: {}, afterParameters: { FunctionName: 'process-order' } },
      status: 'FAILED',
    });
  });

  it('would be tried again while a Retrier has attempts left', async () => {
    const Retry = [
      { ErrorEquals: ['Other'] },
      { ErrorEquals: ['Busy'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2, JitterStrategy: 'FULL' },
    ];
    const Catch = [
      { ErrorEquals: ['Late'], Next: 'A' },
      { ErrorEquals: ['States.ALL'], Next: 'B' },
    ];
    const afterRetries = (retrierRetryCount: number) =>
      testState(
        { ...invoke, Retry, Catch },
        { ...mocked('Busy'), stateConfiguration: { retrierRetryCount }, inspectionLevel: 'DEBUG' },
      );
    expect(await afterRetries(1)).toMatchObject({
      status: 'RETRIABLE',
      error: 'Busy',
      cause: 'why',
      inspectionData: { errorDetails: { retryBackoffIntervalSeconds: 4, retryIndex: 1 } },
    });
    expect(await afterRetries(2)).toMatchObject({ status: 'RETRIABLE' });
    const tried = await testState(
      { ...invoke, Retry },
      { ...mocked('Busy'), stateConfiguration: { retrierRetryCount: 3 }, inspectionLevel: 'DEBUG' },
    );
    expect(tried).toMatchObject({ status: 'FAILED', inspectionData: { errorDetails: { retryIndex: 1 } } });
    expect(await afterRetries(3)).toMatchObject({
      status: 'CAUGHT_ERROR',
      nextState: 'B',
      inspectionData: { errorDetails: { catchIndex: 1 } },
    });
  });

  it('is led on by a Catcher with the error in its place', async () => {
    const Catch = [{ ErrorEquals: ['Declined'], ResultPath: '$.error', Next: 'Handle' }];
    const request = { ...mocked('Declined', 'no funds'), input: { data: 'value' } };
    expect(await testState({ ...invoke, Catch }, request)).toEqual({
      status: 'CAUGHT_ERROR',
      nextState: 'Handle',
      error: 'Declined',
      cause: 'no funds',
      output: { data: 'value', error: { Error: 'Declined', Cause: 'no funds' } },
    });
  });

  it('finds the context object that is given', async () => {
    const Parameters = {
      'id.$': '$$.Execution.Id',
      'state.$': '$$.State.Name',
      'role.$': '$$.Execution.RoleArn',
    };
    const context = { Execution: { Id: 'arn:x' }, State: { Name: 'ProcessData' } };
    const request = { context, mock: { result: {} }, inspectionLevel: 'DEBUG', roleArn: 'arn:role' } as const;
    expect((await testState({ ...invoke, Parameters }, request)).inspectionData?.afterParameters).toEqual({
      id: 'arn:x',
      state: 'ProcessData',
      role: 'arn:role',
    });
  });

  it('is carried out by handlers without a mock', async () => {
    const work = { Type: 'Task', Resource: 'work', TimeoutSeconds: 5, End: true };
    const tried = (handler: () => unknown) =>
      testState(work, {}, { handlers: { work: handler }, patienceMs: 1 });
    expect(await tried(async () => 7)).toEqual({ status: 'SUCCEEDED', output: 7 });
    expect(
      await tried(() => {
        throw Object.assign(new Error('busy'), { name: 'Busy' });
      }),
    ).toEqual({ status: 'FAILED', error: 'Busy', cause: 'busy' });
    expect(await tried(() => new Promise(() => {}))).toEqual({ status: 'FAILED', error: 'States.Timeout' });
    expect(await testState(work, {}, { handlers: { wrok: () => 1 } })).toMatchObject({
      error: 'HandlerMissing',
    });
    const passed = await testState(work, { input: 3 }, { missingHandlers: 'pass-through' });
    expect(passed).toMatchObject({ output: 3 });
  });

  it('may not be mocked with what its service never answers', async () => {
    const item = (result: object, fieldValidationMode = 'STRICT') =>
      [
        { ...invoke, Resource: 'arn:aws:states:::dynamodb:getItem' },
        { mock: { result, fieldValidationMode } },
      ] as const;
    const wrong: [object, string][] = [
      [[], "Field 'result' must be an object"],
      [{ Item: { id: { S: 7 } } }, "Field 'S' must be a string"],
      [{ Item: { id: { BOOL: 'yes' } } }, "Field 'BOOL' must be a boolean"],
      [{ Item: { ids: { L: {} } } }, "Field 'L' must be an array"],
      [{ Item: [] }, "Field 'Item' must be an object"],
      [{ ConsumedCapacity: { CapacityUnits: '1' } }, "Field 'CapacityUnits' must be a number"],
    ];
    for (const [result, words] of wrong) {
      const said = `ValidationException: Mock result schema validation error: ${words}`;
      expect(await refusal(...item(result))).toBe(said);
      expect(await refusal(...item(result, 'PRESENT'))).toBe(said);
      expect(
        await testState(...(item(result, 'NONE') as unknown as Parameters<typeof testState>)),
      ).toMatchObject({
        output: result,
      });
    }
    const put = { ...invoke, Resource: 'arn:aws:states:::batch:submitJob' };
    expect(await refusal(put, { mock: { result: { JobId: 'a' } } })).toContain("Field 'JobName' is required");
    const present = { mock: { result: { JobId: 'a' }, fieldValidationMode: 'PRESENT' } } as const;
    expect(await testState(put, present)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('an HTTP Task that is tested', () => {
  const http = {
    Type: 'Task',
    Resource: 'arn:aws:states:::http:invoke',
    Parameters: {
      ...{ Method: 'GET', ApiEndpoint: 'https://api.example.com/get', Headers: { definitionHeader: 'h1' } },
      ...{ RequestBody: { message: 'Hello' }, QueryParameters: { queryParam: 'q 1', 'id.$': '$.ids' } },
    },
    End: true,
  };
  const result = {
    ...{ StatusCode: 200, StatusText: 'OK', ResponseBody: { ok: true } },
    Headers: { date: ['Tue, 21 Nov 2023 00:06:17 GMT'], 'set-cookie': ['a', 'b'] },
  };
  const request = { input: { ids: [1, 2] }, mock: { result }, inspectionLevel: 'TRACE' } as const;
  const sent = 'User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144';

  it('shows at TRACE what it asks and is answered', async () => {
    const { inspectionData } = await testState(http, request);
    expect(inspectionData?.request).toEqual({
      ...{ protocol: 'https', method: 'GET', body: '{"message":"Hello"}' },
      url: 'https://api.example.com/get?queryParam=q%201&id=1&id=2',
      headers: `[definitionHeader: h1, ${sent}]`,
    });
    expect(inspectionData?.response).toEqual({
      ...{ protocol: 'https', statusCode: '200', statusMessage: 'OK', body: '{"ok":true}' },
      headers: '[date: Tue, 21 Nov 2023 00:06:17 GMT, set-cookie: a, set-cookie: b]',
    });
    const handlers = { [http.Resource]: () => result };
    const { mock: _, ...carriedOut } = request;
    expect((await testState(http, carriedOut, { handlers })).inspectionData).toEqual(inspectionData);
    const debug = (await testState(http, { ...request, inspectionLevel: 'DEBUG' })).inspectionData;
    expect(debug).not.toHaveProperty('request');
  });

  it('shows what it asked where it failed, and the answer as far as there is one', async () => {
    const failing = { ...request, ...mocked('States.Http.StatusCode.404') };
    const { inspectionData } = await testState(http, failing);
    expect(inspectionData?.request).toMatchObject({ method: 'GET' });
    expect(inspectionData).not.toHaveProperty('response');
    const bare = { mock: { result: { StatusCode: 204 }, fieldValidationMode: 'NONE' } } as const;
    const answered = await testState(http, { ...request, ...bare });
    expect(answered.inspectionData?.response).toEqual({
      ...{ protocol: 'https', statusCode: '204', headers: '[]' },
    });
  });

  it.each([
    [undefined, 'a%5B0%5D=1&a%5B1%5D=x%20y&b=%7B%22c%22%3Atrue%7D'],
    ['REPEAT', 'a=1&a=x%20y&b=%7B%22c%22%3Atrue%7D'],
    ['BRACKETS', 'a%5B%5D=1&a%5B%5D=x%20y&b=%7B%22c%22%3Atrue%7D'],
    ['COMMAS', 'a=1%2Cx%20y&b=%7B%22c%22%3Atrue%7D'],
  ])('sends a form with lists as is asked for: %s', async (ArrayFormat, body) => {
    const Parameters = {
      ...{ Method: 'POST', ApiEndpoint: 'http://localhost/a?b=1', QueryParameters: { c: 2 } },
      RequestBody: { a: [1, 'x y'], b: { c: true } },
      Transform: { RequestBodyEncoding: 'URL_ENCODED', RequestEncodingOptions: { ArrayFormat } },
    };
    const { inspectionData } = await testState({ ...http, Parameters }, request);
    const url = 'http://localhost/a?b=1&c=2';
    expect(inspectionData?.request).toMatchObject({ protocol: 'http', url, body });
  });

  it('sends no half characters', async () => {
    const Parameters = { ...http.Parameters, QueryParameters: { q: 'a\ud800' } };
    const { inspectionData } = await testState({ ...http, Parameters }, request);
    expect(inspectionData?.request?.url).toBe('https://api.example.com/get?q=a%EF%BF%BD');
  });

  it('shows nothing where it does not say what to ask, and of other tasks', async () => {
    const silent = await testState({ ...http, Parameters: { Method: 'GET' } }, request);
    expect(silent.inspectionData).not.toHaveProperty('request');
    const other = await testState(invoke, { ...request, mock: { result: {} } });
    expect(other.inspectionData).not.toHaveProperty('request');
  });
});

describe('a Map or Parallel that is tested', () => {
  const ItemProcessor = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };

  it('shows what its iterations would be given', async () => {
    const definition = {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemSelector: { 'value.$': '$$.Map.Item.Value', 'index.$': '$$.Map.Item.Index' },
      ItemProcessor,
      MaxConcurrency: 2,
      End: true,
    };
    const request = {
      input: { items: [5, 6] },
      mock: { result: [10, 20] },
      inspectionLevel: 'DEBUG',
    } as const;
    expect(await testState(definition, request)).toEqual({
      status: 'SUCCEEDED',
      output: [10, 20],
      inspectionData: {
        input: { items: [5, 6] },
        afterInputPath: { items: [5, 6] },
        afterItemsPath: [5, 6],
        afterItemSelector: [
          { value: 5, index: 0 },
          { value: 6, index: 1 },
        ],
        maxConcurrency: 2,
        afterResultSelector: [10, 20],
        afterResultPath: [10, 20],
      },
    });
  });

  it('has its errors taken by its own Retriers and Catchers', async () => {
    const Branches = [ItemProcessor, { StartAt: 'Q', States: { Q: { Type: 'Pass', End: true } } }];
    const Catch = [{ ErrorEquals: ['States.TaskFailed'], Next: 'Sorry' }];
    const definition = { Type: 'Parallel', Branches, Catch, End: true };
    const stateConfiguration = { errorCausedByState: 'Q' };
    expect(await testState(definition, { ...mocked('States.TaskFailed'), stateConfiguration })).toMatchObject(
      {
        status: 'CAUGHT_ERROR',
        nextState: 'Sorry',
      },
    );
  });

  it('is mocked with a list, of one result a branch', async () => {
    const parallel = { Type: 'Parallel', Branches: [ItemProcessor], End: true };
    expect(await refusal(parallel, { mock: { result: { a: 1 } } })).toContain('must be an array');
    expect(await refusal(parallel, { mock: { result: [1, 2] } })).toContain(
      'the same number of items as number of Parallel branches.',
    );
    expect(await refusal({ Type: 'Map', ItemProcessor, End: true }, { mock: { result: 'x' } })).toContain(
      'must be an array',
    );
  });
});

describe('a distributed Map that is tested', () => {
  const definition = {
    Type: 'Map',
    QueryLanguage: 'JSONata',
    Items: '{% $states.input.Values %}',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'P',
      States: { P: { Type: 'Pass', End: true } },
    },
    End: true,
  };
  const input = { Values: ['first', 'second', 'third'] };
  const failed = (mapIterationFailureCount: number): StateTestRequest => ({
    ...{ input, inspectionLevel: 'DEBUG', mock: { result: [0, 0, 1] } },
    stateConfiguration: { mapIterationFailureCount },
  });

  it('goes on with what is mocked for its executions', async () => {
    expect(await testState({ ...definition, MaxConcurrency: 2 }, failed(0))).toEqual({
      status: 'SUCCEEDED',
      output: [0, 0, 1],
      inspectionData: { input, maxConcurrency: 2 },
    });
  });

  it('has the items that its ItemReader would read from what is given in their place', async () => {
    const { Items: _, ...rest } = definition;
    const config = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', MaxItems: 2 };
    const ItemReader = { Resource: 'arn:aws:states:::s3:getObject', Arguments: { Bucket: 'b' } };
    const read = (ReaderConfig: JsonObject, mapItemReaderData: string, fields: JsonObject = {}) =>
      testState(
        {
          ...rest,
          ItemReader: { ...ItemReader, ReaderConfig },
          ItemSelector: '{% $states.context.Map.Item.Value %}',
          ...fields,
        },
        { ...failed(0), stateConfiguration: { mapItemReaderData, mapIterationFailureCount: 2 } },
      );
    const csv = await read(config, 'a,__proto__\n1,2\n3,4\n5,6');
    const rows = ['{"a":"1","__proto__":"2"}', '{"a":"3","__proto__":"4"}'];
    expect(JSON.stringify(csv.inspectionData?.['afterItemSelector'])).toBe(`[${rows.join(',')}]`);
    expect(
      await read({ InputType: 'JSON', ItemsPointer: '/a' }, '{"a":[1]}', { ToleratedFailureCount: 1 }),
    ).toMatchObject({
      error: 'States.ExceedToleratedFailureThreshold',
    });
    expect(await read({ InputType: 'JSONL' }, '{')).toMatchObject({
      ...{
        status: 'FAILED',
        error: 'States.ItemReaderFailed',
        cause: 'Line 1 of the JSONL cannot be parsed.',
      },
    });
    const Resource = 'arn:aws:states:::s3:listObjectsV2';
    const list = { ...ItemReader, Resource };
    for (const data of ['[{"Key":"a"}]', '{"Contents":[{"Key":"a"}]}']) {
      const found = await read({}, data, { ItemReader: list });
      expect(found.inspectionData?.['afterItemSelector']).toEqual([{ Key: 'a' }]);
    }
    await expect(read(config, 'x'.repeat(262_145))).rejects.toThrow(
      'MapItemReaderData exceeds 262144 characters',
    );
  });

  it('goes through items that are too many to be kept together', async () => {
    const many = {
      ...definition,
      Items: '{% [1..5000] %}',
      ItemSelector: '{% $states.context.Map.Item.Index %}',
    };
    const { inspectionData } = await testState(many, failed(0));
    expect(inspectionData?.['afterItemSelector']).toHaveLength(5_000);
  });

  it('fails where more iterations have failed than are tolerated', async () => {
    const error = 'States.ExceedToleratedFailureThreshold';
    const cause = 'The specified tolerated failure threshold was exceeded';
    const tolerant = { ...definition, ToleratedFailureCount: 1 };
    expect(await testState(tolerant, failed(1))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await testState(tolerant, failed(2))).toEqual({
      ...{ status: 'FAILED', error, cause },
      inspectionData: { input, maxConcurrency: 0, toleratedFailureCount: 1 },
    });
    const Retry = [{ ErrorEquals: ['MockException'] }, { ErrorEquals: [error], MaxAttempts: 2 }];
    expect(await testState({ ...tolerant, Retry }, failed(2))).toMatchObject({
      ...{ status: 'RETRIABLE', error },
      inspectionData: { errorDetails: { retryBackoffIntervalSeconds: 1, retryIndex: 1 } },
    });
    const Catch = [{ ErrorEquals: [error], Output: '{% $states.errorOutput %}', Next: 'Handle' }];
    expect(await testState({ ...tolerant, Catch }, failed(2))).toMatchObject({
      ...{ status: 'CAUGHT_ERROR', nextState: 'Handle', output: { Error: error, Cause: cause } },
      inspectionData: { errorDetails: { catchIndex: 0 } },
    });
    const share = { ...definition, ToleratedFailurePercentage: 33.4 };
    expect(await testState(share, failed(1))).toMatchObject({
      ...{ status: 'SUCCEEDED', inspectionData: { toleratedFailurePercentage: 33.4 } },
    });
    expect(await testState(share, failed(2))).toMatchObject({ error });
  });

  it('lets them fail where it says nothing of that, as AWS does', async () => {
    expect(await testState(definition, failed(2))).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('fails as is mocked, however many may', async () => {
    const request = { ...failed(2), mock: { errorOutput: { error: 'MockException', cause: 'why' } } };
    expect(await testState({ ...definition, ToleratedFailureCount: 1 }, request)).toMatchObject({
      ...{ status: 'FAILED', error: 'MockException', cause: 'why' },
    });
  });

  it('shows what each of its executions would be given, however many run at once', async () => {
    const ItemSelector = { n: '{% $states.context.Map.Item.Value %}' };
    const items = Array.from({ length: 250 }, (_, n) => n);
    const request = { ...failed(0), input: { Values: items } };
    const each = { ...definition, ItemSelector, MaxConcurrency: 3 };
    const chosen = items.map((n) => ({ n }));
    expect((await testState(each, request)).inspectionData?.afterItemSelector).toEqual(chosen);

    const ItemBatcher = { MaxItemsPerBatch: 100, MaxInputBytesPerBatch: 500, BatchInput: { all: true } };
    const batched = (await testState({ ...each, ItemBatcher }, request)).inspectionData;
    expect(batched?.afterItemSelector).toEqual(chosen);
    const batches = batched?.afterItemBatcher as readonly { readonly Items: readonly object[] }[];
    expect(batches.length).toBeGreaterThan(3);
    expect(batches.flatMap(({ Items }) => Items)).toEqual(chosen);
    expect(batches[0]).toMatchObject({ BatchInput: { all: true } });
  });

  it('fails as its items do', async () => {
    const lost = await testState({ ...definition, ItemSelector: '{% $states.input.none %}' }, failed(0));
    expect(lost).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    const late = { n: '{% $states.context.Map.Item.Value < 150 ? 1 : $states.input.none %}' };
    const items = { Values: Array.from({ length: 200 }, (_, n) => n) };
    expect(
      await testState({ ...definition, ItemSelector: late }, { ...failed(0), input: items }),
    ).toMatchObject({
      ...{ status: 'FAILED', error: 'States.QueryEvaluationError' },
    });
    const path = { ...definition, QueryLanguage: 'JSONPath', Items: undefined, ItemsPath: '$.none' };
    expect(await testState(path, failed(0))).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(await testState(definition, { ...failed(1), input: { Values: [] } })).toMatchObject({
      status: 'SUCCEEDED',
    });
  });

  it('is mocked with a list', async () => {
    expect(await refusal(definition, { mock: { result: { a: 1 } } })).toBe(
      'ValidationException: Mocked result must be an array.',
    );
  });

  it('is mocked with where its results are, if it writes them', async () => {
    const ResultWriter = {
      Resource: 'arn:aws:states:::s3:putObject',
      Arguments: { Bucket: 'results', Prefix: 'run' },
    };
    const result = {
      MapRunArn: 'arn:x',
      ResultWriterDetails: { Bucket: 'results', Key: 'run/manifest.json' },
    };
    const writing = { ...definition, ResultWriter };
    expect(await testState(writing, { ...failed(0), mock: { result } })).toMatchObject({ output: result });
    expect(await refusal(writing, { mock: { result: [1] } })).toBe(
      'ValidationException: Mocked result must be a JSON object.',
    );
    const lost = { ...writing, ToleratedFailureCount: 0, ItemSelector: '{% $states.input.none %}' };
    expect(await testState(lost, { ...failed(0), mock: { result } })).toMatchObject({ status: 'FAILED' });
  });
});

describe('a test of a state is refused', () => {
  const pass = { Type: 'Pass', End: true };

  it('if the state cannot be read', async () => {
    for (const wrong of [{}, { Type: 'Pass' }, { Type: 'Pas', End: true }, { ...pass, Nxt: 'A' }, 3, null])
      expect(await refusal(wrong as object)).toMatch(
        /^InvalidDefinition: Invalid State Machine Definition: '/,
      );
    for (const text of ['', '{', 'not a definition'])
      await expect(testState(text)).rejects.toBeInstanceOf(Refused);
    const machine = { StartAt: 'A', States: { A: pass } };
    expect(await refusal(machine, { stateName: 'B' })).toContain("State 'B' is not found");
    expect(await refusal(machine, { stateName: 'constructor' })).toContain('is not found');
  });

  it('if it waits for what no test can wait for', async () => {
    const activity = 'arn:aws:states:us-east-1:123456789012:activity:a';
    for (const Resource of [activity, 'arn:aws:states:::states:startExecution.sync:2']) {
      const said = await refusal({ ...invoke, Resource }, { roleArn: 'arn:role' });
      expect(said).toMatch(/^InvalidDefinition: TestState API does not support/);
      expect(await testState({ ...invoke, Resource }, mocked('E'))).toMatchObject({ status: 'FAILED' });
    }
  });

  it('if it has a mock that it has no use for, or none that it needs', async () => {
    const configuration = {
      retrierRetryCount: 1,
      errorCausedByState: 'A',
      mapIterationFailureCount: 0,
      mapItemReaderData: '',
    };
    for (const [option, value] of Object.entries(configuration))
      expect(await refusal(pass, { stateConfiguration: { [option]: value } })).toMatch(
        /does not support .* when a mock is not specified\.$/,
      );
    expect(await refusal(pass, { context: {} })).toContain('Context when a mock is not specified');
    expect(await refusal(pass, { mock: { result: 1 } })).toContain("State type 'Pass' is not supported");
    expect(await refusal(invoke, { mock: {} })).toContain('[result, errorOutput]');
    expect(await refusal(invoke, { mock: { result: 1, errorOutput: { error: 'a' } } })).toContain(
      '[result, errorOutput]',
    );
    expect(await refusal(invoke, { mock: { errorOutput: { cause: 'a' } } })).toContain('[error]');
    expect(
      await refusal(invoke, { ...mocked('E'), stateConfiguration: { mapIterationFailureCount: 1 } }),
    ).toContain('is for Map');
    expect(
      await refusal(invoke, { ...mocked('E'), stateConfiguration: { errorCausedByState: 'A' } }),
    ).toContain('is for Map');
  });

  it('if the request is of no use', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const wrong: object[] = [
      { inspectionLevel: 'ALL' },
      { inspectionLevel: 3 },
      { input: Number.NaN },
      { input: cyclic },
      { input: 'x'.repeat(262_143) },
      { variables: [] },
      { variables: { a: 'x'.repeat(262_143) } },
      { stateNam: 'A' },
      { mock: { resutl: 1 } },
      { stateConfiguration: { retrierRetryCount: -1 } },
      { stateConfiguration: { retrierRetryCount: 1.5 } },
    ];
    for (const request of wrong) expect(await refusal(pass, request)).toBeDefined();
    const odd = { mock: { result: 1, fieldValidationMode: 'LAX' } };
    expect(await refusal(invoke, odd)).toContain('[STRICT, PRESENT, NONE]');
    expect(await testState(pass, { input: 'x'.repeat(262_142) })).toMatchObject({ status: 'SUCCEEDED' });
  });
});
