/** What went wrong in an action, together with what the event that tells of it says besides. */
export class ActionError extends Error {
  /** Further members of the event. */
  readonly told: Readonly<Record<string, unknown>>;

  constructor(cause: unknown, told: Readonly<Record<string, unknown>>) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = cause instanceof Error ? cause.name : 'Error';
    this.told = told;
  }
}
