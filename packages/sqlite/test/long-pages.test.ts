import { join } from "node:path";

import { sqliteStore } from "./driver-under-test";
import { append, ref } from "./messages";
import { temporaryFolder } from "./temporary-folder";

/** Large enough that one string cannot hold all events of the page; the short run loads a page that it can hold. */
const MEGABYTES = process.env.TIDEMARK_TEST === "full" ? 70 : 1;

it(`loads a page of 8 events of ${MEGABYTES} MB each in as many parts as it takes`, async () => {
  const store = sqliteStore({ path: join(temporaryFolder(), "long.db"), synchronous: "normal" });
  await store.open();
  const data = JSON.stringify({ note: "x".repeat(MEGABYTES * 1_000_000) });
  for (let position = 0; position < 8; position++) {
    const request = append("account-1", [`event ${position}`], position - 1);
    await store.log.append([{ ...request, messages: request.messages.map((message) => ({ ...message, data })) }]);
  }
  const lengths: number[] = [];
  for (let after = -1, more = true; more; ) {
    const page = await store.log.loadPage({ ...ref("account-1"), after, limit: 8 });
    const data = page.events.filter((_, index) => index % 2 === 1) as readonly { readonly note: string }[];
    lengths.push(...data.map(({ note }) => note.length));
    after = page.lastPosition;
    more = page.more;
  }
  expect(lengths).toEqual(Array(8).fill(MEGABYTES * 1_000_000));
  await store.close();
});
