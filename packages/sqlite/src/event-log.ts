import {
  type Answer,
  type AppendedStream,
  type AppendOptions,
  type AppendRequest,
  type CountedEvents,
  type CountedRange,
  type EventLog,
  type FoldPage,
  type ForgetRequest,
  type ForgottenEvents,
  type GlobalPage,
  type GlobalRange,
  type LoadPageRequest,
  type RecordedMessage,
  refuseOverlaps,
  type StopListening,
  type StreamPage,
  type StreamRef,
} from "@tidemark/core/adapter";

import { AppendListener } from "./append-listener";
import { applyOperations } from "./apply-operations";
import { StoredEventId } from "./event-appender";
import type { StoreAccess } from "./store-access";

/** The events of a `SqliteEventStore`. */
export class SqliteEventLog implements EventLog {
  private readonly listener: AppendListener;

  constructor(private readonly access: StoreAccess) {
    this.listener = new AppendListener(access);
  }

  async append(
    requests: readonly AppendRequest[],
    { also = [] }: AppendOptions = {},
  ): Promise<readonly AppendedStream[]> {
    refuseOverlaps(also);
    try {
      const appended = await this.access.write(
        (store) => store.appender.append(requests, () => applyOperations(store, also)),
        "append to",
      );
      if (requests.length > 0) this.listener.notify();
      return appended;
    } catch (error) {
      if (!(error instanceof StoredEventId)) throw error;
      return await this.access.read(({ appender }) => appender.answerRepeated(requests, error));
    }
  }

  loadPage(request: LoadPageRequest): Answer<FoldPage> {
    return this.access.read(({ loader }) => loader.folds.page(request));
  }

  version({ stream }: StreamRef): Answer<number> {
    return this.access.read(({ ends }) => ends.of(stream).position);
  }

  readStream(
    { stream }: StreamRef,
    range: { readonly from: number; readonly limit: number },
  ): Answer<readonly RecordedMessage[]> {
    return this.access.read(({ streams }) => streams.read(stream, range));
  }

  readLast({ stream }: StreamRef): Answer<RecordedMessage | undefined> {
    return this.access.read(({ streams }) => streams.readLast(stream));
  }

  readAll(range: GlobalRange): Answer<GlobalPage> {
    return this.access.read(({ global }) => global.page(range));
  }

  countEvents(range: CountedRange): Answer<CountedEvents> {
    return this.access.read(({ counter }) => counter.count(range));
  }

  listStreams(category: string, page: StreamPage): Answer<readonly string[]> {
    return this.access.read(({ streams }) => streams.list(category, page));
  }

  forget(request: ForgetRequest): Promise<ForgottenEvents> {
    return this.access.write(({ forgetting }) => forgetting.forget(request), "forget events of");
  }

  forgottenUpTo(categories: readonly string[]): Answer<number> {
    return this.access.read(({ forgetting }) => forgetting.upTo(categories));
  }

  /**
   * Calls `listener` at once after an append of this store, and within some tens of milliseconds after one of another store on the
   * same file, in whatever process. Closing the store ends it.
   */
  onAppend(listener: () => void): Answer<StopListening> {
    return this.listener.add(listener);
  }

  /** Ends all listening. */
  close(): void {
    this.listener.close();
  }
}
