import { equal, ok } from "node:assert/strict";

import type {
  AppendedStream,
  AppendOptions,
  AppendRequest,
  Checkpoint,
  ClaimExtension,
  ClaimedEntry,
  DueTimersQuery,
  EventStoreAdapter,
  FoldPage,
  GlobalRange,
  LoadPageRequest,
  LoadRequest,
  Operation,
  QueueClaim,
  QueueCount,
  QueueEntry,
  QueuePage,
  RecordedMessage,
  SnapshotFilter,
  SnapshotWrite,
  StoredSnapshot,
  StoredState,
  StreamPage,
  StreamRef,
  Timer,
  TimersPage,
} from "@tidemark/core/adapter";

import { asEntry } from "../operations/sample-entries";
import { operationsOf } from "../operations/sample-operations";
import { ref } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import type { FoldedStream, HistoryStore, StreamRange } from "./history-store";
import {
  BUCKETS,
  INBOX,
  KEYS,
  MESSAGES,
  OWNERS,
  QUEUE_IDS,
  STATE_STREAMS,
  SUBSCRIPTION,
  TABLE,
} from "./operation-steps";
import { type Kept, type Overdue, sortedKept } from "./plain-operations";
import { FINISHED_AT } from "./plain-queue";

/** More than any history holds. */
const ALL = 10_000;

/** The store under test as a history sees it. Global positions are counted from 1, whatever gaps the store leaves. */
export class GaplessStore implements HistoryStore {
  /** The store's global position of each event, in commit order. */
  private readonly globalPositions: number[] = [];

  constructor(private readonly at: StoreUnderTest) {}

  async append(requests: readonly AppendRequest[], options?: AppendOptions): Promise<readonly AppendedStream[]> {
    const appended = await this.adapter.log.append(requests, options);
    await this.countNewEvents();
    return appended.map((each) => ({ ...each, globalPosition: this.counted(each.globalPosition) }));
  }

  async fold({ snapshots, ...range }: LoadRequest): Promise<FoldedStream> {
    const { snapshot, snapshotEventId, page } = await this.adapter.load({ ...range, ...(snapshots && { snapshots }) });
    return {
      ...(snapshot && { snapshot: comparable(snapshot) }),
      ...(snapshotEventId !== undefined && { snapshotEventId }),
      ...(await this.folded(page, { ...range, after: snapshot?.version ?? -1 })),
    };
  }

  async foldAfter(request: LoadPageRequest): Promise<FoldedStream> {
    return this.folded(await this.adapter.log.loadPage(request), request);
  }

  async version(ref: StreamRef): Promise<number> {
    return this.adapter.log.version(ref);
  }

  async readStream(ref: StreamRef, range: StreamRange): Promise<RecordedMessage[]> {
    return this.inGaplessOrder(await this.adapter.log.readStream(ref, range));
  }

  async readLast(ref: StreamRef): Promise<RecordedMessage | undefined> {
    const last = await this.adapter.log.readLast(ref);
    return last && this.inGaplessOrder([last])[0];
  }

  /** Reads page after page as a subscription does, and checks what each page says of how far it reaches. */
  async readAll({ after, limit, ...range }: GlobalRange): Promise<RecordedMessage[]> {
    const messages: RecordedMessage[] = [];
    let start = this.cursorAfter(after);
    for (;;) {
      const left = limit - messages.length;
      const page = await this.adapter.log.readAll({ ...range, after: start, limit: left });
      const last = page.messages.at(-1)?.globalPosition ?? start;
      ok(page.messages.length <= left, `a page of ${page.messages.length} events, of ${left} at most`);
      ok(page.upTo >= last, `a page that reaches up to ${page.upTo}, before its last event at ${last}`);
      const isAllRead = page.upTo >= (this.globalPositions.at(-1) ?? 0);
      equal(page.atEnd, isAllRead, `atEnd of a page that reaches up to ${page.upTo}`);
      ok(page.atEnd || page.upTo > start, `a page that reaches no further than ${start}, with more to follow`);
      messages.push(...page.messages);
      if (page.atEnd || messages.length === limit) return this.inGaplessOrder(messages);
      start = page.upTo;
    }
  }

  async listStreams(category: string, page: StreamPage): Promise<string[]> {
    return [...(await this.adapter.log.listStreams(category, page))];
  }

  async writeSnapshots(writes: readonly SnapshotWrite[]): Promise<void> {
    await this.adapter.snapshots.write(writes);
  }

  async readSnapshots(ref: StreamRef): Promise<StoredSnapshot[]> {
    return Array.from(await this.adapter.snapshots.read(ref), comparable);
  }

  async listSnapshotStreams(category: string, page: StreamPage): Promise<string[]> {
    return [...(await this.adapter.snapshots.listStreams(category, page))];
  }

  async deleteSnapshots(filter: SnapshotFilter): Promise<number> {
    return this.adapter.snapshots.delete(filter);
  }

  /** Creates the table and lays the checkpoints that a history works on. */
  async prepareOperations(): Promise<void> {
    const { readModels, subscriptions } = operationsOf(this.at);
    await readModels.createTable(TABLE);
    await subscriptions.layCheckpoints(LAID);
  }

  async flush(operations: readonly Operation[]): Promise<void> {
    await operationsOf(this.at).flush(operations);
  }

  async raiseGeneration(bucket: number): Promise<Checkpoint | undefined> {
    const raised = await operationsOf(this.at).subscriptions.raiseGeneration(SUBSCRIPTION, bucket);
    return raised && { ...raised };
  }

  async due(query: DueTimersQuery): Promise<Timer[]> {
    return copies(await operationsOf(this.at).timers.due(query));
  }

