import type { Store } from '../../store/store.js';

/** A store whose methods `make` makes, each once, when it is first asked for. */
export function wrappedStore(make: (property: keyof Store) => unknown): Store {
  const made = new Proxy(
    {},
    {
      get: (_target, property: keyof Store, wrapped) => {
        const value = make(property);
        Object.defineProperty(wrapped, property, { value });
        return value;
      },
    },
  );
  return Object.create(made) as Store;
}

/** The store with some of its methods replaced. */
export function replacedStore(store: Store, replaced: Partial<Store>): Store {
  return wrappedStore((property) => {
    const member = replaced[property] ?? store[property];
    return typeof member === 'function' ? member.bind(store) : member;
  });
}
