import { describe, expect, it } from 'vitest';
import { World } from './world.js';

const CHILD = `<scxml datamodel="ecmascript" initial="a">
  <state id="a">
    <onentry>
      <send target="#_parent" event="named" id="one"/>
      <send target="#_parent" event="late" delay="10ms" id="two"/>
      <send target="#_parent" event="bare"/>
      <send target="#_parent" event="made" idlocation="made"/>
    </onentry>
  </state>
  <datamodel><data id="made" expr="''"/></datamodel>
</scxml>`;

describe('an event from another session', () => {
  it('says by which id its sender knows it, at once or when it was held back', () => {
    const world = new World(
      `<scxml datamodel="ecmascript" initial="a">
      <state id="a">
        <invoke type="scxml" src="file:child.scxml" id="child"/>
        <transition event="*"><log label="got" expr="[_event.name, _event.sendid ?? null, _event.invokeid]"/></transition>
      </state>
    </scxml>`,
      { 'child.scxml': CHILD },
    );
    world.wait(20);
    expect(world.logged).toEqual([
      { label: 'got', value: ['named', 'one', 'child'] },
      { label: 'got', value: ['bare', null, 'child'] },
      { label: 'got', value: ['made', expect.stringMatching(/^send\./), 'child'] },
      { label: 'got', value: ['late', 'two', 'child'] },
    ]);
  });

  it('says it in the error that tells of its failure, too', () => {
    const world = new World(`<scxml datamodel="ecmascript" initial="a">
      <state id="a">
        <onentry><send target="#_nobody" event="x" id="lost"/></onentry>
        <onentry><send target="!" event="x" id="wrong"/></onentry>
        <transition event="error.*"><log label="failed" expr="[_event.name, _event.sendid]"/></transition>
      </state>
    </scxml>`);
    expect(world.logged).toEqual([
      { label: 'failed', value: ['error.communication', 'lost'] },
      { label: 'failed', value: ['error.execution', 'wrong'] },
    ]);
  });
});
