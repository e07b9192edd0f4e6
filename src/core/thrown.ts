/** What was thrown, in words: anything can be thrown, what has no words of its own and what throws again included. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
}

/**
 * Name and message of whatever was thrown; never throws itself.
 *
 * @example
 * thrown(new RangeError('too far')); // => { name: 'RangeError', message: 'too far' }
 * thrown({ code: 7 }); // => { name: 'Error', message: '{"code":7}' }
 * thrown(Object.create(null)).message; // => '{}'
 */
export function thrown(error: unknown): Thrown {
  try {
    if (error instanceof Error) return { name: String(error.name), message: String(error.message) };
    const text = typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error));
    return { name: 'Error', message: text };
  } catch {
    return { name: 'Error', message: 'what was thrown cannot be put into words' };
  }
}
