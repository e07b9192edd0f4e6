import { describe, expect, it } from 'vitest';
import { MAX_DEFINITION_BYTES } from '../../src/core/limits.js';
import { readScxml } from '../../src/scxml/scxml.js';
import { statechart } from '../../src/statechart/language.js';
import { MAX_STATE_DEPTH } from '../../src/statechart/limits.js';
import { Session } from './session.js';

const scxml = (inside: string, attributes = ''): string =>
  `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" ${attributes}>\n${inside}\n</scxml>`;

function sourceOf(text: string) {
  const read = readScxml(text);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  expect(statechart.check(read.source)).toEqual([]);
  return read.source;
}

const problemsOf = (text: string) => {
  const read = readScxml(text);
  return 'problems' in read ? read.problems : [];
};

describe('an SCXML document', () => {
  it('is a statechart of W3C’s dialect, its states by their ids', () => {
    const text = scxml(
      `<state id="open"><transition event="close shut" target="shut"/></state>
       <state id="shut"><onentry><log label="shut"/></onentry><transition target="locked"/></state>
       <final id="locked"/>`,
      'name="door" initial="open"',
    );
    expect(sourceOf(text)).toEqual({
      id: 'door',
      dialect: 'scxml',
      initial: ['#open'],
      states: {
        open: { id: 'open', on: [{ event: 'close shut', target: ['#shut'] }] },
        shut: {
          id: 'shut',
          entry: [{ choose: [{ actions: [{ log: { label: 'shut' } }] }] }],
          always: [{ target: ['#locked'] }],
        },
        locked: { id: 'locked', type: 'final' },
      },
    });
  });

  it('begins in its first state where it does not say, though that has no id', () => {
    const session = new Session(
      sourceOf(scxml('<state><transition event="go" target="b"/></state><state id="b"/>')),
    );
    expect(session.atoms()).toEqual(['state.1']);
    session.send('go');
    expect(session.atoms()).toEqual(['b']);
  });

  it('has regions, memories, inner and outer transitions, and branches that ask for states', () => {
    const text = scxml(
      `<parallel id="p">
         <history id="h" type="deep"><transition target="a1 b1"/></history>
         <state id="a"><state id="a1"><transition event="a" target="a2"/></state><state id="a2"/></state>
         <state id="b">
           <state id="b1">
             <transition event="b">
               <if cond="In('a1')"><raise event="one"/>
               <elseif cond="In('b2')"/><raise event="never"/>
               <else/><raise event="two"/></if>
             </transition>
             <transition event="two" target="b2"/>
           </state>
           <state id="b2"/>
         </state>
         <transition event="out" target="away"/>
       </parallel>
       <state id="away"><transition event="back" target="h"/></state>`,
    );
    const session = new Session(sourceOf(text));
    for (const event of ['b', 'a', 'b', 'out', 'back']) session.send(event);
    expect(session.atoms()).toEqual(['a2', 'b2']);
  });

  it('sends to itself at once and later, and cancels', () => {
    const text = scxml(
      `<state id="a">
         <onentry>
           <send event="late" delay="1s"/><send event="never" id="x" delay="500ms"/><send event="now"/><cancel sendid="x"/>
         </onentry>
         <transition event="never" target="wrong"/><transition event="now" target="b"/>
       </state>
       <state id="b"><transition event="late" target="c"/></state><state id="c"/><state id="wrong"/>`,
    );
    const session = new Session(sourceOf(text));
    expect(session.atoms()).toEqual(['b']);
    session.wait(999);
    expect(session.atoms()).toEqual(['b']);
    session.wait(1);
    expect(session.atoms()).toEqual(['c']);
  });

  it('passes over elements of other namespaces', () => {
    const text = scxml('<state id="a"/><x:note xmlns:x="urn:x">hello</x:note><note xmlns="urn:y"/>');
    expect(sourceOf(text)).toMatchObject({ states: { a: {} } });
  });

  it.each<[string, string, object]>([
    ['that is no XML', '<scxml>\n<state></scxml>', { code: 'xml', line: 2 }],
    ['that is empty', '', { code: 'xml' }],
    ['that is something else', '<svg/>', { code: 'scxml', line: 1, column: 1 }],
    [
      'with entities of its own',
      '<!DOCTYPE a [<!ENTITY x "y">]><scxml>&x;</scxml>',
      { code: 'xml', line: 1 },
    ],
    [
      'with an element that is misspelt',
      scxml('<stat id="a"/>'),
      { code: 'unknown-element', line: 2, column: 1, hint: 'did you mean "state"?' },
    ],
    [
      'with an attribute that is misspelt',
      scxml('<state id="a"><transition evnt="x" target="a"/></state>'),
      { code: 'unknown-attribute', line: 2, column: 15, hint: 'did you mean "event"?' },
    ],
    [
      'with an event that has no name',
      scxml('<state><onentry><raise/></onentry></state>'),
      { code: 'missing', line: 2 },
    ],
    [
      'with a condition that needs a datamodel, where it has none',
      scxml('<state id="a"><transition cond="x > 1" target="a"/></state>', 'datamodel="null"'),
      { code: 'not-supported', line: 2, column: 15 },
    ],
    [
      'with data, where it has no datamodel',
      scxml('<datamodel><data id="x" expr="1"/></datamodel><state id="a"/>', 'datamodel="null"'),
      { code: 'not-supported', line: 2, column: 12 },
    ],
    ['with two states of one id', scxml('<state id="a"/><state id="a"/>'), { code: 'duplicate-id', line: 2 }],
    [
      'with a history that leads nowhere',
      scxml('<state id="a"><history id="h"/><state id="b"/></state>'),
      { code: 'missing' },
    ],
  ])('%s is a problem with its place', (_, text, problem) => {
    expect(problemsOf(text)).toContainEqual(expect.objectContaining(problem));
  });

  it('may nest as deep as states may, and is told when it nests deeper', () => {
    const nested = (depth: number) => scxml('<state>'.repeat(depth) + '</state>'.repeat(depth));
    sourceOf(nested(MAX_STATE_DEPTH));
    expect(problemsOf(nested(MAX_STATE_DEPTH + 1))).toMatchObject([{ code: 'too-deep', line: 2 }]);
    expect(problemsOf(nested(100_000))).toMatchObject([{ code: 'too-deep' }]);
  });

  it(`may have ${MAX_DEFINITION_BYTES} bytes and no more`, () => {
    const text = scxml('<state id="a"/>');
    const padded = (bytes: number) => text + ' '.repeat(bytes - text.length);
    sourceOf(padded(MAX_DEFINITION_BYTES));
    expect(problemsOf(padded(MAX_DEFINITION_BYTES + 1))).toMatchObject([{ code: 'too-large' }]);
  });

  it('begins in its first state, though ids that are numbers come first in an object', () => {
    const session = new Session(
      sourceOf(scxml('<state id="b"><transition event="go" target="1"/></state><state id="1"/>')),
    );
    expect(session.atoms()).toEqual(['b']);
    session.send('go');
    expect(session.atoms()).toEqual(['state 1']);
  });

  it('may call a state by any name', () => {
    const ids = ['__proto__', 'constructor', 'a.b', 'states'];
    const source = sourceOf(scxml(ids.map((id) => `<state id="${id}"/>`).join(''), 'initial="__proto__"'));
    expect(new Session(source).atoms()).toEqual(['__proto__']);
  });
});
