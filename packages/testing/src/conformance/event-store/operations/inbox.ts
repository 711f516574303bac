import { deepEqual, equal, rejects } from "node:assert/strict";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { LARGE_NUMBERS, range } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { ACCOUNTS, flush, operationsOf, receive, rowsOf, upsert } from "./sample-operations";

export function inbox(at: StoreUnderTest): void {
  const { it } = testRunner();

  const received = async (ids: readonly string[], name = "orders"): Promise<string[]> =>
    [...(await operationsOf(at).inbox.received(name, ids))].sort();
  const forget = async (before: number, name = "orders"): Promise<number> =>
    operationsOf(at).inbox.forget(name, before);

  it("knows what it has received, each inbox for itself", async () => {
    await flush(at, receive("1"), receive("2"), receive("1", { inbox: "Orders" }));
    deepEqual(await received(["3", "2", "1", "2"]), ["1", "2"]);
    deepEqual(await received(["1", "2"], "Orders"), ["1"]);
    deepEqual(await received(["1"], "nobody"), []);
    deepEqual(await received([]), []);
  });

  it("refuses what it has received already, with all that came with it", async () => {
    await operationsOf(at).readModels.createTable(ACCOUNTS);
    await flush(at, receive("1"), upsert(["1", 10]));
    await rejects(flush(at, upsert(["1", 20]), receive("2"), receive("1", { receivedAt: 99 })), {
      name: "OperationConflictError",
      code: "OPERATION_CONFLICT",
      details: { subject: 'message "1" of inbox "orders"', expected: "none", actual: "it received already" },
    });
    deepEqual(await rowsOf(at, "1"), [["1", 10]]);
    deepEqual(await received(["1", "2"]), ["1"]);
  });

  it("takes a message once that 32 deliver at the same time", async () => {
    await operationsOf(at).readModels.createTable(ACCOUNTS);
    const outcomes = await Promise.allSettled(range(32).map((n) => flush(at, receive("1"), upsert([`${n}`, n]))));
    const winners = range(32).filter((n) => outcomes[n]?.status === "fulfilled");
    equal(winners.length, 1);
    deepEqual(
      await rowsOf(at, ...range(32).map(String)),
      winners.map((n) => [`${n}`, n]),
    );
  });

  it("forgets what was received before a moment, and takes it anew", async () => {
    await flush(
      at,
      ...[10, 20, 30].map((receivedAt) => receive(`at-${receivedAt}`, { receivedAt })),
      receive("other", { receivedAt: 10, inbox: "Orders" }),
    );
    equal(await forget(10), 0);
    equal(await forget(30), 2);
    equal(await forget(30), 0);
    equal(await forget(30, "nobody"), 0);
    deepEqual(await received(["at-10", "at-20", "at-30"]), ["at-30"]);
    deepEqual(await received(["other"], "Orders"), ["other"]);
    await flush(at, receive("at-10", { receivedAt: 40 }));
    equal(await forget(40), 1);
    deepEqual(await received(["at-10", "at-30"]), ["at-10"]);
  });

  it("keeps ids and inboxes of all names, and times of all sizes, apart", async () => {
    await flush(
      at,
      ...IDENTIFIERS.map((id) => receive(id)),
      ...IDENTIFIERS.map((name) => receive("1", { inbox: `of ${name}` })),
      ...LARGE_NUMBERS.map((receivedAt) => receive(`${receivedAt}`, { inbox: "large", receivedAt })),
    );
    deepEqual(await received(IDENTIFIERS), [...IDENTIFIERS].sort());
    for (const name of IDENTIFIERS) deepEqual(await received(["1"], `of ${name}`), ["1"]);
    equal(await forget(Number.MAX_SAFE_INTEGER, "large"), LARGE_NUMBERS.length - 1);
  });
}
