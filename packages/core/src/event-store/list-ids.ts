import type { EventLog } from "../ports/event-log";
import { streamOf } from "./stream-names";

const PAGE = 1_000;

/** Lists the ids of all streams of a category that sort after `afterId`, a page at a time, in the order of their UTF-8 bytes. */
export async function* listIds(
  streams: Pick<EventLog, "listStreams">,
  category: string,
  afterId?: string,
): AsyncGenerator<string, void, undefined> {
  let after = afterId === undefined ? undefined : streamOf(category, afterId).stream;
  for (;;) {
    const page = await streams.listStreams(category, { limit: PAGE, ...(after !== undefined && { after }) });
    for (const stream of page) yield stream.slice(category.length + 1);
    if (page.length < PAGE) return;
    after = page.at(-1);
  }
}
