import {
  type AppendedStream,
  type AppendRequest,
  ConfigurationError,
  DomainError,
  type EventStoreAbilities,
  type EventStoreAdapter,
  type FoldPage,
  type GlobalRange,
  IncorrectUsageError,
  isSnapshotCategory,
  type LoadedStream,
  type LoadPageRequest,
  type LoadRequest,
  type RecordedMessage,
  type SnapshotFilter,
  type StoredSnapshot,
  StoreUnavailableError,
  type StreamRef,
  snapshotMessage,
  type VerifiedPage,
  type WriteSnapshotOptions,
} from "@tidemark/core";

import { EventIndex, rangeOf } from "./event-index";
import { LineFile } from "./line-file";
import { SnapshotIndex } from "./snapshot-index";

const FORMAT = 1;

export interface JsonlSettings {
  readonly path: string;
  /** Whether each append is flushed to the disk before it is acknowledged; true where absent. */
  readonly flush?: boolean;
}

/** What a line of the file holds: the format, or one write with all that belongs to it. */
type Line =
  | { readonly format: number }
  | { readonly append: readonly AppendRequest[] }
  | {
      readonly snapshot: Omit<StoredSnapshot, "state">;
      readonly text?: string;
      readonly base64?: string;
      readonly options: WriteSnapshotOptions;
    }
  | { readonly deletion: SnapshotFilter };

/** Keeps events and snapshots in a file of JSON lines, and all of them in memory to find them by. */
export class JsonlEventStore implements EventStoreAdapter {
  readonly description: string;
  readonly abilities: EventStoreAbilities = { durable: true, sharedByProcesses: false, detectsDamage: false };

  private file: LineFile | undefined;
  private events = new EventIndex();
  private snapshots = new SnapshotIndex();

  constructor(private readonly settings: JsonlSettings) {
    this.description = `JSON lines file ${JSON.stringify(settings.path)}`;
  }

  open(): void {
    if (this.file !== undefined) return;
    [this.events, this.snapshots] = [new EventIndex(), new SnapshotIndex()];
    const { path, flush = true } = this.settings;
    let lines = 0;
    this.file = this.tried("Cannot open", () =>
      LineFile.open(path, flush, (line, number) => {
        this.replay(line as Line | undefined, number);
        lines = number;
      }),
    );
    if (lines === 0) this.write({ format: FORMAT });
  }

  close(): void {
    this.file?.close();
    this.file = undefined;
  }

  async append(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[]> {
    const before = this.events.appendedBefore(requests);
    if (before !== undefined) return before;
    this.events.check(requests);
    this.write({ append: requests });
    return requests.map((request) => this.events.add(request));
  }

  load({ snapshots, ...request }: LoadRequest): LoadedStream {
    const snapshot = snapshots && this.snapshots.find(snapshots, this.events.end(request));
    const page = this.events.page({ ...request, after: snapshot?.version ?? -1 });
    if (snapshot === undefined) return { page };
    const anchor = this.events.of(request.stream)[snapshot.version];
    return { snapshot, page, ...(anchor && { snapshotEventId: anchor.id }) };
  }

  loadPage(request: LoadPageRequest): FoldPage {
    return this.events.page(request);
  }

  version(ref: StreamRef): number {
    return this.readLast(ref)?.position ?? -1;
  }

  readStream(ref: StreamRef, { from, limit }: { readonly from: number; readonly limit: number }): RecordedMessage[] {
    if (!isSnapshotCategory(ref.category)) return this.events.of(ref.stream).slice(from, from + limit);
    const snapshots = this.snapshots.of(ref.stream).reverse();
    return snapshots
      .filter(({ version }) => version >= from)
      .slice(0, limit)
      .map(snapshotMessage);
  }

  readLast(ref: StreamRef): RecordedMessage | undefined {
    if (!isSnapshotCategory(ref.category)) return this.events.of(ref.stream).at(-1);
    return this.snapshots.of(ref.stream).slice(0, 1).map(snapshotMessage)[0];
  }

  readCategory(category: string, range: GlobalRange): RecordedMessage[] {
    return rangeOf(this.events.inCategory(category), range);
  }

  readAll({ after, limit }: GlobalRange): RecordedMessage[] {
    return this.events.all.slice(after, after + limit);
  }

  listStreams(category: string, { after, limit }: { readonly after?: string; readonly limit: number }): string[] {
    const isOfSnapshots = isSnapshotCategory(category);
    const messages = isOfSnapshots ? this.snapshots.inCategory(category) : this.events.inCategory(category);
    const names = [...new Set(messages.map(({ stream }) => stream))].sort(byBytes);
    return names.filter((name) => after === undefined || byBytes(name, after) > 0).slice(0, limit);
  }

  writeSnapshot(snapshot: StoredSnapshot, options: WriteSnapshotOptions): void {
    const { state, ...columns } = snapshot;
    const encoded = typeof state === "string" ? { text: state } : { base64: Buffer.from(state).toString("base64") };
    this.write({ snapshot: columns, ...encoded, options });
    this.snapshots.write(snapshot, options);
  }

  readSnapshots({ stream }: StreamRef): StoredSnapshot[] {
    return this.snapshots.of(stream);
  }

  deleteSnapshots(filter: SnapshotFilter): number {
    this.write({ deletion: filter });
    return this.snapshots.delete(filter);
  }

  async *verify(): AsyncGenerator<VerifiedPage> {
    yield { messages: this.events.all.length, faults: [] };
  }

  /** Does again what a line of the file says was done. */
  private replay(line: Line | undefined, number: number): void {
    if (number === 1) this.checkFormat(line);
    else if (line === undefined) throw this.unavailable("Cannot open", `line ${number} is damaged; restore the file`);
    else if ("append" in line) for (const request of line.append) this.events.add(request);
    else if ("deletion" in line) this.snapshots.delete(line.deletion);
    else if ("snapshot" in line) {
      const state = line.text ?? new Uint8Array(Buffer.from(line.base64 ?? "", "base64"));
      this.snapshots.write({ ...line.snapshot, state }, line.options);
    }
  }

  private checkFormat(line: Line | undefined): void {
    const format = typeof line === "object" && line !== null && "format" in line ? line.format : undefined;
    if (format === undefined) throw this.unavailable("Cannot open", "it holds no events; name another file");
    if (format > FORMAT) {
      throw new ConfigurationError(`${this.description} has format ${format}, but this package knows up to ${FORMAT}`);
    }
  }

  private write(line: Line): void {
    const { file } = this;
    if (file === undefined) throw new IncorrectUsageError(`Cannot write to ${this.description}: it is not open`);
    this.tried("Cannot write to", () => file.append(line));
  }

  private tried<T>(attempted: string, attempt: () => T): T {
    try {
      return attempt();
    } catch (error) {
      if (error instanceof DomainError) throw error;
      throw this.unavailable(attempted, (error as Error).message, error);
    }
  }

  private unavailable(attempted: string, reason: string, cause?: unknown): StoreUnavailableError {
    return new StoreUnavailableError({ attempted, store: this.description, reason }, cause);
  }
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
