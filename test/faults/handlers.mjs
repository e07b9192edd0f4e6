export const handlers = {
  work: async (input) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return input;
  },
};
