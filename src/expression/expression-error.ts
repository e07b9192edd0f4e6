/** What went wrong while an expression was evaluated. Codes are the JSONata project's where it has one. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly code: string;
  /** Offset into the text, in UTF-16 units, if known. */
  readonly position: number | undefined;

  constructor(code: string, message: string, position?: number) {
    super(message);
    this.code = code;
    this.position = position;
  }
}
