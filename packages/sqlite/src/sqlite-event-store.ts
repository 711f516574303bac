import { resolve } from "node:path";

import {
  type Answer,
  type AppendedStream,
  type AppendRequest,
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
  type StreamRef,
  snapshotMessage,
  type VerifiedPage,
  type WriteSnapshotOptions,
} from "@tidemark/core";

import { retryWhileBusy } from "./busy-retry";
import { isUniqueViolation, storeError } from "./database-errors";
import type { EventAppender } from "./event-appender";
import { IN_MEMORY } from "./open-database";
import { OpenStore } from "./open-store";
import { verifyStore } from "./verification";

/** What `new SqliteEventStore(settings)` takes; domain.toml has the same under `[event_store]`. */
export interface SqliteSettings {
  /** The file, created with its folders where it is missing; `:memory:` for a store that ends with the process. */
  readonly path: string;
  /**
   * `full` (the default) flushes each commit to the disk before it is acknowledged; `normal` is faster, survives the
   * death of the process, and may lose the last commits with the power supply.
   */
  readonly synchronous?: "full" | "normal";
  /** How long to try again while other processes hold the file's lock; 5,000 where absent. */
  readonly busyTimeoutMs?: number;
}

/** Keeps events and snapshots in one SQLite file, which several processes may share. */
export class SqliteEventStore implements EventStoreAdapter {
  readonly description: string;
  readonly abilities: EventStoreAbilities;

  private readonly path: string;
  private readonly synchronous: "full" | "normal";
  private readonly busyTimeoutMs: number;
  private store: OpenStore | undefined;
  private closing: Promise<void> | undefined;

  constructor({ path, synchronous = "full", busyTimeoutMs = 5_000 }: SqliteSettings) {
    const inMemory = path === IN_MEMORY;
    this.path = inMemory ? path : resolve(path);
    this.synchronous = synchronous;
    this.busyTimeoutMs = busyTimeoutMs;
    this.description = inMemory ? "SQLite database in memory" : `SQLite file ${JSON.stringify(path)}`;
    this.abilities = { durable: !inMemory, sharedByProcesses: !inMemory, detectsDamage: true };
  }

  async open(): Promise<void> {
    await this.closing;
    if (this.store !== undefined) return;
    const { path, synchronous, description, busyTimeoutMs } = this;
    const file = { path, synchronous, description };
    const opened = await this.tried("Cannot open", () => new OpenStore(file, busyTimeoutMs));
    if (this.store === undefined) this.store = opened;
    else opened.database.close();
  }

  async close(): Promise<void> {
    this.closing ??= this.letGo().finally(() => {
      this.closing = undefined;
    });
    await this.closing;
  }

  async append(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[]> {
    const { writes, appender } = this.opened("append to");
    try {
      return await writes.submit(() => appender.append(requests));
    } catch (error) {
      if (isUniqueViolation(error)) return this.repeatedAppend(appender, requests, error);
      throw storeError(error, "Cannot append to", this.description);
    }
  }

  load(request: LoadRequest): Answer<LoadedStream> {
    return this.read(({ loader }) => loader.load(request));
  }

  loadPage(request: LoadPageRequest): Answer<FoldPage> {
    return this.read(({ loader }) => loader.folds.page(request));
  }

  version(ref: StreamRef): Answer<number> {
    return this.read(({ ends, snapshots }) =>
      isSnapshotCategory(ref.category) ? (snapshots.latest(ref)?.version ?? -1) : ends.of(ref.stream).position,
    );
  }

  readStream(
    ref: StreamRef,
    range: { readonly from: number; readonly limit: number },
  ): Answer<readonly RecordedMessage[]> {
    return this.read(({ messages, snapshots }) =>
      isSnapshotCategory(ref.category)
        ? snapshots.inVersionOrder(ref, range).map(snapshotMessage)
        : messages.stream(ref.stream, range),
    );
  }

  readLast(ref: StreamRef): Answer<RecordedMessage | undefined> {
    return this.read(({ messages, snapshots }) => {
      if (!isSnapshotCategory(ref.category)) return messages.lastOf(ref.stream);
      const latest = snapshots.latest(ref);
      return latest && snapshotMessage(latest);
    });
  }

  readCategory(category: string, range: GlobalRange): Answer<readonly RecordedMessage[]> {
    return this.read(({ messages }) => messages.category(category, range));
  }

  readAll(range: GlobalRange): Answer<readonly RecordedMessage[]> {
    return this.read(({ messages }) => messages.everything(range));
  }

  listStreams(category: string, page: { readonly after?: string; readonly limit: number }): Answer<readonly string[]> {
    return this.read(({ messages, snapshots }) =>
      isSnapshotCategory(category) ? snapshots.streams(category, page) : messages.streams(category, page),
    );
  }

  writeSnapshot(snapshot: StoredSnapshot, options: WriteSnapshotOptions): Promise<void> {
    return this.write(({ snapshots }) => snapshots.write(snapshot, options));
  }

  readSnapshots(ref: StreamRef): Answer<readonly StoredSnapshot[]> {
    return this.read(({ snapshots }) => snapshots.all(ref));
  }

  deleteSnapshots(filter: SnapshotFilter): Promise<number> {
    return this.write(({ snapshots }) => snapshots.delete(filter));
  }

  async *verify(): AsyncGenerator<VerifiedPage> {
    const { database } = this.opened("verify");
    try {
      yield* verifyStore(database);
    } catch (error) {
      throw storeError(error, "Cannot verify", this.description);
    }
  }

  private read<T>(attempt: (store: OpenStore) => T): Answer<T> {
    const store = this.opened("read from");
    return this.tried("Cannot read from", () => attempt(store));
  }

  private async write<T>(work: (store: OpenStore) => T): Promise<T> {
    const store = this.opened("write to");
    try {
      return await store.writes.submit(() => work(store));
    } catch (error) {
      throw storeError(error, "Cannot write to", this.description);
    }
  }

  /** At once where nothing holds the file's lock. */
  private tried<T>(attempted: string, attempt: () => T): Answer<T> {
    const translated = (error: unknown): never => {
      throw storeError(error, attempted, this.description);
    };
    try {
      const answer = retryWhileBusy(attempt, this.busyTimeoutMs);
      return answer instanceof Promise ? answer.catch(translated) : answer;
    } catch (error) {
      return translated(error);
    }
  }

  /** An id that is stored already: either this very append was, and its acknowledgement got lost, or it is a mistake. */
  private repeatedAppend(
    appender: EventAppender,
    requests: readonly AppendRequest[],
    cause: unknown,
  ): readonly AppendedStream[] {
    const before = appender.appendedBefore(requests);
    if (before !== undefined) return before;
    throw appender.storedId(requests) ?? storeError(cause, "Cannot append to", this.description);
  }

  private opened(attempted: string): OpenStore {
    if (this.store !== undefined && this.closing === undefined) return this.store;
    throw new IncorrectUsageError(`Cannot ${attempted} ${this.description}: it is not open; call open() first`);
  }

  private async letGo(): Promise<void> {
    const { store } = this;
    if (store === undefined) return;
    await store.writes.settled();
    this.store = undefined;
    store.close();
  }
}
