/**
 * Standard output as the command's alone: results and nothing else.
 *
 * A reader that has seen enough (`| head`) closes the pipe; what is printed after that is dropped in silence.
 */
export class Results {
  private isUnread = false;
  private makeRoom: () => void = () => {};

  constructor(private readonly write: (text: string, done: (error?: Error | null) => void) => unknown) {}

  /** Whether nobody reads any more. */
  get isClosed(): boolean {
    return this.isUnread;
  }

  /** Has something done before each piece of output: what moves on the same terminal makes room for it. */
  beforePrint(makeRoom: () => void): void {
    this.makeRoom = makeRoom;
  }

  line(text: string): Promise<void> {
    return this.print(`${text}\n`);
  }

  document(value: unknown): Promise<void> {
    return this.line(JSON.stringify(value, null, 2));
  }

  /** Resolves when the text has left the process. */
  async print(text: string): Promise<void> {
    if (this.isUnread) return;
    this.makeRoom();
    const error = await new Promise<Error | null | undefined>((done) => this.write(text, done));
    if (!error) return;
    if (!isBrokenPipe(error)) throw error;
    this.isUnread = true;
  }
}

/**
 * Takes standard output for results. Whatever else writes there from now on (a `console.log` in the user's modules)
 * goes to standard error, so that it cannot end up inside a JSON document.
 */
export function claimStandardOutput(): Results {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreBrokenPipe);
  return new Results((text, done) => write(text, done));
}

/** Each write reports it to its caller as well. */
function ignoreBrokenPipe(error: Error): void {
  if (!isBrokenPipe(error)) throw error;
}

function isBrokenPipe(error: Error): boolean {
  return ["EPIPE", "ERR_STREAM_DESTROYED"].includes((error as NodeJS.ErrnoException).code ?? "");
}
