import { deepEqual, equal, rejects } from "node:assert/strict";

import type { Operation, StoredState, StreamPage } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { range, ref } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { flush, loadState, operationsOf, state } from "./sample-operations";

export function states(at: StoreUnderTest): void {
  const { it } = testRunner();

  const put = (stored: StoredState, expectedVersion: number): Operation => ({
    kind: "putState",
    state: stored,
    expectedVersion,
  });
  const deletion = (expectedVersion: number, stream = "cart-1"): Operation => ({
    kind: "deleteState",
    stream,
    expectedVersion,
  });
  const refused = (expected: number, actual: number, stream = "cart-1") => ({
    name: "ExpectedVersionError",
    code: "EXPECTED_VERSION_MISMATCH",
    details: { stream, expected, actual },
  });

  it("gives back every part of a state, and nothing of a stream that has none", async () => {
    const data = `{"b":1.0,"a":"\u{1f600}\\n","a":-0,"text":"${"x".repeat(1_000_000)}"}`;
    await flush(at, put(state(0, { data }), -1));
    deepEqual(await loadState(at), state(0, { data }));
    for (const stream of ["cart-11", "Cart-1", "cart-", "carts-1"]) equal(await loadState(at, stream), undefined);
  });

  it("keeps the states of all ids apart", async () => {
    const all = IDENTIFIERS.map((id, version) => state(version, ref(`cart-${id}`)));
    await flush(at, ...all.map((each) => put(each, -1)));
    for (const each of all) deepEqual(await loadState(at, each.stream), each);
  });

  it("replaces a state at the version expected, up to the largest one", async () => {
    await flush(at, put(state(0), -1));
    let before = 0;
    for (const version of [1, 7, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      await flush(at, put(state(version), before));
      deepEqual(await loadState(at), state(version));
      before = version;
    }
  });

  it("refuses a state that is at another version, there already or not there, and leaves it", async () => {
    await flush(at, put(state(3), -1));
    await rejects(flush(at, put(state(9), -1)), refused(-1, 3));
    await rejects(flush(at, put(state(9), 2)), refused(2, 3));
    await rejects(flush(at, put(state(9), 4)), refused(4, 3));
    await rejects(flush(at, put(state(9, ref("cart-2")), 0)), refused(0, -1, "cart-2"));
    deepEqual(await loadState(at), state(3));
    equal(await loadState(at, "cart-2"), undefined);
  });

  it("deletes a state at the version expected, and refuses at another one", async () => {
    await flush(at, put(state(3), -1), put(state(0, ref("cart-2")), -1));
    await rejects(flush(at, deletion(2)), refused(2, 3));
    await rejects(flush(at, deletion(-1)), refused(-1, 3));
    await rejects(flush(at, deletion(0, "cart-3")), refused(0, -1, "cart-3"));
    await flush(at, deletion(3), deletion(-1, "cart-3"));
    equal(await loadState(at), undefined);
    deepEqual(await loadState(at, "cart-2"), state(0, ref("cart-2")));
    await flush(at, put(state(5), -1));
    deepEqual(await loadState(at), state(5));
  });

  const sorted = (loaded: readonly StoredState[]) =>
    Array.from(loaded, (each) => ({ ...each })).sort((a, b) =>
      Buffer.compare(Buffer.from(a.stream), Buffer.from(b.stream)),
    );
  const loadAll = async (...streams: readonly string[]) =>
    sorted(await operationsOf(at).states.loadAll(streams.map(ref)));
  const list = async (category: string, page: Partial<StreamPage> = {}) =>
    Array.from(await operationsOf(at).states.list(category, { limit: 1_000, ...page }), (each) => ({ ...each }));

  it("loads the states of many streams at once, of those that have one", async () => {
    const all = IDENTIFIERS.map((id, version) => state(version, ref(`cart-${id}`)));
    await flush(at, ...all.map((each) => put(each, -1)), put(state(7, ref("order-1")), -1));
    deepEqual(await loadAll(...all.map(({ stream }) => stream)), sorted(all));
    deepEqual(await loadAll("cart-nobody", "order-1", "cart-a", "Cart-1", "order-"), [
      state(IDENTIFIERS.indexOf("a"), ref("cart-a")),
      state(7, ref("order-1")),
    ]);
    deepEqual(await loadAll("cart-nobody"), []);
    deepEqual(await loadAll(), []);
  });

  it("loads 1,000 states at once", async () => {
    const all = range(1_000).map((n) => state(n, { ...ref(`cart-${n}`), data: `{"at":"\u{1f600}","n":${n}}` }));
    await flush(at, ...all.map((each) => put(each, -1)));
    deepEqual(await loadAll(...all.map(({ stream }) => stream)), sorted(all));
  });

  it("loads and lists states as they were written last, and none that was deleted", async () => {
    await flush(at, ...["cart-1", "cart-2", "cart-3"].map((stream) => put(state(0, ref(stream)), -1)));
    await flush(at, put(state(5, ref("cart-3")), 0), deletion(0, "cart-1"));
    const left = [state(0, ref("cart-2")), state(5, ref("cart-3"))];
    deepEqual(await loadAll("cart-1", "cart-2", "cart-3"), left);
    deepEqual(await list("cart"), left);
    await flush(at, put(state(1, ref("cart-1")), -1));
    deepEqual(await list("cart"), [state(1, ref("cart-1")), ...left]);
  });

  it("lists the states of one category, in the order of their streams by UTF-8 bytes, page by page", async () => {
    const all = IDENTIFIERS.map((id, version) => state(version, ref(`cart-${id}`)));
    const others = ["Cart-1", "carts-1", "order-1", "cart:snapshot-1"].map((stream) => state(1, ref(stream)));
    await flush(at, ...[...all, ...others].map((each) => put(each, -1)));
    const inOrder = sorted(all);
    deepEqual(await list("cart"), inOrder);
    for (const limit of [1, 3, 7]) {
      const pages: StoredState[] = [];
      for (;;) {
        const after = pages.at(-1)?.stream;
        const page = await list("cart", { limit, ...(after !== undefined && { after }) });
        pages.push(...page);
        if (page.length < limit) break;
      }
      deepEqual(pages, inOrder);
    }
    for (const other of others) deepEqual(await list(other.category), [other]);
    deepEqual(await list("nobody"), []);
  });

  it("lists states behind a stream that has none", async () => {
    await flush(at, ...["cart-1", "cart-3"].map((stream) => put(state(0, ref(stream)), -1)));
    deepEqual(await list("cart", { after: "cart-2" }), [state(0, ref("cart-3"))]);
    deepEqual(await list("cart", { after: "cart-3" }), []);
  });

  for (const [title, expected] of [
    ["create", -1],
    ["replace", 4],
  ] as const) {
    it(`lets exactly one of 64 writers ${title} a state`, async () => {
      if (expected !== -1) await flush(at, put(state(expected), -1));
      const written = (n: number) => state(expected + 1, { data: `{"by":${n}}` });
      const outcomes = await Promise.allSettled(range(64).map((n) => flush(at, put(written(n), expected))));
      const winners = range(64).filter((n) => outcomes[n]?.status === "fulfilled");
      equal(winners.length, 1);
      deepEqual(await loadState(at), written(winners[0]!));
    });
  }

  it("lets exactly one of 32 write eight states together, each in another order", async () => {
    const outcomes = await Promise.allSettled(
      range(32).map((by) => {
        const order = range(8).map((index) => (by % 2 === 0 ? index + by : 8 + by - index) % 8);
        return flush(at, ...order.map((n) => put(state(0, { ...ref(`cart-${n}`), data: `{"by":${by}}` }), -1)));
      }),
    );
    const winners = range(32).filter((n) => outcomes[n]?.status === "fulfilled");
    equal(winners.length, 1);
    for (const outcome of outcomes)
      if (outcome.status === "rejected") equal(outcome.reason.code, "EXPECTED_VERSION_MISMATCH");
    deepEqual(
      (await list("cart")).map(({ data }) => data),
      Array(8).fill(`{"by":${winners[0]}}`),
    );
  });
}
