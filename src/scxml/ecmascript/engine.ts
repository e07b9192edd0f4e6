/**
 * A JavaScript engine with nothing around it: no clock, no chance, no files, no network. It is handed in, so that nothing
 * here loads one. Whatever a realm is asked is answered at once, and within its limits.
 */
export interface JavascriptEngine {
  /**
   * A realm that has only what the language itself has, and in which a script was run that made it ready. It is the same whatever
   * realms there were before, and closes the one that is still open.
   */
  open(limits: RealmLimits, ready: string): JavascriptRealm;
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
   * the script throws, OutOfSteps, and EngineBroken.
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

/** The engine itself came to its end, by a mistake of its own. Where it did so once, it does for the same scripts again. */
export class EngineBroken extends Error {
  override readonly name = 'EngineBroken';

  constructor(cause: unknown) {
    super('the JavaScript engine broke down', { cause });
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
