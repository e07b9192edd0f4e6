import { correlationOf } from '../core/correlation.js';
import type { Correlated, CorrelatedMessage } from '../core/engine.js';
import type { TimerFiredEvent } from '../core/event.js';
import type { Json } from '../core/json.js';
import { MAX_CORRELATED_BYTES, MAX_PAGE } from '../core/limits.js';
import type { Message } from '../core/message.js';
import { Refused } from '../core/problem.js';
import type { Store } from '../store/store.js';
import { message } from './delivery.js';
import { bodyHash } from './hash.js';
import { checkedPayload } from './request.js';

/** Answers the waits for a key and a value, all or the oldest; a wait that was answered by then is nobody's. */
export async function correlate(
  store: Store,
  { key, value, data }: CorrelatedMessage,
  to: 'all' | 'one',
): Promise<Correlated> {
  const output = checkedPayload({ key, value, data: data ?? null }, 'the message', MAX_CORRELATED_BYTES);
  const subject = subjectOf(key, checkedPayload(value, 'the value'));
  if (to === 'one') return one(store, subject, output);
  const instances: string[] = [];
  let matched = 0;
  for (let after = ''; ; ) {
    const waits = await store.awaiting({ subject, limit: MAX_PAGE, after });
    const reached = await answerAll(store, waits, output);
    matched += reached.length;
    instances.push(...reached.slice(0, MAX_PAGE - instances.length));
    after = waits.at(-1)?.id ?? '';
    if (waits.length < MAX_PAGE) return { matched, instances };
  }
}

/** The first that nobody else answers meanwhile. */
async function one(store: Store, subject: string, output: Json): Promise<Correlated> {
  const waits = await store.awaiting({ subject, limit: MAX_PAGE });
  for (const wait of [...waits].sort((a, b) => a.seq - b.seq)) {
    const instances = await answerAll(store, [wait], output);
    if (instances.length > 0) return { matched: 1, instances };
  }
  return { matched: 0, instances: [] };
}

/** The instances whose wait it ends. Each wait takes one answer (rule 3). */
async function answerAll(store: Store, waits: readonly Message[], output: Json): Promise<readonly string[]> {
  if (waits.length === 0) return [];
  const results = await store.send(
    waits.map(({ to, event }) => {
      const { effect } = JSON.parse(event) as TimerFiredEvent;
      const answer = message(`/answer/${effect}`, to, { type: 'task.succeeded', effect, output });
      return { ...answer, hash: bodyHash({ effect, output }) };
    }),
  );
  return waits.flatMap(({ to }, index) => (results[index] === 'accepted' ? [to] : []));
}

function subjectOf(key: unknown, value: Json): string {
  if (typeof key !== 'string')
    throw new Refused({ code: 'invalid-correlation', message: 'key must be a text', path: '/key' });
  const subject = correlationOf(key, value);
  if ('problem' in subject) throw new Refused(subject.problem);
  return subject.value;
}