  async untilTimer(now: number): Promise<number | undefined> {
    return operationsOf(this.at).timers.untilNext(now);
  }

  async listTimers(page: TimersPage): Promise<Timer[]> {
    return copies(await operationsOf(this.at).timers.list(page));
  }

  async claim(claim: QueueClaim): Promise<ClaimedEntry[]> {
    return Array.from(await operationsOf(this.at).commandQueue.claim(claim), asEntry);
  }

  async extend(extension: ClaimExtension): Promise<string[]> {
    return [...(await operationsOf(this.at).commandQueue.extend(extension))].sort();
  }

  async release(worker: string, ids: readonly string[]): Promise<void> {
    await operationsOf(this.at).commandQueue.release(worker, ids);
  }

  async untilNext(lanes: readonly string[], now: number): Promise<number | undefined> {
    return operationsOf(this.at).commandQueue.untilNext(lanes, now);
  }

  async listEntries(page: QueuePage): Promise<QueueEntry[]> {
    return Array.from(await operationsOf(this.at).commandQueue.list(page), timeless);
  }

  async counts(): Promise<QueueCount[]> {
    return copies(await operationsOf(this.at).commandQueue.counts());
  }

  async overdue(now: number): Promise<Overdue> {
    const { commandQueue, timers } = operationsOf(this.at);
    const { timers: due, since } = await timers.overdue(now);
    return {
      entries: copies(await commandQueue.overdue(now)),
      timers: { timers: due, ...(since !== undefined && { since }) },
    };
  }

  async forgetFinished(): Promise<number> {
    return operationsOf(this.at).commandQueue.forget(Number.MAX_SAFE_INTEGER, ALL);
  }

  async listStates(category: string, page: StreamPage): Promise<StoredState[]> {
    return copies(await operationsOf(this.at).states.list(category, page));
  }

  async readKept(): Promise<Kept> {
    const { readModels, subscriptions, inbox, timers, commandQueue, states } = operationsOf(this.at);
    const each = async <T, R>(names: readonly T[], read: (name: T) => R) => await Promise.all(names.map(read));
    const rows = await readModels.rows(TABLE, KEYS);
    return sortedKept({
      rows: Array.from(rows, (row) => Array.from(row)),
      checkpoints: copies(await subscriptions.checkpoints(SUBSCRIPTION)),
      parked: copies(await subscriptions.parked({ subscription: SUBSCRIPTION })),
      received: [...(await inbox.received(INBOX, MESSAGES))],
      timers: (await each(OWNERS, async (owner) => copies(await timers.ofOwner(owner)))).flat(),
      queue: found(await each(QUEUE_IDS, async (id) => commandQueue.find(id))).map(timeless),
      states: copies(await states.loadAll(STATE_STREAMS.map(ref))),
    });
  }

  private get adapter(): EventStoreAdapter {
    return this.at.adapter;
  }

  private async countNewEvents(): Promise<void> {
    let last = this.globalPositions.at(-1) ?? 0;
    const { messages } = await this.adapter.log.readAll({ after: last, limit: ALL });
    for (const { globalPosition } of messages) {
      ok(globalPosition > last, `global position ${globalPosition} follows ${last}`);
      this.globalPositions.push(globalPosition);
      last = globalPosition;
    }
  }

  /** 0 for one that no event has. */
  private counted(globalPosition: number): number {
    return this.globalPositions.indexOf(globalPosition) + 1;
  }

  private cursorAfter(count: number): number {
    return this.globalPositions[count - 1] ?? 0;
  }

  private inGaplessOrder(messages: readonly RecordedMessage[]): RecordedMessage[] {
    return Array.from(messages, (each) => ({ ...each, globalPosition: this.counted(each.globalPosition) }));
  }

  /** Follows a page to the end as a repository does. */
  private async folded(first: FoldPage, request: LoadPageRequest): Promise<FoldedStream> {
    const events: unknown[] = [];
    let { after } = request;
    let lastId = "";
    for (let page = first; ; page = await this.adapter.log.loadPage({ ...request, after })) {
      ok(
        page.events.length <= 2 * request.limit,
        `a page of ${page.events.length / 2} events, of ${request.limit} at most`,
      );
      equal(page.lastPosition, after + page.events.length / 2, "the last position of a page");
      equal(page.lastId === "", page.events.length === 0, "a page has a last id when it has events");
      ok(page.events.length > 0 || !page.more, "an empty page with more to follow");
      events.push(...page.events);
      after = page.lastPosition;
      lastId = page.lastId || lastId;
      if (!page.more) return { events, lastPosition: after, lastId };
    }
  }
}

/** Where the checkpoints of a history are laid. */
export const LAID = BUCKETS.map((bucket) => ({ subscription: SUBSCRIPTION, bucket, position: 0 }));

function copies<T extends object>(things: readonly T[]): T[] {
  return Array.from(things, (each) => ({ ...each }));
}

function found<T extends object>(things: readonly (T | undefined)[]): T[] {
  return copies(things.filter((each) => each !== undefined));
}

/** An entry without what depends on the time of day. */
function timeless(entry: QueueEntry): QueueEntry {
  const { finishedAt, ...rest } = asEntry(entry);
  return { ...rest, ...(finishedAt !== undefined && { finishedAt: FINISHED_AT }) };
}

/** Bytes of whatever class as those of one. */
function comparable(snapshot: StoredSnapshot): StoredSnapshot {
  const { state } = snapshot;
  return { ...snapshot, state: typeof state === "string" ? state : Uint8Array.from(state) };
}
