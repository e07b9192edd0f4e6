// Writes src/asl/test-state/service-shapes.ts: what AWS's services answer, of the actions that workflows ask for most.
// Names, types, bounds and enumerations are those of AWS's models, as the Python package botocore has them:
//
//     node scripts/service-shapes.mjs $(python3 -c 'import botocore; print(botocore.__path__[0])')/data

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** By the name that workflows know a service by. */
const ACTIONS = {
  batch: 'SubmitJob',
  dynamodb: 'GetItem PutItem UpdateItem DeleteItem Query Scan BatchGetItem BatchWriteItem TransactWriteItems',
  eventbridge: 'PutEvents',
  glue: 'StartJobRun',
  lambda: 'Invoke GetFunction',
  s3: 'GetObject PutObject HeadObject DeleteObject CopyObject ListObjectsV2',
  secretsmanager: 'GetSecretValue',
  sfn: 'StartExecution StartSyncExecution DescribeExecution',
  sns: 'Publish',
  sqs: 'SendMessage ReceiveMessage DeleteMessage',
  ssm: 'GetParameter',
};

/** Models that are called otherwise. */
const MODELS = { eventbridge: 'events', sfn: 'stepfunctions' };

/** Payloads: workflows see the JSON that is in them. */
const UNTYPED = ['SensitiveData'];

/** Bounds that Step Functions was recorded to keep. */
const BOUNDS = { MemorySize: { min: 128, max: 10_240 } };

const NUMBERS = ['integer', 'long', 'float', 'double'];

class Model {
  structures = {};

  constructor(folder) {
    const version = readdirSync(folder).sort().at(-1);
    this.model = JSON.parse(gunzipSync(readFileSync(join(folder, version, 'service-2.json.gz'))));
  }

  /** The structure that an action answers. */
  answer(action) {
    const { output } = this.model.operations[action];
    if (output !== undefined) return this.#type(output.shape);
    this.structures.Nothing = {};
    return 'Nothing';
  }

  #type(name) {
    const shape = { ...this.model.shapes[name], ...BOUNDS[name] };
    if (shape.type === 'structure') return this.#structure(name, shape);
    if (shape.type === 'list') return `list of ${this.#type(shape.member.shape)}`;
    if (shape.type === 'map') return `map of ${this.#type(shape.value.shape)}`;
    if (shape.type === 'boolean') return 'boolean';
    if (NUMBERS.includes(shape.type)) return numberType(shape);
    if (shape.type !== 'string' || UNTYPED.includes(name)) return 'any';
    return shape.enum === undefined ? 'string' : `one of ${shape.enum.join('|')}`;
  }

  #structure(name, { members, required = [] }) {
    if (this.structures[name] !== undefined) return name;
    const structure = {};
    this.structures[name] = structure;
    for (const [member, { shape }] of Object.entries(members)) {
      const mark = required.includes(member) ? '!' : '';
      structure[member.charAt(0).toUpperCase() + member.slice(1) + mark] = this.#type(shape);
    }
    return name;
  }
}

function numberType({ min, max }) {
  return min === undefined && max === undefined ? 'number' : `number ${min ?? ''}..${max ?? ''}`;
}

const [, , folder] = process.argv;
const services = {};
for (const [service, actions] of Object.entries(ACTIONS)) {
  const model = new Model(join(folder, MODELS[service] ?? service));
  const answers = {};
  for (const action of actions.split(' '))
    answers[action.charAt(0).toLowerCase() + action.slice(1)] = model.answer(action);
  services[service] = { answers, structures: model.structures };
}

const file = join(import.meta.dirname, '..', 'src', 'asl', 'test-state', 'service-shapes.ts');
writeFileSync(
  file,
  `// Written by scripts/service-shapes.mjs from AWS's models: change that, not this.

/** By action the structure that it answers, and by structure its members: \`!\` marks those that are required. */
export interface ServiceShapes {
  readonly answers: Readonly<Record<string, string>>;
  readonly structures: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What services answer: a structure's name, \`string\`, \`number 1..9\`, \`one of a|b\`, \`list of …\` or \`map of …\`. */
export const SERVICE_SHAPES: Readonly<Record<string, ServiceShapes>> = ${JSON.stringify(services)};
`,
);
