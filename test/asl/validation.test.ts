import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_AWS_DEFINITION_BYTES, MAX_DIAGNOSTICS } from '../../src/asl/limits.js';
import { creationRefusal, loggingRefusal } from '../../src/asl/validation/creation.js';
import { jsonFault } from '../../src/asl/validation/json-fault.js';
import { definitionRefusal, validateDefinition } from '../../src/asl/validation/validation.js';
import type { Json } from '../../src/core/json.js';

const SCHEMA = 'SCHEMA_VALIDATION_FAILED';
const END: Json = { Type: 'Pass', End: true };

/** What is wrong with a definition, as `code: message at location`. */
function diagnostics(definition: Json, type?: 'STANDARD' | 'EXPRESS'): string[] {
  const { diagnostics } = validateDefinition(JSON.stringify(definition), { type });
  return diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location}`);
}

function ofStates(States: Record<string, Json>, more: Record<string, Json> = {}): string[] {
  return diagnostics({ StartAt: Object.keys(States)[0] ?? '', States, ...more });
}

function ofJsonata(state: Json): string[] {
  return ofStates({ E: state, D: END }, { QueryLanguage: 'JSONata' }).filter(
    (text) => !text.includes('not reachable'),
  );
}

describe('where AWS says that something is wrong', () => {
  it('is the object, where it has a field that it may not have', () => {
    const map = { Type: 'Map', ItemProcessor: { StartAt: 'W', States: { W: END } }, End: true };
    expect(ofStates({ M: { ...map, TimeoutSeconds: 5 } })).toEqual([
      `${SCHEMA}: Field 'TimeoutSeconds' is not supported at /States/M`,
    ]);
    const processor = { ...map.ItemProcessor, QueryLanguage: 'JSONata' };
    expect(ofStates({ M: { ...map, ItemProcessor: processor } })).toEqual([
      `${SCHEMA}: Field 'QueryLanguage' is not supported at /States/M/ItemProcessor`,
    ]);
    const Branches = [{ QueryLanguage: 'JSONata', StartAt: 'W', States: { W: END } }];
    expect(ofStates({ P: { Type: 'Parallel', Branches, End: true } })).toEqual([
      `${SCHEMA}: Field 'QueryLanguage' is not supported at /States/P/Branches[0]`,
    ]);
  });

  it('is the state, where the query language does not have the field', () => {
    const foreign = (field: string, set: string, owner: string): string =>
      `${SCHEMA}: The QueryLanguage is set to '${set}', but field '${field}' is only supported for the '${owner}' QueryLanguage`;
    const inner = { P: { ...(END as object), Output: { v: 1 } } };
    for (const more of [{}, { QueryLanguage: 'JSONata' }]) {
      const map = { Type: 'Map', ...more, ItemProcessor: { StartAt: 'P', States: inner }, End: true };
      expect(ofStates({ M: map })).toEqual([
        `${foreign('Output', 'JSONPath', 'JSONata')} at /States/M/ItemProcessor/States/P`,
      ]);
    }
    expect(
      ofJsonata({ Type: 'Pass', InputPath: '$.a', OutputPath: '$.b', ResultPath: '$.c', End: true }),
    ).toEqual(
      ['InputPath', 'OutputPath', 'ResultPath'].map(
        (field) => `${foreign(field, 'JSONata', 'JSONPath')} at /States/E`,
      ),
    );
  });

  it('is nowhere, where no state ends the workflow', () => {
    const loop = { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } };
    const { diagnostics } = validateDefinition(JSON.stringify({ StartAt: 'A', States: loop }));
    expect(diagnostics).toEqual([
      { severity: 'ERROR', code: 'MISSING_END_STATE', message: 'Workflow has no terminal state' },
    ]);
    expect(definitionRefusal(JSON.stringify({ StartAt: 'A', States: loop }))).toBe(
      "Invalid State Machine Definition: 'MISSING_END_STATE: Workflow has no terminal state at null'",
    );
  });

  it('has indexes in brackets, and names as they are', () => {
    const Choices = [{ Variable: '$.x', IsPresent: true, Next: 'Ghost' }];
    expect(ofStates({ C: { Type: 'Choice', Choices, Default: 'a/b' }, 'a/b': END, b: END })).toEqual(
      ["MISSING_TRANSITION_TARGET: Missing 'Next' target: Ghost at /States/C/Choices[0]/Next"].concat([
        'MISSING_TRANSITION_TARGET: State "b" is not reachable. at /States/b',
      ]),
    );
  });

  it('is the object around a path that is none', () => {
    const Parameters = { deep: [{ 'parsed.$': 'x[' }], 'top.$': 'no' };
    const words = (key: string): string =>
      `${SCHEMA}: The value for the field '${key}' must be a valid JSONPath or a valid intrinsic function call`;
    expect(ofStates({ A: { ...(END as object), Parameters } })).toEqual([
      `${words('parsed.$')} at /States/A/Parameters/deep[0]`,
      `${words('top.$')} at /States/A/Parameters`,
    ]);
  });
});

describe('the graph of a definition', () => {
  it('needs no end inside a Map or a branch', () => {
    const loop = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } } };
    expect(ofStates({ M: { Type: 'Map', ItemProcessor: loop, End: true } })).toEqual([]);
    expect(ofStates({ P: { Type: 'Parallel', Branches: [loop], End: true } })).toEqual([]);
  });

  it('is not looked through for states out of reach where it has no end', () => {
    expect(ofStates({ A: { Type: 'Pass', Next: 'NOPE' }, B: { Type: 'Pass', Next: 'A' } })).toEqual([
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next",
      'MISSING_END_STATE: Workflow has no terminal state at undefined',
    ]);
  });

  it('has nothing within reach where it starts nowhere', () => {
    expect(diagnostics({ StartAt: 'Nope', States: { A: END } })).toEqual([
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: Nope at /StartAt",
      'MISSING_TRANSITION_TARGET: State "A" is not reachable. at /States/A',
    ]);
  });

  it('is told in one line when a state machine is refused', () => {
    const States = { pass1: { Type: 'Pass', Next: 'pass3' }, pass2: END };
    expect(definitionRefusal(JSON.stringify({ StartAt: 'pass1', States }))).toBe(
      "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: pass3 at /States/pass1/Next, MISSING_TRANSITION_TARGET: State \"pass2\" is not reachable. at /States/pass2'",
    );
  });
});

describe('the query language', () => {
  const NONE_OF_THEM = `${SCHEMA}: Value should be one of the following: [JSONPath, JSONata]`;

  it('is JSONata unless it is JSONPath to the letter', () => {
    const state = (QueryLanguage: Json, more: object): Json => ({
      ...(END as object),
      QueryLanguage,
      ...more,
    });
    for (const language of ['jsonata', 'jsonpath', 'foo']) {
      expect(ofStates({ X: state(language, { Output: { v: '{% 1 %}' } }) })).toEqual([
        `${NONE_OF_THEM} at /States/X/QueryLanguage`,
      ]);
    }
    expect(ofStates({ X: state(5, { InputPath: '$.a' }) }).sort()).toEqual([
      `${SCHEMA}: Expected value of type [STRING] at /States/X/QueryLanguage`,
      `${SCHEMA}: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only supported for the 'JSONPath' QueryLanguage at /States/X`,
    ]);
    expect(ofStates({ X: END }, { QueryLanguage: 'jsonata' })).toEqual([`${NONE_OF_THEM} at /QueryLanguage`]);
  });

  it('cannot go back to JSONPath in a JSONata machine, and that is all that is said', () => {
    const state = { ...(END as object), QueryLanguage: 'JSONPath', Output: { v: '{% 1 %}' } };
    expect(ofStates({ X: state }, { QueryLanguage: 'JSONata' })).toEqual([
      `${SCHEMA}: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/X`,
    ]);
    const ItemProcessor = { StartAt: 'P', States: { P: END } };
    const map = { Type: 'Map', QueryLanguage: 'JSONPath', MaxConcurrency: -1, ItemProcessor, End: true };
    expect(ofStates({ M: map }, { QueryLanguage: 'JSONata' }).sort()).toEqual([
      `${SCHEMA}: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/M`,
      `${SCHEMA}: Minimum value is 0 at /States/M/MaxConcurrency`,
    ]);
  });
});

describe('a JSONata expression', () => {
  const output = (text: string): Json => ({ ...(END as object), Output: { v: `{% ${text} %}` } });

  it.each([
    ['a[1,2)', 'Expected "]", got ","'],
    ['"unterminated', 'String literal must be terminated by a matching quote'],
    ['1 +', 'Unexpected end of expression'],
    ['{"a":}', 'The symbol "}" cannot be used as a unary operator'],
    ['$x :=', 'Unexpected end of expression'],
    ['$match("a", /abc', 'No terminating / in regular expression'],
    ['phone %.other', 'The symbol "." cannot be used as a unary operator'],
    ['', 'Unexpected end of expression'],
  ])('that cannot be parsed is refused in the words of the parser: %s', (text, words) => {
    expect(ofJsonata(output(text))).toEqual([`INVALID_JSONATA_EXPRESSION: ${words} at /States/E/Output/v`]);
  });

  it.each([
    ['phone', ['phone']],
    ['phone[0]', ['phone']],
    ['aaa + bbb + aaa', ['aaa', 'bbb']],
    ['$.phone', ['$']],
    ['$map($states.input.a, function($x){ b })', ['b']],
    ['{aaa: [bbb]}', ['aaa', 'bbb']],
    ['$states.input.items[price > 3].name', []],
    ['$states.input.items^(price)', []],
    ['$map($states.input.a, function($x){ $x.phone })', []],
    ['$phone', []],
  ])('reads nothing at the top level: %s', (text, names) => {
    expect(ofJsonata(output(text))).toEqual(
      names.map(
        (name) =>
          `UNSUPPORTED_JSONATA_EXPRESSION: Reference to '${name}' at the top level is not supported. at /States/E/Output/v`,
      ),
    );
  });

  it('reads no document, and the error output in Catchers alone', () => {
    expect(ofJsonata(output('$$'))).toEqual([
      "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported. at /States/E/Output/v",
    ]);
    expect(ofJsonata(output('$states.errorOutput.Cause'))).toEqual([
      "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist. at /States/E/Output/v",
    ]);
    const Catch = [
      { ErrorEquals: ['A'], Output: '{% $states.errorOutput %}', Next: 'D' },
      { ErrorEquals: ['B'], Assign: { e: '{% $states.errorOutput.Error %}' }, Next: 'D' },
      { ErrorEquals: ['C'], Output: { v: '{% phone %}' }, Next: 'D' },
    ];
    expect(ofJsonata({ Type: 'Task', Resource: 'work', Catch, End: true })).toEqual([
      "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/E/Catch[2]/Output/v",
    ]);
  });

  it.each<[string, Json]>([
    ['/Output/a/b[0]', { Type: 'Pass', Output: { a: { b: ['{% phone %}'] } }, End: true }],
    ['/Assign/v', { Type: 'Pass', Assign: { v: '{% phone %}' }, End: true }],
    ['/Choices[0]/Condition', { Type: 'Choice', Choices: [{ Condition: '{% phone = 1 %}', Next: 'D' }] }],
    ['/Seconds', { Type: 'Wait', Seconds: '{% phone %}', End: true }],
    ['/Cause', { Type: 'Fail', Cause: '{% phone %}' }],
    [
      '/Items',
      { Type: 'Map', Items: '{% phone %}', ItemProcessor: { StartAt: 'I', States: { I: END } }, End: true },
    ],
    [
      '/Arguments/Payload/Comment',
      { Type: 'Task', Resource: 'w', Arguments: { Payload: { Comment: '{% phone %}' } }, End: true },
    ],
    ['/TimeoutSeconds', { Type: 'Task', Resource: 'w', TimeoutSeconds: '{% phone %}', End: true }],
  ])('is looked at in %s', (at, state) => {
    expect(ofJsonata(state)).toEqual([
      `UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/E${at}`,
    ]);
  });

  it('is plain text where AWS does not look for one', () => {
    expect(ofJsonata({ Type: 'Pass', Comment: '{% phone %}', End: true })).toEqual([]);
    const Retry = [{ ErrorEquals: ['{% phone %}'] }];
    expect(ofJsonata({ Type: 'Task', Resource: 'w', Retry, End: true })).toEqual([]);
    expect(ofStates({ E: { ...(END as object), Parameters: { v: '{% phone %}' } } })).toEqual([]);
  });
});

describe('a text that looks like a path', () => {
  it('is warned of where it is only a text', () => {
    const States: Record<string, Json> = {
      A: { Type: 'Pass', Parameters: { a: '$.a', 'b.$': '$.b', c: ['States.UUID()', '$5', '$'] }, Next: 'B' },
      B: { Type: 'Pass', Result: { deep: '$$.State.Name' }, Assign: { v: 'US$.' }, Next: 'C' },
      C: { Type: 'Fail', Error: '$.Error', Cause: 'plain' },
    };
    const definition = { StartAt: 'A', States };
    expect(ofStates(States)).toEqual([]);
    const { result, diagnostics } = validateDefinition(JSON.stringify(definition), { severity: 'WARNING' });
    expect(result).toBe('OK');
    expect(diagnostics.map(({ severity, code, location }) => `${severity} ${code} ${location}`)).toEqual([
      'WARNING NO_DOLLAR /States/A/Parameters/a',
      'WARNING NO_DOLLAR /States/A/Parameters/c[0]',
      'WARNING NO_DOLLAR /States/A/Parameters/c[2]',
      'WARNING PASS_RESULT_IS_STATIC /States/B/Result/deep',
      'WARNING NO_PATH /States/C/Error',
    ]);
  });

  it('is none in JSONata', () => {
    const state = { Type: 'Pass', Output: { a: '$.a' }, End: true };
    const text = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: state } });
    expect(validateDefinition(text, { severity: 'WARNING' }).diagnostics).toEqual([]);
  });
});

describe('fields that depend on each other', () => {
  it('let a heartbeat be shorter than the whole', () => {
    const task = (HeartbeatSeconds: number): Json => ({
      Type: 'Task',
      Resource: 'work',
      TimeoutSeconds: 10,
      HeartbeatSeconds,
      End: true,
    });
    expect(ofStates({ A: task(9) })).toEqual([]);
    for (const seconds of [10, 11]) {
      expect(ofStates({ A: task(seconds) })).toEqual([
        `${SCHEMA}: HeartbeatSeconds must be smaller than TimeoutSeconds at /States/A/HeartbeatSeconds`,
      ]);
    }
  });

  it('let a Map go over what one place holds', () => {
    const map = (ItemsPath: string): Json => ({
      Type: 'Map',
      ItemsPath,
      ItemProcessor: { StartAt: 'I', States: { I: END } },
      End: true,
    });
    for (const path of ['$', '$.a.b', '$.a[0]', '$$.Execution.Input.list', '$list'])
      expect(ofStates({ M: map(path) })).toEqual([]);
    for (const path of ['$.a[*]', '$..a', '$.a[?(@.b)]', '$.a[0:2]']) {
      expect(ofStates({ M: map(path) })).toEqual([
        `${SCHEMA}: Value is not a Reference Path at /States/M/ItemsPath`,
      ]);
    }
  });

  it('let a Map say how its items are executed only where they are', () => {
    const map = (ProcessorConfig: Json): string[] =>
      ofStates({
        M: {
          Type: 'Map',
          ItemProcessor: { ProcessorConfig, StartAt: 'I', States: { I: END } },
          End: true,
        },
      });
    expect(map({ Mode: 'INLINE' })).toEqual([]);
    expect(map({ Mode: 'DISTRIBUTED' })).toContain(
      `${SCHEMA}: These fields are required: [ExecutionType] at /States/M/ItemProcessor/ProcessorConfig`,
    );
    expect(map({ Mode: 'INLINE', ExecutionType: 'STANDARD' })).toEqual([
      `${SCHEMA}: Field 'ExecutionType' is not supported at /States/M/ItemProcessor/ProcessorConfig`,
    ]);
  });
});

describe('a variable', () => {
  it('has a name that an expression can say', () => {
    const Assign = { states: 1, 'a-b': 1, _x: 1, ['v'.repeat(81)]: 1, ['v'.repeat(80)]: 1, größe: 1, x2: 1 };
    expect(ofStates({ A: { ...(END as object), Assign } })).toEqual([
      "RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at /States/A/Assign/states",
      "INVALID_VARIABLE_NAME: Invalid variable name 'a-b': the variable name contains invalid characters. at /States/A/Assign/a-b",
      "INVALID_VARIABLE_NAME: Invalid variable name '_x': the variable name contains invalid characters. at /States/A/Assign/_x",
      `INVALID_VARIABLE_NAME: Invalid variable name '${'v'.repeat(81)}': the variable name exceeds 80 characters. at /States/A/Assign/${'v'.repeat(81)}`,
    ]);
  });
});

describe('an Express workflow', () => {
  const refused = (what: string): string =>
    `${SCHEMA}: Express state machine does not support ${what} at /States/A/Resource`;

  it('waits for no job, no token and no activity', () => {
    const task = (Resource: string): Json => ({
      StartAt: 'A',
      States: { A: { Type: 'Task', Resource, End: true } },
    });
    const cases: readonly (readonly [string, string])[] = [
      ['arn:aws:states:::states:startExecution.sync', refused("'.sync' service integration")],
      [
        'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        refused("'.waitForTaskToken' service integration "),
      ],
      ['arn:aws:states:us-east-1:111111111111:activity:a', refused('Activity ARN')],
    ];
    for (const [resource, words] of cases) {
      expect(diagnostics(task(resource), 'EXPRESS')).toContain(words);
      expect(diagnostics(task(resource)).join()).not.toContain('Express');
    }
    expect(diagnostics(task('arn:aws:states:::sqs:sendMessage'), 'EXPRESS')).toEqual([]);
  });
});

describe('a text that is no definition', () => {
  it.each([
    ['', `${SCHEMA}: Definition must be a valid JSON object at undefined`],
    [' \n', `${SCHEMA}: Definition must be a valid JSON object at undefined`],
    ['[]', `${SCHEMA}: Definition must be a valid JSON object at undefined`],
    ['"text"', `${SCHEMA}: Definition must be a valid JSON object at undefined`],
  ])('is said to be none: %j', (text, words) => {
    const { result, diagnostics } = validateDefinition(text);
    expect(result).toBe('FAIL');
    expect(diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location}`)).toEqual([
      words,
    ]);
  });

  it.each([
    [
      'not',
      "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      1,
      4,
    ],
    [
      "{'a': 1}",
      "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
      1,
      3,
    ],
    [
      '{"a":1,}',
      "Unexpected character ('}' (code 125)): was expecting double-quote to start field name",
      1,
      9,
    ],
    [
      '{"a" 1}',
      "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
      1,
      7,
    ],
    [
      '{"a":1 "b":2}',
      "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
      1,
      9,
    ],
    ['[1 2]', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 1, 5],
    [
      '{\n "a": tru\n}',
      "Unrecognized token 'tru': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      2,
      10,
    ],
    ['{"a":', 'Unexpected end-of-input within/between Object entries', 1, 6],
    ['{"a": 01}', 'Invalid numeric value: Leading zeroes not allowed', 1, 9],
    ['["a', 'Unexpected end-of-input: was expecting closing quote for a string value', 1, 4],
  ])('and no JSON is told as AWS tells it: %j', (text, message, line, column) => {
    const location = `[Source: (String)"${text}"; line: ${line}, column: ${column}]`;
    expect(validateDefinition(text).diagnostics).toEqual([
      {
        severity: 'ERROR',
        code: 'INVALID_JSON_DESCRIPTION',
        message: `${message}\n at ${location}`,
        location,
      },
    ]);
  });

  it('and does not end says where it began', () => {
    expect(jsonFault('{')?.message).toBe(
      'Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)"{"; line: 1, column: 1])',
    );
  });

  it('is shown no further than its first 500 characters', () => {
    expect(jsonFault(`x${'y'.repeat(599)}`)?.location).toMatch(
      /y"\[truncated 100 chars\]; line: 1, column: 601\]$/,
    );
  });

  it('is told from JSON as JSON.parse tells them apart', () => {
    const pieces = fc.constantFrom(
      ...'{}[],:"\\ \n',
      '"a"',
      '1',
      '-',
      '0',
      '.5',
      'e+',
      'true',
      'nul',
      'é',
      '\u0001',
      '\\u00',
      '\ud800',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
          fc.json(),
        ),
        (text) => {
          let isJson = true;
          try {
            JSON.parse(text);
          } catch {
            isJson = false;
          }
          expect(jsonFault(text) === undefined).toBe(isJson);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('may nest without measure', () => {
    expect(jsonFault('['.repeat(100_000))?.message).toContain('expected close marker for Array');
    expect(
      validateDefinition(`{"StartAt": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`).diagnostics,
    ).toMatchObject([{ code: 'TOO_DEEPLY_NESTED' }]);
  });

  it('may be as long as AWS takes', () => {
    const padded = (bytes: number): string => {
      const text = JSON.stringify({ StartAt: 'A', States: { A: END }, Comment: '' });
      return text.replace('""', `"${'x'.repeat(bytes - text.length)}"`);
    };
    expect(validateDefinition(padded(MAX_AWS_DEFINITION_BYTES)).result).toBe('OK');
    expect(validateDefinition(padded(MAX_AWS_DEFINITION_BYTES + 1)).result).toBe('FAIL');
  });
});

describe('the list of diagnostics', () => {
  const many = (count: number): string => {
    const more = Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, 1]));
    return JSON.stringify({ StartAt: 'A', States: { A: { ...(END as object), ...more } } });
  };

  it('is as long as was asked for', () => {
    expect(validateDefinition(many(3), { maxResults: 2 })).toMatchObject({ result: 'FAIL', truncated: true });
    expect(validateDefinition(many(3), { maxResults: 2 }).diagnostics).toHaveLength(2);
    expect(validateDefinition(many(3), { maxResults: 3 }).truncated).toBe(false);
  });

  it(`has ${MAX_DIAGNOSTICS} where that is not said`, () => {
    for (const options of [{}, { maxResults: 0 }]) {
      expect(validateDefinition(many(MAX_DIAGNOSTICS), options).truncated).toBe(false);
      const longer = validateDefinition(many(MAX_DIAGNOSTICS + 1), options);
      expect(longer.diagnostics).toHaveLength(MAX_DIAGNOSTICS);
      expect(longer.truncated).toBe(true);
    }
  });
});

