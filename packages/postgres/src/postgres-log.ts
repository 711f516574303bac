import type {
  AppendedStream,
  AppendRequest,
  EventLog,
  FoldPage,
  GlobalPage,
  GlobalRange,
  LoadPageRequest,
  RecordedMessage,
  StreamPage,
  StreamRef,
} from "@tidemark/core";

import { AppendAnnouncer } from "./append-announcer";
import { AppendListener } from "./append-listener";
import type { Connections } from "./connections";
import { EventAppender } from "./event-appender";
import type { FoldReader } from "./fold-reader";
import { GlobalReader } from "./global-reader";
import { StreamReader } from "./stream-reader";

/** The events of a `PostgresEventStore`. */
export class PostgresLog implements EventLog {
  readonly #appender: EventAppender;
  readonly #streams: StreamReader;
  readonly #global: GlobalReader;
  readonly #announcer: AppendAnnouncer;
  readonly #listener: AppendListener;

  constructor(
    connections: Connections,
    schemaName: string,
    description: string,
    private readonly folds: FoldReader,
  ) {
    const schema = `"${schemaName}"`;
    this.#appender = new EventAppender(connections, schema, description);
    this.#streams = new StreamReader(connections, schema);
    this.#global = new GlobalReader(connections, schema);
    this.#announcer = new AppendAnnouncer(connections, schemaName);
    this.#listener = new AppendListener(connections, schemaName);
  }

  async append(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[]> {
    if (requests.length === 0) return [];
    const { appended, heard } = await this.#appender.append(requests);
    if (heard) this.#announcer.announce();
    return appended;
  }

  loadPage(request: LoadPageRequest): Promise<FoldPage> {
    return this.folds.page(request);
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

  listStreams(category: string, page: StreamPage): Promise<readonly string[]> {
    return this.#streams.list(category, page);
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
