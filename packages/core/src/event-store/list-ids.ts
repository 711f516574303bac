import type { EventStoreAdapter } from "./event-store-adapter";

const PAGE = 1_000;

/** The ids of all streams of a category, a page at a time, in the order of their UTF-8 bytes. */
export async function* listIds(adapter: EventStoreAdapter, category: string): AsyncGenerator<string, void, undefined> {
  let after: string | undefined;
  for (;;) {
    const streams = await adapter.listStreams(category, { limit: PAGE, ...(after !== undefined && { after }) });
    for (const stream of streams) yield stream.slice(category.length + 1);
    if (streams.length < PAGE) return;
    after = streams.at(-1);
  }
}
