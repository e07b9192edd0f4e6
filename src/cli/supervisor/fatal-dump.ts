/** Lines with which V8 and Node begin to say, over a hundred lines, that the process is lost. */
const BEGINNING =
  /^(<--- Last few GCs --->|FATAL ERROR: |# Fatal (error|JavaScript)|----- Native stack trace -----)/;
const OUT_OF_MEMORY = /out of memory|invalid size error|Allocation failed/;

/**
 * What a process writes to stderr, without the dump that V8 makes when it aborts: that is for V8's authors,
 * and one sentence says it to everyone else. Whole lines come out as they come in.
 */
export class FatalDumpFilter {
  /** Whether the dump said that memory ran out. */
  outOfMemory = false;
  #dumping = false;
  #line = '';
  /** A line or two that may turn out to be the frame of a dump. */
  #held = '';

  push(chunk: string): string {
    const lines = (this.#line + chunk).split('\n');
    this.#line = lines.pop() ?? '';
    return lines.map((line) => this.#pass(`${line}\n`)).join('');
  }

  /** What is left when the stream has ended. */
  end(): string {
    const rest = this.#line === '' ? '' : this.#pass(this.#line);
    const held = this.#dumping ? '' : this.#held;
    this.#line = '';
    this.#held = '';
    return rest + held;
  }

  #pass(line: string): string {
    if (this.#dumping || BEGINNING.test(line)) {
      this.#dumping = true;
      this.outOfMemory ||= OUT_OF_MEMORY.test(line);
      return '';
    }
    // V8 frames its fatal errors in lines of "#", and puts blank lines before its dumps.
    if (line === '#\n' || line === '\n') {
      this.#held += line;
      return '';
    }
    const held = this.#held;
    this.#held = '';
    return held + line;
  }
}
