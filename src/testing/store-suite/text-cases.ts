import assert from 'node:assert/strict';
import { MAX_PAYLOAD_BYTES } from '../../core/limits.js';
import {
  claim,
  claimJobs,
  claimOnly,
  commitAll,
  commitOf,
  foldedOf,
  idsOf,
  instancesOf,
  newInstance,
  newJob,
  signal,
} from './fixture.js';
import type { StoreCase } from './store-case.js';

/** JSON texts that a careless store would change. */
const TEXTS: readonly (readonly [string, string])[] = [
  ['escaped NULs and lone surrogates', String.raw`{"a":"\u0000","b":"\ud800 \udfff","\u0000":1}`],
  ['the order of keys', '{"z":1,"a":2,"10":3,"9":4,"Z":5}'],
  ['keys that come twice', '{"a":1,"a":2}'],
  [
    'numbers as they are written',
    '[12345678901234567890123,1.0,1e2,-0,0.1000000000000000055511151231257827]',
  ],
  ['white space', '{ "a" :\t[ 1 ,\n2 ] }\n'],
  ['every plane of Unicode', '"é€😀\u2028\ufeff\ufffd\uffff"'],
  ['decomposed characters', '"e\u0301 \u00e9"'],
  ['quotes and backslashes', String.raw`"\"'\\ ; DROP TABLE instance; -- %s ?1 $1 :a"`],
  ['deep nesting', `${'['.repeat(200)}${']'.repeat(200)}`],
  ['a megabyte', JSON.stringify('é'.repeat(MAX_PAYLOAD_BYTES / 2 - 1))],
];

/** Ids that a careless comparison would take for one. */
const IDS = [
  'a',
  'A',
  'a ',
  ' a',
  'é',
  'e\u0301',
  'ａ',
  '😀',
  "a'",
  'a%',
  'a_',
  '0',
  '00',
  '1e0',
  'null',
  '__proto__',
];

const byteForByte: readonly StoreCase[] = TEXTS.map(([what, text]) => ({
  name: `gives texts back byte for byte: ${what}`,
  async run({ store, clock }) {
    await store.create([newInstance('a', { start: { id: 'start', to: 'a', event: text } })]);
    await store.send([signal('a', 'one', { event: text })]);
    const lease = await claimOnly(store, 'a');
    const loaded = lease.load;
    for (const { event } of loaded.messages) assert.ok(event === text, 'the event of a message');
    const folded = loaded.messages.map((message, i) => ({
      ...foldedOf(message, i + 1, clock.now()),
      history: text,
    }));
    const jobs = [newJob('a', '1.0', clock.now(), { input: text })];
    assert.deepEqual(await commitAll(store, [commitOf(lease, loaded, { folded, jobs, state: text })]), [
      'committed',
    ]);
    assert.ok((await store.read('a'))?.instance.state === text, 'the state');
    for (const entry of (await store.journal('a', {})).items) {
      assert.ok(entry.event === text && entry.history === text, 'the journal');
    }
    const [job] = await claimJobs(store);
    assert.ok(job?.input === text, 'the input of a job');
    await store.endJobs([{ ...job, end: { status: 'completed', output: text } }]);
    const [answer] = await store.messages('a');
    const { output } = JSON.parse(answer?.event ?? '') as { output: unknown };
    assert.ok(JSON.stringify(output) === JSON.stringify(JSON.parse(text)), 'the output of a job');
  },
}));

export const textCases: readonly StoreCase[] = [
  ...byteForByte,
  {
    name: 'keeps ids apart that look alike, of instances, of events and of tasks',
    async run({ store, clock }) {
      assert.deepEqual(
        await store.create(IDS.map((id) => newInstance(id))),
        IDS.map(() => 'created'),
      );
      for (const id of IDS) {
        assert.deepEqual(
          await store.send(IDS.map((event) => signal(id, event))),
          IDS.map(() => 'accepted'),
        );
      }
      const claims = await claim(store, IDS.length);
      assert.deepEqual([...instancesOf(claims)].sort(), [...IDS].sort());
      for (const lease of claims) {
        const loaded = lease.load;
        assert.deepEqual(idsOf(loaded.messages), ['start', ...IDS]);
        const jobs = IDS.map((name, n) => newJob(lease.instance, `1.${n}`, clock.now(), { name }));
        assert.deepEqual(await commitAll(store, [commitOf(lease, loaded, { jobs })]), ['committed']);
      }
      for (const id of IDS) {
        const names = (await claimJobs(store, 1_000, [id])).map(({ name }) => name);
        assert.deepEqual(
          names,
          IDS.map(() => id),
        );
        assert.equal((await store.folded(id, id))?.revision, IDS.indexOf(id) + 2);
      }
    },
  },
];
