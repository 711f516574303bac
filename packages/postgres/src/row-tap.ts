import type { RowCollector } from "./work";

/** Takes bytes as they come from the server. */
type Listener = (bytes: Buffer) => void;

/** What `RowTap` needs of the stream that a connection of `pg` reads. */
interface ByteStream {
  listeners(event: "data"): unknown[];
  on(event: "data", listener: Listener): unknown;
  removeListener(event: "data", listener: Listener): unknown;
}

/** Says who takes rows. */
interface RowTaker {
  /** Whether the work under way has a collector at all. */
  readonly isCollecting: boolean;
  /** The collector of the call whose rows come now. */
  collector(): RowCollector | undefined;
}

const DATA_ROW = 0x44;
/** A message starts with its kind and its length. The length counts itself, but not the kind. */
const [KIND_BYTES, LENGTH_BYTES] = [1, 4];
const HEADER_BYTES = KIND_BYTES + LENGTH_BYTES;

/**
 * Gives the rows of a connection to whoever collects them, as they are on the wire, and everything else to `pg`, whose parser would make a
 * string of every column of every row. It puts itself before the only listener of the stream.
 */
export class RowTap {
  /** The start of a message whose end has not come yet. */
  private rest: Buffer[] = [];
  private restBytes = 0;
  private awaitedBytes = 0;

  private constructor(
    private readonly pass: Listener,
    private readonly taker: RowTaker,
  ) {}

  /** Does nothing where others listen to the stream as well: then `pg` goes on parsing rows. */
  static put(stream: ByteStream, taker: RowTaker): void {
    const [parser, ...others] = stream.listeners("data") as Listener[];
    if (parser === undefined || others.length > 0) return;
    const tap = new RowTap(parser, taker);
    stream.removeListener("data", parser);
    stream.on("data", (bytes) => tap.take(bytes));
  }

  private take(bytes: Buffer): void {
    let left = bytes;
    while (this.restBytes > 0) {
      const missing = this.awaitedBytes - this.restBytes;
      this.rest.push(left.subarray(0, missing));
      this.restBytes += Math.min(missing, left.length);
      if (this.restBytes < this.awaitedBytes) return;
      // A message that comes in many parts is put together once; what comes after it stays where it is.
      const message = Buffer.concat(this.rest, this.restBytes);
      this.restBytes = 0;
      left = left.subarray(missing);
      this.scan(message);
    }
    if (left.length > 0) this.scan(left);
  }

  private scan(buffer: Buffer): void {
    let passed = 0;
    let at = 0;
    while (buffer.length - at >= HEADER_BYTES) {
      const end = at + KIND_BYTES + buffer.readUInt32BE(at + KIND_BYTES);
      if (end > buffer.length) break;
      if (buffer[at] === DATA_ROW && this.taker.isCollecting) {
        // What came before may be the end of another call.
        if (passed < at) this.pass(buffer.subarray(passed, at));
        passed = at;
        const collector = this.taker.collector();
        if (collector !== undefined) {
          collector.add(buffer, at + HEADER_BYTES);
          passed = end;
        }
      }
      at = end;
    }
    if (passed < at) this.pass(buffer.subarray(passed, at));
    if (at < buffer.length) this.keep(buffer.subarray(at));
  }

  private keep(start: Buffer): void {
    this.rest = [start];
    this.restBytes = start.length;
    const isLengthKnown = start.length >= HEADER_BYTES;
    this.awaitedBytes = isLengthKnown ? KIND_BYTES + start.readUInt32BE(KIND_BYTES) : HEADER_BYTES;
  }
}
