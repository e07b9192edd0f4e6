/** How long the last of everything that is due may take to happen, in milliseconds. */
const PATIENCE_MS = 30_000;

const HOUR_MS = 3_600_000;

/**
 * Lets everything in a golden file go on as far as it can, over two jumps of the clock, and answers where each
 * instance is then and what became of events that came again. A release does this when it makes its file, and
 * every later one must come to the same.
 *
 * `engine` works on the file and has all handlers; `clock` is its store's, `{ now(), jump(ms) }`; `made` is what
 * stands beside the file.
 */
export async function continueAll(engine, clock, made) {
  await rest(engine, clock);
  for (const { id, view } of made.instances) if (view.parked !== undefined) await engine.retry(id);
  await rest(engine, clock);
  for (const hours of [1, 26]) {
    clock.jump(hours * HOUR_MS);
    await rest(engine, clock);
  }
  const again = [];
  for (const { instance, event, other } of made.receipts) {
    const { duplicate } = await engine.send(instance, event);
    const refusal = await engine.send(instance, other).catch((error) => error.code);
    again.push({ instance, event: event.id, duplicate, refusal });
  }
  const ends = [];
  for (const { id } of made.instances) {
    const event = { type: 'COUNT', id: 'a-last-event' };
    const { applied } = await engine.send(id, event, { wait: PATIENCE_MS });
    const { status, revision, value, context, output, error, parked } = await engine.read(id);
    ends.push({ id, status, revision, value, context, output, error, parked, last: applied?.outcome.kind });
  }
  return JSON.parse(JSON.stringify({ again, ends }));
}

/** Resolves when no instance and no job has anything due; rejects with what is stuck if it never comes to that. */
async function rest(engine, clock) {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (true) {
    const stuck = [];
    for (const status of ['pending', 'processing']) {
      const { items } = await engine.jobs({ status, limit: 1_000 });
      stuck.push(...items.filter(({ dueAt = 0 }) => dueAt <= clock.now()).map(({ id }) => `job ${id}`));
    }
    const { items } = await engine.list({ status: 'running', limit: 1_000 });
    for (const { id, nextDueAt = Number.POSITIVE_INFINITY, parked } of items)
      if (nextDueAt <= clock.now() && parked === undefined) stuck.push(id);
    if (stuck.length === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`stuck: ${stuck.slice(0, 20).join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
