import type {
  Answer,
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

import type { StoreAccess } from "./store-access";

/** The events of a `SqliteEventStore`. */
export class SqliteLog implements EventLog {
  constructor(private readonly store: StoreAccess) {}

  append(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[]> {
    return this.store.write(({ appender }) => appender.append(requests), "append to");
  }

  loadPage(request: LoadPageRequest): Answer<FoldPage> {
    return this.store.read(({ loader }) => loader.folds.page(request));
  }

  version({ stream }: StreamRef): Answer<number> {
    return this.store.read(({ ends }) => ends.of(stream).position);
  }

  readStream(
    { stream }: StreamRef,
    range: { readonly from: number; readonly limit: number },
  ): Answer<readonly RecordedMessage[]> {
    return this.store.read(({ messages }) => messages.stream(stream, range));
  }

  readLast({ stream }: StreamRef): Answer<RecordedMessage | undefined> {
    return this.store.read(({ messages }) => messages.lastOf(stream));
  }

  readAll(range: GlobalRange): Answer<GlobalPage> {
    return this.store.read(({ messages }) => messages.global(range));
  }

  listStreams(category: string, page: StreamPage): Answer<readonly string[]> {
    return this.store.read(({ messages }) => messages.streams(category, page));
  }
}
