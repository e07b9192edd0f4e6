/**
 * A JavaScript engine with nothing around it: no clock, no chance, no files, no network. It is handed in, so that nothing
 * here loads one. Whatever a realm is asked is answered at once, and within its limits.
 */
export interface JavascriptEngine {
  /** A realm that has only what the language itself has. */
  open(limits: RealmLimits): JavascriptRealm;
}

export interface RealmLimits {
  readonly memoryBytes: number;
  readonly stackBytes: number;
  /** Steps of all that it evaluates, as the engine counts them: the same for the same scripts on every machine. */
  readonly steps: number;
}

export interface JavascriptRealm {
  /**
   * Evaluates a script in the global scope. Its value as a text; empty where it is undefined. Throws ScriptError for what
   * the script throws, and OutOfSteps.
   */
  evaluate(script: string): string;
  close(): void;
}

/** The scripts of a realm have taken all of their steps: nothing is evaluated there any more. */
export class OutOfSteps extends Error {
  override readonly name = 'OutOfSteps';

  constructor() {
    super('the scripts of one event took too many steps');
  }
}

/** What a script threw, or what is wrong with its text. Line and column count from 1, within the script. */
export class ScriptError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(name: string, message: string, line: number, column: number) {
    super(message);
    this.name = name;
    this.line = line;
    this.column = column;
  }
}
