import { z } from "zod";

import { ExpectedVersionError } from "../errors/expected-version-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { firstIndexWhere } from "./binary-search";
import type {
  AppendedStream,
  AppendRequest,
  EventStoreAbilities,
  EventStoreAdapter,
  FoldPage,
  GlobalRange,
  LoadedStream,
  LoadPageRequest,
  LoadRequest,
  RecordedMessage,
  SnapshotFilter,
  StoredSnapshot,
  StreamRef,
  VerifiedPage,
  WriteSnapshotOptions,
} from "./event-store-adapter";
import type { EventStoreProvider } from "./event-store-provider";
import { MemorySnapshots } from "./memory-snapshots";
import { MemoryStream } from "./memory-stream";
import { SortedStreams } from "./sorted-streams";
import { isSnapshotCategory } from "./stream-names";

interface Category {
  readonly streams: SortedStreams<MemoryStream>;
  readonly messages: RecordedMessage[];
}

const VERIFIED_AT_ONCE = 1_000;

/**
 * Keeps events and snapshots in the memory of this process, for tests and for trying things out.
 *
 * It stores the same texts as a database does, frozen, so that nothing it returns reaches into it.
 */
export class MemoryEventStore implements EventStoreAdapter {
  readonly description = "memory of this process";
  readonly abilities: EventStoreAbilities = { durable: false, sharedByProcesses: false, detectsDamage: false };

  private readonly categories = new Map<string, Category>();
  /** The message with global position n at index n - 1. */
  private readonly messages: RecordedMessage[] = [];
  private readonly messagesById = new Map<string, RecordedMessage>();
  private readonly snapshots = new MemorySnapshots();

  open(): void {}

  close(): void {}

  async append(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[]> {
    const before = this.appendedBefore(requests);
    if (before !== undefined) return before;
    for (const request of requests) this.checkVersion(request);
    this.checkIds(requests);
    return requests.map((request) => this.write(request));
  }

  load(request: LoadRequest): LoadedStream {
    const { stream, category, snapshots, maxVersion, maxTime, limit } = request;
    const events = this.eventsOf(request);
    const timeBound = maxTime === undefined ? undefined : events.firstLaterThan(maxTime);
    const bound = Math.min((maxVersion ?? Number.POSITIVE_INFINITY) + 1, timeBound ?? Number.POSITIVE_INFINITY);
    const snapshot = snapshots && this.snapshots.newest(snapshots, bound);
    const page = events.page({
      stream,
      category,
      after: snapshot?.version ?? -1,
      limit,
      ...(maxVersion !== undefined && { maxVersion }),
      ...(maxTime !== undefined && { maxTime }),
    });
    if (snapshot === undefined) return { page };
    const anchor = events.messages[snapshot.version];
    return { snapshot, page, ...(anchor && { snapshotEventId: anchor.id }) };
  }

  loadPage(request: LoadPageRequest): FoldPage {
    return this.eventsOf(request).page(request);
  }

  version(ref: StreamRef): number {
    return isSnapshotCategory(ref.category) ? this.snapshots.version(ref) : this.eventsOf(ref).version;
  }

  readStream(ref: StreamRef, range: { readonly from: number; readonly limit: number }): readonly RecordedMessage[] {
    if (isSnapshotCategory(ref.category)) return this.snapshots.messages(ref, range);
    return this.eventsOf(ref).messages.slice(range.from, range.from + range.limit);
  }

  readLast(ref: StreamRef): RecordedMessage | undefined {
    return isSnapshotCategory(ref.category) ? this.snapshots.last(ref) : this.eventsOf(ref).messages.at(-1);
  }

  readCategory(category: string, { after, limit }: GlobalRange): readonly RecordedMessage[] {
    const messages = this.categories.get(category)?.messages ?? [];
    const start = firstIndexWhere(messages.length, (index) => messages[index]!.globalPosition > after);
    return messages.slice(start, start + limit);
  }

  readAll({ after, limit }: GlobalRange): readonly RecordedMessage[] {
    return this.messages.slice(after, after + limit);
  }

  listStreams(category: string, page: { readonly after?: string; readonly limit: number }): readonly string[] {
    if (isSnapshotCategory(category)) return this.snapshots.list(category, page);
    return this.categories.get(category)?.streams.list(page) ?? [];
  }

  writeSnapshot(snapshot: StoredSnapshot, options: WriteSnapshotOptions): void {
    this.snapshots.write(snapshot, options);
  }

  readSnapshots(ref: StreamRef): readonly StoredSnapshot[] {
    return this.snapshots.newestFirst(ref);
  }

  deleteSnapshots(filter: SnapshotFilter): number {
    return this.snapshots.delete(filter);
  }

  /** Memory does not rot: every message is as it was written. */
  async *verify(): AsyncGenerator<VerifiedPage> {
    for (let start = 0; start < this.messages.length; start += VERIFIED_AT_ONCE) {
      yield { messages: Math.min(VERIFIED_AT_ONCE, this.messages.length - start), faults: [] };
    }
  }

  /** The answer of the first time, when every message of these requests is stored where they would put it. */
  private appendedBefore(requests: readonly AppendRequest[]): readonly AppendedStream[] | undefined {
    const appended: AppendedStream[] = [];
    for (const { stream, expectedVersion, messages } of requests) {
      const stored = messages.map(({ id }) => this.messagesById.get(id));
      const first = expectedVersion === undefined ? stored[0]?.position : expectedVersion + 1;
      if (first === undefined) return undefined;
      const repeated = stored.every((each, index) => each?.stream === stream && each.position === first + index);
      if (!repeated) return undefined;
      const { position: version, globalPosition } = stored.at(-1)!;
      appended.push({ stream, version, globalPosition });
    }
    return appended;
  }

  private checkVersion(request: AppendRequest): void {
    const actual = this.eventsOf(request).version;
    const { stream, expectedVersion: expected = actual } = request;
    if (expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
  }

  private checkIds(requests: readonly AppendRequest[]): void {
    const ids = new Set<string>();
    for (const { stream, messages } of requests) {
      for (const { id } of messages) {
        if (this.messagesById.has(id) || ids.has(id)) {
          const message = `Cannot append to stream ${JSON.stringify(stream)}: an event with the id ${JSON.stringify(id)} is stored already`;
          throw new IncorrectUsageError(message, { stream, id });
        }
        ids.add(id);
      }
    }
  }

  private write({ stream, category, messages }: AppendRequest): AppendedStream {
    const { streams, messages: inCategory } = this.categoryOf(category);
    const events = streams.get(stream) ?? new MemoryStream();
    streams.set(stream, events);
    for (const { id, type, time, data, metadata } of messages) {
      const position = events.version + 1;
      const globalPosition = this.messages.length + 1;
      const message = Object.freeze({ id, type, time, data, metadata, stream, category, position, globalPosition });
      for (const messages of [events, inCategory, this.messages]) messages.push(message);
      this.messagesById.set(id, message);
    }
    return { stream, version: events.version, globalPosition: this.messages.length };
  }

  private categoryOf(name: string): Category {
    const category = this.categories.get(name) ?? { streams: new SortedStreams<MemoryStream>(), messages: [] };
    this.categories.set(name, category);
    return category;
  }

  private eventsOf({ stream, category }: StreamRef): MemoryStream {
    return this.categories.get(category)?.streams.get(stream) ?? new MemoryStream();
  }
}

/** `provider = "memory"` in domain.toml. */
export const memoryProvider = {
  settings: z.strictObject({}),
  /** Makes an empty store; it takes no settings. */
  create: () => new MemoryEventStore(),
} satisfies EventStoreProvider;
