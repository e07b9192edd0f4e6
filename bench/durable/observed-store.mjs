/**
 * A store that tells what it has made durable, at the moment when it says so: `onSent` of messages accepted,
 * `onCommits` of the commits that came through, `onEnds` of the jobs that ended.
 */
export function observed(store, { onSent, onCommits, onEnds }) {
  const told = {
    async send(messages) {
      const results = await store.send(messages);
      onSent?.(messages);
      return results;
    },
    async commit(commits, take) {
      const committed = await store.commit(commits, take);
      onCommits?.(commits.filter((_, n) => committed.results[n] === 'committed'));
      return committed;
    },
    async endJobs(ends) {
      const results = await store.endJobs(ends);
      onEnds?.(ends.filter((_, n) => results[n] === 'ended'));
      return results;
    },
  };
  const bound = new Map();
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(told, name)) return told[name];
      const value = target[name];
      if (typeof value !== 'function') return value;
      if (!bound.has(name)) bound.set(name, value.bind(target));
      return bound.get(name);
    },
  });
}
