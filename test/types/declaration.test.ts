import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemaType } from '../../src/analysis/declaration/schema-type.js';
import { createMachine, initialTransition, transition } from '../../src/index.js';
import { callReal } from '../cli/real-call.js';
import { complaints, writeFiles } from './compiler.js';

const folder = mkdtempSync(join(tmpdir(), 'detent-types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const ORDER = `
id: order
schemas:
  input: { type: object, required: [total], properties: { total: { type: number } } }
  context: { properties: { note: { enum: [none, gift] } } }
context: { total: "{% input.total %}", paid: 0, note: none, lines: [] }
events:
  PAY: { type: object, required: [amount], properties: { amount: { type: number }, by: { type: string } } }
  TAG: { type: string }
  PAUSE:
initial: open
states:
  open:
    tags: busy
    initial: empty
    states:
      empty: { on: { PAY: { target: paid, assign: { paid: "{% event.data.amount %}", when: "{% 1 %}" } } } }
      paid: { entry: { emit: { type: settled, data: 3 } } }
    on: { PAUSE: shipped }
  shipped: { type: final, output: { done: true } }
`;

const PROGRAM = `
import { createActor, createMachine, initialTransition, transition } from 'detent';
import { openEngine } from 'detent/engine';
import { actorSession } from 'detent/session';
import definition from './order.yaml';

const order = createMachine(definition);
const [start] = initialTransition(order, { total: 3 });
export const paid: number = start.context.paid;
export const note: 'none' | 'gift' | undefined = start.context.note;
export const when: unknown = start.context.when;
export const done: boolean | undefined = start.output?.done;
transition(order, start, { type: 'PAY', amount: 3 });
transition(order, start, { type: 'PAY', amount: 3, by: 'card' });
transition(order, start, { type: 'TAG', data: 'x' });
transition(order, start, { type: 'PAUSE', anything: true });
start.matches('open.empty');
start.matches({ open: 'paid' });
start.hasTag('busy');
const actor = createActor(order, { input: { total: 3 } });
actor.on('settled', ({ data }) => data.toFixed());
actorSession(actor).send.PAY({ amount: 3 });
export const isPaid: boolean = actorSession(actor).is['open.paid'];
export const engine = () => openEngine({ definitions: [definition, order] });

// @ts-expect-error: no such input
initialTransition(order, { sum: 3 });
// @ts-expect-error: a payload of another type
transition(order, start, { type: 'PAY', amount: '3' });
// @ts-expect-error: without its payload
transition(order, start, { type: 'PAY' });
// @ts-expect-error: data of another type
transition(order, start, { type: 'TAG', data: 3 });
// @ts-expect-error: no such event
transition(order, start, { type: 'PLAY' });
// @ts-expect-error: no such state
start.matches('open.full');
// @ts-expect-error: no such state, as a value
start.matches({ open: 'full' });
// @ts-expect-error: no such tag
start.hasTag('lazy');
// @ts-expect-error: no such field
start.context.sum;
// @ts-expect-error: no such field of the output
start.output?.sum;
// @ts-expect-error: nothing that is emitted
actor.on('missed', () => {});
// @ts-expect-error: no such event to send
actorSession(actor).send.PLAY();
// @ts-expect-error: no such function to give
createMachine(definition, { guards: 3 });
`;

describe('detent types', () => {
  it('writes what makes a definition the machine that the same literal would be', async () => {
    writeFiles(folder, { 'order.yaml': ORDER, 'program.ts': PROGRAM });
    const written = await callReal(['types', at('order.yaml')]);
    expect([written.code, written.out, written.err]).toEqual([0, `${at('order.d.yaml.ts')}\n`, '']);
    expect(complaints(folder, ['program.ts', 'order.d.yaml.ts'])).toEqual([]);
  });

  it('is right about what such a machine does', () => {
    const order = createMachine(parse(ORDER) as object);
    const [start] = initialTransition(order, { total: 3 });
    const [next, effects] = transition(order, start, { type: 'PAY', amount: 3 });
    expect([next.value, next.context]).toEqual([
      { open: 'paid' },
      { total: 3, paid: 3, note: 'none', lines: [], when: 1 },
    ]);
    expect(effects).toContainEqual({ type: 'emit', event: { type: 'settled', data: 3 } });
  });

  it('leaves a file alone that is as it should be', async () => {
    const before = statSync(at('order.d.yaml.ts')).mtimeMs;
    expect(await callReal(['types', at('order.yaml')])).toMatchObject({ code: 0, out: '', err: '' });
    expect(statSync(at('order.d.yaml.ts')).mtimeMs).toBe(before);
  });

  it('says with --check what is out of date, and writes nothing', async () => {
    expect((await callReal(['types', '--check', at('order.yaml')])).code).toBe(0);
    writeFiles(folder, {
      'order.yaml': ORDER.replaceAll('empty', 'blank'),
      'new.json': '{"initial":"a","states":{"a":{}}}',
    });
    const { code, err } = await callReal(['types', '--check', at('order.yaml'), at('new.json')]);
    expect([code, err]).toEqual([
      1,
      `${at('order.d.yaml.ts')} is out of date: run detent types ${at('order.yaml')}\n` +
        `${at('new.d.json.ts')} is out of date: run detent types ${at('new.json')}\n`,
    ]);
    expect(readFileSync(at('order.d.yaml.ts'), 'utf8')).not.toContain('blank');
  });

  it('says what it writes no types for', async () => {
    writeFiles(folder, {
      'flow.asl.json': '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
      'door.scxml': '<scxml><state id="a"/></scxml>',
    });
    const { code, out, err } = await callReal(['types', at('flow.asl.json'), at('door.scxml')]);
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('flow.asl.json: no types, a workflow takes no events');
    expect(err).toContain('door.scxml: no types, no program can import a document');
  });

  it('writes nothing for a definition that is wrong', async () => {
    writeFiles(folder, { 'wrong.yaml': 'initial: a\nstates: { a: { on: { GO: b } } }\n' });
    const { code, err } = await callReal(['types', at('wrong.yaml')]);
    expect([code, err]).toEqual([1, expect.stringContaining('unknown-target')]);
    expect(() => statSync(at('wrong.d.yaml.ts'))).toThrow();
  });

  it('takes no name for anything but a name', async () => {
    const names = [
      '__proto__',
      'constructor',
      '"; x',
      '*/ /*',
      ['`', '{x}`'].join('$'),
      '\u2028',
      '1',
      'a b',
    ];
    const states = Object.fromEntries(names.map((name) => [name, { on: { [`${name}.*`]: {} }, tags: name }]));
    writeFiles(folder, {
      'odd.json': JSON.stringify({
        id: 'o`d"d',
        initial: 'a b',
        context: JSON.parse('{"__proto__":1}'),
        states,
      }),
      'odd.ts': `import definition from './odd.json';
import { createMachine, initialTransition, transition } from 'detent';
const odd = createMachine(definition);
const [start] = initialTransition(odd);
start.matches('__proto__');
start.matches('constructor');
start.matches('"; x');
transition(odd, start, { type: '\`$' + '{x}\`.y' as '\`\${x}\`.y' });
transition(odd, start, { type: 'constructor.y' });
// @ts-expect-error: no such state
start.matches('toString');
`,
    });
    expect((await callReal(['types', at('odd.json')])).code).toBe(0);
    expect(complaints(folder, ['odd.ts', 'odd.d.json.ts'])).toEqual([]);
  });

  it('takes any event where a machine does, and none that it declares not to', async () => {
    writeFiles(folder, {
      'any.yaml': 'initial: a\nstates: { a: { on: { "*": {}, GO: {} } } }\n',
      'none.yaml': 'initial: a\nevents: { GO: false }\nstates: { a: {} }\n',
      'any.ts': `import any from './any.yaml';
import none from './none.yaml';
import { createMachine, createActor } from 'detent';
createActor(createMachine(any)).send({ type: 'WHATEVER', n: 1 });
createActor(createMachine(none)).send({ type: 'GO', data: undefined as never });
// @ts-expect-error: it is never right to come with this
createActor(createMachine(none)).send({ type: 'GO', data: 1 });
`,
    });
    expect((await callReal(['types', at('any.yaml'), at('none.yaml')])).code).toBe(0);
    expect(complaints(folder, ['any.ts'])).toEqual([]);
  });
});

