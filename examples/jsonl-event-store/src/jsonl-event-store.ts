import { ConfigurationError, DomainError, IncorrectUsageError, StoreUnavailableError } from "@tidemark/core";
import {
  type AppendRequest,
  type EventStoreAbilities,
  type EventStoreAdapter,
  type LoadedStream,
  type LoadRequest,
  type VerifiedPage,
} from "@tidemark/core/adapter";

import { JsonlEventLog } from "./event-log";
import { LineFile } from "./line-file";
import { JsonlSnapshotStore, type SnapshotLine } from "./snapshot-store";

const FORMAT = 1;

export interface JsonlSettings {
  readonly path: string;
  /** Whether each append is flushed to the disk before it is acknowledged; true where absent. */
  readonly flush?: boolean;
}

/** What a line of the file holds: the format, or one write with all that belongs to it. */
type Line = { readonly format: number } | { readonly append: readonly AppendRequest[] } | SnapshotLine;

/** Keeps events and snapshots in a file of JSON lines, and all of them in memory to find them by. */
export class JsonlEventStore implements EventStoreAdapter {
  readonly description: string;
  readonly abilities: EventStoreAbilities = { durable: true, sharedByProcesses: false, detectsDamage: false };
  readonly log = new JsonlEventLog((line) => this.write(line));
  readonly snapshots = new JsonlSnapshotStore((line) => this.write(line));

  private file: LineFile | undefined;

  constructor(private readonly settings: JsonlSettings) {
    this.description = `JSON lines file ${JSON.stringify(settings.path)}`;
  }

  open(): void {
    if (this.file !== undefined) return;
    this.log.clear();
    this.snapshots.clear();
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

  load({ snapshots, ...request }: LoadRequest): LoadedStream {
    const snapshot = snapshots && this.snapshots.find(snapshots, this.log.end(request));
    const page = this.log.loadPage({ ...request, after: snapshot?.version ?? -1 });
    if (snapshot === undefined) return { page };
    const anchor = this.log.of(request.stream)[snapshot.version];
    return { snapshot, page, ...(anchor && { snapshotEventId: anchor.id }) };
  }

  async *verify(): AsyncGenerator<VerifiedPage> {
    yield { messages: this.log.size, faults: [] };
  }

  /** Does again what a line of the file says was done. */
  private replay(line: Line | undefined, number: number): void {
    if (number === 1) this.checkFormat(line);
    else if (line === undefined) throw this.unavailable("Cannot open", `line ${number} is damaged; restore the file`);
    else if ("append" in line) for (const request of line.append) this.log.add(request);
    else if ("snapshots" in line || "deletion" in line) this.snapshots.replay(line);
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
