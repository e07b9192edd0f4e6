export const handlers = {
  make: async (length) => 'x'.repeat(length),
};
