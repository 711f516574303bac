import type {
  AppendedStream,
  AppendOptions,
  AppendRequest,
  CountedEvents,
  CountedRange,
  EventLog,
  FoldPage,
  ForgetRequest,
  ForgottenEvents,
  GlobalPage,
  GlobalRange,
  LoadPageRequest,
  Operation,
  RecordedMessage,
  StreamPage,
  StreamRef,
} from "@tidemark/core/adapter";

import { AppendAnnouncer } from "./append-announcer";
import { AppendListener } from "./append-listener";
import type { Connections } from "./connections";
import { EventAppender } from "./event-appender";
import { EventCounter } from "./event-counter";
import type { FoldReader } from "./fold-reader";
import { Forgetting } from "./forgetting";
import { GlobalReader } from "./global-reader";
import type { PostgresOperationStore } from "./operation-store";
import type { StreamReader } from "./stream-reader";

/** What the log needs of the store that it is a part of. */
interface EventLogParts {
  readonly connections: Connections;
  readonly schemaName: string;
  readonly operations: PostgresOperationStore;
  readonly streams: StreamReader;
  readonly folds: FoldReader;
}

const NO_OPERATIONS: readonly Operation[] = [];

/** The events, in the table `events`. */
export class PostgresEventLog implements EventLog {
  readonly #appender: EventAppender;
  readonly #operations: PostgresOperationStore;
  readonly #streams: StreamReader;
  readonly #folds: FoldReader;
  readonly #global: GlobalReader;
  readonly #counter: EventCounter;
  readonly #forgetting: Forgetting;
  readonly #announcer: AppendAnnouncer;
  readonly #listener: AppendListener;

  constructor({ connections, schemaName, operations, streams, folds }: EventLogParts) {
    const schema = `"${schemaName}"`;
    this.#operations = operations;
    this.#streams = streams;
    this.#folds = folds;
    this.#appender = new EventAppender(connections, operations, schema, () => this.#announcer.announce());
    this.#global = new GlobalReader(connections, schema);
    this.#counter = new EventCounter(connections, schema);
    this.#forgetting = new Forgetting(connections, schema);
    this.#announcer = new AppendAnnouncer(connections, schemaName);
    this.#listener = new AppendListener(connections, schemaName);
  }

  append(
    requests: readonly AppendRequest[],
    { also = NO_OPERATIONS }: AppendOptions = {},
  ): Promise<readonly AppendedStream[]> {
    if (requests.length > 0) return this.#appender.append(requests, also);
    return this.#operations.flush(also).then(() => []);
  }

  /** As `onAppend`, for what is announced alone: costs writers nothing. */
  onAnnounce(listener: () => void): Promise<() => Promise<void>> {
    return this.#listener.add(listener, { isOfAppends: false });
  }

  announce(): void {
    this.#announcer.announce();
  }

  loadPage(request: LoadPageRequest): Promise<FoldPage> {
    return this.#folds.page(request);
  }

  version(ref: StreamRef): Promise<number> {
    return this.#streams.version(ref);
  }

  readStream(
    ref: StreamRef,
    range: { readonly from: number; readonly limit: number },
  ): Promise<readonly RecordedMessage[]> {
    return this.#streams.read(ref, range);
  }

  readLast(ref: StreamRef): Promise<RecordedMessage | undefined> {
    return this.#streams.readLast(ref);
  }

  readAll(range: GlobalRange): Promise<GlobalPage> {
    return this.#global.read(range);
  }

  countEvents(range: CountedRange): Promise<CountedEvents> {
    return this.#counter.count(range);
  }

  listStreams(category: string, page: StreamPage): Promise<readonly string[]> {
    return this.#streams.list(category, page);
  }

  forget(request: ForgetRequest): Promise<ForgottenEvents> {
    return this.#forgetting.forget(request);
  }

  forgottenUpTo(categories: readonly string[]): Promise<number> {
    return this.#forgetting.upTo(categories);
  }

  /**
   * Calls `listener` within milliseconds of an append, by whatever process, and about once a second without one. Costs
   * writers nothing while nobody listens.
   */
  onAppend(listener: () => void): Promise<() => Promise<void>> {
    return this.#listener.add(listener);
  }

  async close(): Promise<void> {
    await this.#listener.close();
    await this.#announcer.close();
  }
}