describe('a request to create a state machine', () => {
  const definition = JSON.stringify({ StartAt: 'A', States: { A: END } });
  const request = { name: 'a', definition, type: 'STANDARD' };

  it('is the same request once more, or wants a name that is taken', () => {
    const existing = { arn: 'arn:aws:states:us-east-1:1:stateMachine:a', request };
    expect(creationRefusal(request, existing)).toBeUndefined();
    expect(creationRefusal({ ...request, type: 'EXPRESS' }, existing)).toEqual({
      code: 'StateMachineAlreadyExists',
      message: "State Machine Already Exists: 'arn:aws:states:us-east-1:1:stateMachine:a'",
    });
  });

  it('logs to one place, or to none', () => {
    const destination = { cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:us-east-1:1:log-group:g:*' } };
    expect(loggingRefusal(undefined)).toBeUndefined();
    expect(loggingRefusal({ level: 'OFF' })).toBeUndefined();
    expect(loggingRefusal({ level: 'ALL', destinations: [destination] })).toBeUndefined();
    for (const destinations of [[], [destination, destination]]) {
      expect(loggingRefusal({ level: 'ALL', destinations })?.code).toBe('InvalidLoggingConfiguration');
    }
  });

  it('describes a version only where it makes one', () => {
    expect(creationRefusal({ ...request, versionDescription: 'x' })?.code).toBe('ValidationException');
    expect(creationRefusal({ ...request, versionDescription: 'x', publish: true })).toBeUndefined();
  });
});

const MESSAGES = '../shared/corpora/asl/messages.json';

describe.skipIf(!existsSync(MESSAGES))('the Labels that were recorded as refused', () => {
  const words = existsSync(MESSAGES) ? recordedWords() : [];

  it('are many', () => expect(words.length).toBeGreaterThanOrEqual(87));

  it.each(words)('are refused in the same words: %s', (message) => {
    const Label = labelFor(message);
    const ItemProcessor = {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'I',
      States: { I: END },
    };
    const found = ofStates({ M: { Type: 'Map', Label, ItemProcessor, End: true } });
    expect(found).toContain(`INVALID_LABEL_NAME: ${message} at /States/M/Label`);
  });

  it('are told from those that are taken', () => {
    const map = (Label: string): Json => ({
      Type: 'Map',
      Label,
      ItemProcessor: { StartAt: `I${Label}`, States: { [`I${Label}`]: END } },
      Next: 'E',
    });
    for (const label of ['a', 'A-b_c.d', 'x'.repeat(40)]) {
      expect(ofStates({ M: map(label), E: END })).toEqual([]);
    }
    expect(ofStates({ M: { ...(map('a') as object), Next: 'N' }, N: map('a'), E: END }).join()).toContain(
      'DUPLICATE_LABEL_NAME: Duplicate Label name: a at /States/N/Label',
    );
  });
});

/** The words were written as Python shows a list of texts. */
function recordedWords(): string[] {
  const { createErrors } = JSON.parse(readFileSync(MESSAGES, 'utf8')) as {
    createErrors: { InvalidDefinition: string[] };
  };
  return createErrors.InvalidDefinition.flatMap((text) => {
    const [, quote, shown] = /^Error=ValueError Args=\[(["'])(.*)\1\] in definition/s.exec(text) ?? [];
    if (quote === undefined || shown === undefined) return [];
    return [shown.replaceAll(/\\(.)/g, '$1')];
  });
}

function labelFor(message: string): string {
  if (message.includes('empty')) return '';
  if (message.includes('exceed')) return 'x'.repeat(41);
  const [, shown = ''] = /: '(.*)'$/s.exec(message) ?? [];
  const escaped = /^\\(?:x([\da-f]{2})|(.))$/s.exec(shown);
  if (escaped === null) return `label_${shown}`;
  const [, hex, letter = ''] = escaped;
  const known: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  return `label_${hex === undefined ? (known[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16))}`;
}
