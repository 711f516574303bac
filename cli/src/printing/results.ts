import type { Output } from "../io/io";

/** The characters that are collected for one write. */
const CHUNK = 64 * 1024;

/** The columns of a terminal that does not say how wide it is. */
const USUAL_WIDTH = 80;

/**
 * Prints what a command found on standard output.
 *
 * A reader that has seen enough (`| head`) closes the pipe; what is printed after that is dropped without an error.
 */
export class Results {
  private isUnread = false;
  private makeRoom: () => void = () => {};

  constructor(private readonly output: Output) {}

  /** True once the reader has closed the pipe. */
  get isClosed(): boolean {
    return this.isUnread;
  }

  /** The columns that a line may take; undefined in a pipe or a file, where no line is cut. */
  get width(): number | undefined {
    return this.output.isTTY ? this.output.columns || USUAL_WIDTH : undefined;
  }

  /** Calls `makeRoom` before each print, so that a line that moves on the same terminal can be taken away first. */
  beforePrint(makeRoom: () => void): void {
    this.makeRoom = makeRoom;
  }

  line(text: string): Promise<void> {
    return this.print(`${text}\n`);
  }

  document(value: unknown): Promise<void> {
    return this.line(JSON.stringify(value, null, 2));
  }

  /** Prints a JSON array without a line feed after it, each item on its own line, as the items arrive. */
  async array<T>(items: AsyncIterable<T>, jsonOf: (item: T) => string = JSON.stringify): Promise<void> {
    let text = "[";
    let separator = "\n";
    for await (const item of items) {
      text += separator + jsonOf(item);
      separator = ",\n";
      if (text.length < CHUNK) continue;
      await this.print(text);
      if (this.isUnread) return;
      text = "";
    }
    await this.print(`${text}${separator === "\n" ? "" : "\n"}]`);
  }

  /** Resolves when the text has left the process. */
  async print(text: string): Promise<void> {
    if (this.isUnread) return;
    this.makeRoom();
    const error = await new Promise<Error | null | undefined>((done) => this.output.write(text, done));
    if (!error) return;
    if (!isBrokenPipe(error)) throw error;
    this.isUnread = true;
  }
}

/** Returns whether a write failed because the reader of the pipe is gone. */
export function isBrokenPipe(error: Error): boolean {
  return ["EPIPE", "ERR_STREAM_DESTROYED"].includes((error as NodeJS.ErrnoException).code ?? "");
}
