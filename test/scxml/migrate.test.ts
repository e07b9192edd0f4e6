import { describe, expect, it } from 'vitest';
import type { Definition } from '../../src/core/definition.js';
import type { EventBody } from '../../src/core/event.js';
import { fold, foldMigration, type Standing, UNBORN } from '../../src/core/fold.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';
import { readScxml } from '../../src/scxml/scxml.js';
import { scripted } from './world.js';

const BEFORE = `<scxml name="order" datamodel="ecmascript" initial="open">
  <datamodel><data id="items" expr="[2, 3]"/><data id="note" expr="'kept'"/></datamodel>
  <script>function sum(list) { return list.reduce((a, b) => a + b, 0); }</script>
  <state id="open">
    <onentry>
      <foreach array="items" item="one" index="n"><log label="each" expr="one + n"/></foreach>
      <send event="LATE" delayexpr="'10s'" id="late"/>
    </onentry>
    <invoke type="scxml" srcexpr="'file:' + 'payment.scxml'" id="pay"><param name="sum" expr="sum(items)"/></invoke>
    <invoke type="scxml" src="file:old.scxml" id="old"/>
    <transition event="CLOSE" cond="items.length > 1" target="closed"/>
  </state>
  <state id="closed"/>
</scxml>`;

const AFTER = `<scxml name="order" datamodel="ecmascript" initial="begun">
  <datamodel><data id="items" expr="[]"/><data id="total" expr="0"/></datamodel>
  <script>function twice(n) { return 2 * n; }</script>
  <state id="begun">
    <invoke type="scxml" srcexpr="'file:' + 'payment.scxml'" id="pay"><param name="sum" expr="1"/></invoke>
    <transition event="CLOSE" target="closed"><assign location="total" expr="twice(total)"/></transition>
    <transition event="LATE" target="closed"/>
  </state>
  <state id="closed"/>
</scxml>`;

function sourceOf(text: string): JsonObject {
  const read = readScxml(text);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.source as JsonObject;
}

describe('an instance of a document with JavaScript', () => {
  it('moves over to another one: its context by JavaScript, and what it waits for as far as that is there', () => {
    let standing: Standing = UNBORN;
    let revision = 0;
    const stamp = () => ({
      id: `e${++revision}`,
      instance: 'one',
      revision,
      at: revision * 1_000,
      seed: 's',
    });
    const from = sourceOf(BEFORE);
    const step = (source: Json, body: EventBody): Step => {
      const made = fold(scripted, scripted.compile(source), standing, { ...body, ...stamp() });
      standing = { status: made.status, state: made.state };
      return made;
    };
    step(from, { type: 'start', machine: 'order', input: null });
    expect(scripted.view(standing.state)).toMatchObject({ value: 'open', context: { items: [2, 3] } });

    const migrate = {
      from: 1,
      states: { open: 'begun' },
      context: { total: '{% items.reduce((a, b) => a + b, twice(0)) %}' },
    };
    const to = { ...sourceOf(AFTER), migrate } as Json;
    const earlier: Definition = {
      machine: 'order',
      version: 1,
      language: 'statechart',
      hash: 'a1b2c3d4',
      source: from,
    };
    const editions = { from: { definition: 'a1b2c3d4', version: 1 }, to: { definition: 'ffff', version: 2 } };
    const moved = foldMigration(
      scripted,
      scripted.compile(to),
      standing,
      { ...stamp(), type: 'migrate', ...editions },
      earlier,
    );
    expect(moved.outcome).toEqual({ kind: 'applied' });
    standing = { status: moved.status, state: moved.state };
    expect(scripted.view(standing.state)).toMatchObject({
      value: 'begun',
      context: { items: [2, 3], total: 5 },
    });
    // The payment goes on under its id; what only the earlier document invoked is told to stop; the event comes when it is due.
    const stopped = moved.effects.filter(({ type }) => type === 'cancel');
    expect(stopped).toEqual([expect.objectContaining({ kind: 'child' })]);
    expect(moved.effects.filter(({ type }) => type !== 'cancel')).toEqual([]);
    expect(JSON.stringify(standing.state)).toContain('"LATE"');

    step(to, { type: 'signal', name: 'CLOSE' });
    expect(scripted.view(standing.state)).toMatchObject({
      value: 'closed',
      context: { items: [2, 3], total: 10 },
    });
  });
});
