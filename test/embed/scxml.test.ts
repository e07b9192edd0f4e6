import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDefinitionFiles } from '../../src/embed/definition-file.js';
import { openEngine } from '../../src/embed/engine.js';
import { LANGUAGES } from '../../src/embed/languages.js';

const PARENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="asking">
  <datamodel><data id="rate" src="rate.json"/><data id="total" expr="0"/></datamodel>
  <state id="asking">
    <invoke type="scxml" id="child">
      <param name="amount" expr="20"/>
      <content>
        <scxml version="1.0" datamodel="ecmascript">
          <datamodel><data id="amount" expr="1"/></datamodel>
          <state id="one"><transition event="go" target="end"><send target="#_parent" event="told" id="word"/></transition></state>
          <final id="end"><donedata><param name="amount" expr="amount * 2"/></donedata></final>
        </scxml>
      </content>
    </invoke>
    <transition event="go"><send target="#_child" event="go"/></transition>
    <transition event="told" cond="_event.sendid === 'word'"><assign location="total" expr="total + 1"/></transition>
    <transition event="done.invoke.child" target="done">
      <assign location="total" expr="total + _event.data.amount * rate.percent"/>
    </transition>
  </state>
  <final id="done"><donedata><content expr="total"/></donedata></final>
</scxml>`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scxml-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const read = (file: string) => readDefinitionFiles([file], { languages: LANGUAGES });

describe('a file in SCXML', () => {
  it('is a definition, with the files it speaks of and the machines within it, and runs', async () => {
    write('rate.json', '{ "percent": 3 }');
    const file = write('order.scxml', PARENT);
    const engine = await openEngine({ definitions: [file] });
    try {
      const made = await engine.create('order');
      await expect.poll(async () => (await engine.read(made.id))?.value).toBe('asking');
      await engine.send(made.id, { type: 'go' });
      await expect
        .poll(async () => engine.read(made.id), { timeout: 20_000 })
        .toMatchObject({ value: 'done', output: 121 });
    } finally {
      await engine.close();
    }
  });

  it('has two machines where one stands in the other, called after their file', async () => {
    write('rate.json', '{}');
    const { machines, problems } = await read(write('order.scxml', PARENT));
    expect(problems).toEqual([]);
    expect(machines.map(({ machine }) => machine)).toEqual(['order', 'order.child']);
  });

  it('is told of with line and column, whatever finds the problem', async () => {
    const { problems } = await read(write('order.scxml', PARENT.replace('target="done"', 'target="dome"')));
    expect(problems).toMatchObject([{ code: 'no-such-file', line: 2, column: 14 }]);
    const text = PARENT.replace(' src="rate.json"', '').replace('target="done"', 'target="dome"');
    const found = (await read(write('other.scxml', text))).problems;
    expect(found).toMatchObject([
      { code: 'unknown-target', line: 16, column: 5, hint: 'did you mean "#done"?' },
    ]);
  });

  it.each([
    '../rate.json',
    '/etc/passwd',
    'file:///etc/passwd',
    'http://example.com/rate.json',
  ])('reads nothing from %s', async (address) => {
    const { problems } = await read(write('order.scxml', PARENT.replace('rate.json', address)));
    expect(problems).toMatchObject([{ code: 'no-such-file' }]);
  });
});
