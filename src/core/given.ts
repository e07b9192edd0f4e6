/** An object's members without those that are undefined. */
export type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/**
 * The members that have a value. Optional members here are absent or right, never undefined, and this is how
 * what may be missing is handed on.
 *
 * @example
 * given({ a: 1, b: undefined }); // => { a: 1 }
 */
export function given<T extends object>(members: T): Given<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;
}