describe('the type of a schema', () => {
  it.each([
    [true, 'unknown'],
    [false, 'never'],
    [{ type: 'integer' }, 'number'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ enum: ['a', 1, null, [true]] }, '"a" | 1 | null | readonly [true]'],
    [{ const: { a: 1 } }, '{ readonly "a": 1 }'],
    [{ type: 'array', items: { type: 'string' } }, 'readonly (string)[]'],
    [{ type: 'array' }, 'readonly (unknown)[]'],
    [{ type: 'object' }, '{ readonly [key: string]: unknown }'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, '{ readonly [key: string]: number }'],
    [{ type: 'object', additionalProperties: false }, '{ readonly [key: string]: never }'],
    [
      { properties: { a: { type: 'boolean' }, b: {} }, required: ['a'] },
      '{ readonly "a": boolean; readonly "b"?: unknown }',
    ],
    [
      { type: 'object', properties: { a: true }, additionalProperties: true },
      '{ readonly "a"?: unknown; readonly [key: string]: unknown }',
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, 'string | number'],
    [
      { type: 'object', properties: { a: {} }, anyOf: [{ type: 'string' }, { type: 'number' }] },
      '{ readonly "a"?: unknown } & (string | number)',
    ],
    [{ allOf: [{ minimum: 1 }, { type: 'number' }] }, 'number'],
  ])('%j is %s', (schema, type) => {
    expect(schemaType(schema as never)).toBe(type);
  });
});
