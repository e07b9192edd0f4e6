/** Milliseconds of the processor that something takes, which does not count what else the machine does. */
export function milliseconds(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
