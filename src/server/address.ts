/** Where a server listens if it is not told. */
export const DEFAULT_HOST = '127.0.0.1';
export const DEFAULT_PORT = 4400;
