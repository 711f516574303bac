import { deepEqual, equal, rejects } from "node:assert/strict";

import type { ParkedFilter, ParkedKey } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { LARGE_NUMBERS, range } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { flush, operationsOf, parked, putParked, removeParked } from "./sample-operations";

const STATES: readonly ParkedKey["state"][] = ["waiting", "parked", "retry", "skip", "skipped"];

export function parkedKeys(at: StoreUnderTest): void {
  const { it } = testRunner();

  const read = async (filter: ParkedFilter = {}): Promise<ParkedKey[]> =>
    Array.from(await operationsOf(at).subscriptions.parked(filter), comparable);
  const placesOf = async (filter?: ParkedFilter) =>
    (await read(filter)).map(({ subscription, key, position }) => [subscription, key, position]);

  it("are given back as they were put, under a revision that grows with each change", async () => {
    deepEqual(await read(), []);
    const waiting = parked("a", 5, { state: "waiting", dueAt: 0, attempts: 2 });
    await flush(at, putParked(waiting));
    deepEqual(await read(), [{ ...waiting, revision: 0 }]);
    const halted = parked("a", 5, { state: "parked", attempts: 3, data: '{"why":"caf\u00e9 \u{1f600}"}' });
    await flush(at, putParked(halted, 0));
    deepEqual(await read(), [{ ...halted, revision: 1 }]);
    await flush(at, { kind: "putParked", parked: { ...waiting, dueAt: undefined }, expected: 1 });
    deepEqual(await read(), [{ ...parked("a", 5, { state: "waiting", attempts: 2 }), revision: 2 }]);
    await flush(at, removeParked("a", 5, 2));
    deepEqual(await read(), []);
    await flush(at, putParked(waiting));
    deepEqual(await read(), [{ ...waiting, revision: 0 }]);
  });

  it("are in any of the states, which are read apart", async () => {
    await flush(at, ...STATES.map((state, position) => putParked(parked(state, position, { state }))));
    for (const [position, state] of STATES.entries())
      deepEqual(await read({ states: [state] }), [{ ...parked(state, position, { state }), revision: 0 }]);
    deepEqual(await placesOf({ states: ["skip", "retry"] }), [
      ["Accounts", "retry", 2],
      ["Accounts", "skip", 3],
    ]);
    deepEqual(await read({ states: [] }), []);
  });

  it("keep payloads byte by byte, and nothing apart from none", async () => {
    const payloads = [
      Uint8Array.from(range(256)),
      new Uint8Array(0),
      Uint8Array.of(0xff, 0xfe, 0x00, 0x80),
      Uint8Array.from(range(1_000_000), (n) => n % 251),
      Uint8Array.from(range(20)).subarray(5, 9),
      undefined,
    ];
    const keys = payloads.map((payload, position) =>
      parked("a", position, payload === undefined ? {} : { payload: Uint8Array.from(payload) }),
    );
    await flush(
      at,
      ...payloads.map((payload, position) =>
        putParked(parked("a", position, payload === undefined ? {} : { payload })),
      ),
    );
    deepEqual(
      await read(),
      keys.map((key) => ({ ...key, revision: 0 })),
    );
    await flush(at, putParked(parked("a", 0), 0));
    equal("payload" in (await read({ limit: 1 }))[0]!, false);
  });

  it("keep nothing that a caller can reach into", async () => {
    const payload = Uint8Array.of(1, 2, 3);
    await flush(at, putParked(parked("a", 0, { payload })));
    payload.fill(0);
    const [first] = await operationsOf(at).subscriptions.parked({});
    first?.payload?.fill(9);
    deepEqual((await read())[0]?.payload, Uint8Array.of(1, 2, 3));
  });

  it("are refused at another revision, saying which one is stored", async () => {
    await flush(at, putParked(parked("a", 5)));
    const subject = 'key "a" of subscription "Accounts" at position 5';
    const refusals = [
      [putParked(parked("a", 5)), { subject, expected: "none", actual: "revision 0" }],
      [putParked(parked("a", 5), 1), { subject, expected: "revision 1", actual: "revision 0" }],
      [removeParked("a", 5, 3), { subject, expected: "revision 3", actual: "revision 0" }],
      [putParked(parked("a", 6), 0), { subject: subject.replace("5", "6"), expected: "revision 0", actual: "none" }],
      [removeParked("b", 5, 0), { subject: subject.replace('"a"', '"b"'), expected: "revision 0", actual: "none" }],
    ] as const;
    for (const [operation, details] of refusals)
      await rejects(flush(at, operation), { name: "OperationConflictError", code: "OPERATION_CONFLICT", details });
    deepEqual(await read(), [{ ...parked("a", 5), revision: 0 }]);
  });

  it("let exactly one of 32 at once change what they have read, and one set aside what is new", async () => {
    for (const [expected, revision] of [
      [null, 0],
      [0, 1],
    ] as const) {
      const outcomes = await Promise.allSettled(
        range(32).map((attempts) => flush(at, putParked(parked("a", 5, { attempts }), expected))),
      );
      const winners = range(32).filter((n) => outcomes[n]?.status === "fulfilled");
      deepEqual(
        await read(),
        winners.map((attempts) => ({ ...parked("a", 5, { attempts }), revision })),
      );
    }
  });

  it("come by subscription, key and position, by code points, however they are asked for", async () => {
    const places: readonly (readonly [subscription: string, key: string, position: number])[] = [
      ["Accounts", "A", 9],
      ["Accounts", "a", 3],
      ["Accounts", "a", 20],
      ["Accounts", "a ", 1],
      ["Accounts", "ab", 2],
      ["Accounts", "b", 1],
      ["Accounts", "\ufb01", 1],
      ["Accounts", "\u{1f600}", 1],
      ["Orders", "a", 1],
      ["accounts", "a", 1],
    ];
    const shuffled = [7, 2, 9, 4, 0, 8, 3, 6, 1, 5].map((index) => places[index]!);
    await flush(
      at,
      ...shuffled.map(([subscription, key, position]) => putParked(parked(key, position, { subscription }))),
    );
    deepEqual(await placesOf(), places);
    deepEqual(await placesOf({ limit: 3 }), places.slice(0, 3));
    deepEqual(await placesOf({ limit: 0 }), []);
    for (const [index, [subscription, key, position]] of places.entries()) {
      const after = { subscription, key, position };
      deepEqual(await placesOf({ after }), places.slice(index + 1));
      deepEqual(await placesOf({ after, limit: 2 }), places.slice(index + 1, index + 3));
    }
    deepEqual(await placesOf({ after: { subscription: "Accounts", key: "a", position: 4 } }), places.slice(2));
    deepEqual(await placesOf({ subscription: "Accounts" }), places.slice(0, 8));
    deepEqual(await placesOf({ subscription: "account" }), []);
    deepEqual(await placesOf({ keys: ["b", "a"] }), [places[1], places[2], places[5], places[8], places[9]]);
    deepEqual(await placesOf({ keys: ["a"], subscription: "Accounts", states: ["parked"] }), places.slice(1, 3));
    deepEqual(await placesOf({ keys: ["a"], subscription: "Accounts", states: ["skipped"] }), []);
    deepEqual(await placesOf({ keys: [] }), []);
    deepEqual(
      await placesOf({
        subscription: "Accounts",
        keys: ["a", "b"],
        states: STATES,
        after: { subscription: "Accounts", key: "a", position: 3 },
        limit: 1,
      }),
      [places[2]],
    );
  });

  it("keep keys and subscriptions of all names, and positions and times of all sizes, apart", async () => {
    await flush(
      at,
      ...IDENTIFIERS.flatMap((id, n) => [
        putParked(parked(id, n)),
        putParked(parked("key", n, { subscription: `of ${id}` })),
      ]),
      ...LARGE_NUMBERS.map((large) => putParked(parked("large", large, { state: "waiting", dueAt: large }))),
    );
    for (const [n, id] of IDENTIFIERS.entries()) {
      deepEqual(await placesOf({ keys: [id] }), [["Accounts", id, n]]);
      deepEqual(await placesOf({ subscription: `of ${id}` }), [[`of ${id}`, "key", n]]);
    }
    deepEqual(
      (await read({ keys: ["large"] })).map(({ position, dueAt }) => [position, dueAt]),
      LARGE_NUMBERS.map((large) => [large, large]),
    );
  });
}

/** Bytes of whatever class as those of one, and nothing that is undefined. */
function comparable({ dueAt, payload, ...key }: ParkedKey): ParkedKey {
  return {
    ...key,
    ...(dueAt !== undefined && { dueAt }),
    ...(payload !== undefined && { payload: Uint8Array.from(payload) }),
  };
}
