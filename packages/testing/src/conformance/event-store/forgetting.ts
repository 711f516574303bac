import { deepEqual, equal, rejects } from "node:assert/strict";

import type { EventLog, ForgetRequest, ForgottenEvents } from "@tidemark/core/adapter";

import { testRunner } from "../test-runner";
import { collect, fill, range, ref, request, storedNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

/** Stands in the place of a bound that leaves nothing out. */
const ALL = 1_000_000;

export function forgetting(at: StoreUnderTest): void {
  const { it } = testRunner();

  const log = () => at.adapter.log as Required<Pick<EventLog, "forget" | "forgottenUpTo">> & EventLog;
  const end = async () => (await log().readAll({ after: 0, limit: ALL })).upTo;
  const forget = async (asked: Partial<ForgetRequest> = {}): Promise<ForgottenEvents> => {
    const { events, upTo, atEnd } = await log().forget({
      ...{ category: "account", before: ALL, after: 0, limit: ALL, upTo: await end() },
      ...asked,
    });
    return { events, upTo, atEnd };
  };
  /** Appends events whose times are given. @returns their global positions. */
  const append = async (stream: string, ...times: readonly number[]): Promise<readonly number[]> => {
    await log().append([
      request(
        stream,
        times.map((time) => storedNote(time)),
      ),
    ]);
    return (await kept(stream)).slice(-times.length).map(({ globalPosition }) => globalPosition);
  };
  const kept = async (stream: string) => await log().readStream(ref(stream), { from: 0, limit: ALL });
  const positions = async (stream: string) => (await kept(stream)).map(({ position }) => position);
  const folded = async (stream: string, after: number) =>
    (await log().loadPage({ ...ref(stream), after, limit: 100 })).events.length / 2;
  const faults = async () => (await collect(at.adapter.verify())).flatMap((page) => page.faults);

  it("forgets the first events of streams, as far as they are old enough, and never the last one", async () => {
    await append("account-1", 1, 2, 3, 4);
    await append("account-2", 1, 2);
    await append("account-3", 8, 9);
    await append("account-4", 1);
    equal((await forget({ before: 3 })).events, 3);
    deepEqual(await positions("account-1"), [2, 3]);
    deepEqual(await positions("account-2"), [1]);
    deepEqual(await positions("account-3"), [0, 1]);
    deepEqual(await positions("account-4"), [0]);
  });

  it("keeps what comes behind an event that is not old enough, whatever its time", async () => {
    await append("account-1", 1, 9, 1, 1, 1);
    equal((await forget({ before: 5 })).events, 1);
    deepEqual(await positions("account-1"), [1, 2, 3, 4]);
  });

  it("forgets nothing behind the position that it is given", async () => {
    const [first, second] = await append("account-1", 1, 1, 1, 1);
    equal((await forget({ upTo: first! - 1 })).events, 0);
    deepEqual(await forget({ upTo: second! }), { events: 2, upTo: second, atEnd: true });
    deepEqual(await positions("account-1"), [2, 3]);
  });

  it("forgets of one category alone", async () => {
    for (const stream of ["account-1", "accounts-1", "acc-1", "account:fact-1"]) await append(stream, 1, 1, 1);
    equal((await forget()).events, 2);
    for (const stream of ["accounts-1", "acc-1", "account:fact-1"]) deepEqual(await positions(stream), [0, 1, 2]);
    deepEqual(await forget({ category: "nobody" }), { events: 0, upTo: await end(), atEnd: true });
  });

  it("leaves the version of a stream as it is, and appends go on from it", async () => {
    await append("account-1", 1, 2, 3);
    await forget();
    equal(await log().version(ref("account-1")), 2);
    await rejects(async () => log().append([request("account-1", [storedNote(4)], 0)]), {
      code: "EXPECTED_VERSION_MISMATCH",
    });
    const [appended] = await log().append([request("account-1", [storedNote(4), storedNote(5)], 2)]);
    equal(appended?.version, 4);
    deepEqual(await positions("account-1"), [2, 3, 4]);
    equal((await log().readLast(ref("account-1")))?.time, 5);
  });

  it("reads a stream from the first event on that is kept, page by page", async () => {
    await fill(at.adapter, "account-1", 10);
    await forget({ before: 6 });
    const page = async (from: number, limit: number) =>
      (await log().readStream(ref("account-1"), { from, limit })).map(({ position }) => position);
    deepEqual(await page(0, 2), [6, 7]);
    deepEqual(await page(5, 1), [6]);
    deepEqual(await page(6, 1), [6]);
    deepEqual(await page(8, 9), [8, 9]);
    deepEqual(await page(10, 9), []);
    deepEqual(
      (await collect(at.store.read("account-1"))).map(({ position }) => position),
      [6, 7, 8, 9],
    );
  });

  it("reads the global order without what was forgotten, page by page, and counts without it", async () => {
    const first = await append("account-1", 1, 1, 1);
    const order = await append("order-1", 1, 1);
    const last = await append("account-1", 1, 1);
    const young = await append("account-2", 9);
    await forget();
    const left = [...order, ...last.slice(1), ...young];
    const all: number[] = [];
    let isAtEnd = false;
    for (let after = 0; !isAtEnd; ) {
      const { messages, upTo, atEnd } = await log().readAll({ after, limit: 2 });
      all.push(...messages.map(({ globalPosition }) => globalPosition));
      [after, isAtEnd] = [upTo, atEnd];
    }
    deepEqual(all, left);
    const ofAccounts = await log().readAll({ after: first[0]!, limit: 9, categories: ["account"] });
    deepEqual(
      Array.from(ofAccounts.messages, ({ stream, position }) => [stream, position]),
      [
        ["account-1", 4],
        ["account-2", 0],
      ],
    );
    equal((await log().countEvents({ after: 0, categories: ["account", "order"], limit: 99 })).events, 4);
  });

  it("looks at some events at a time, and goes on behind them", async () => {
    for (const id of range(5)) await append(`account-${id}`, 1, 1, 1);
    const last = await end();
    const answers: ForgottenEvents[] = [];
    for (let after = 0; answers.at(-1)?.atEnd !== true; after = answers.at(-1)!.upTo)
      answers.push(await forget({ after, limit: 4 }));
    equal(
      answers.reduce((sum, { events }) => sum + events, 0),
      10,
    );
    equal(answers.at(-1)?.upTo, last);
    for (const id of range(5)) deepEqual(await positions(`account-${id}`), [2]);
  });

  it("is at the end where none of the events that it looks at is old enough", async () => {
    await append("account-1", 1, 1, 9, 9, 9, 9, 9);
    const first = await forget({ before: 5, limit: 2 });
    deepEqual([first.events, first.atEnd], [2, false]);
    const second = await forget({ before: 5, limit: 2, after: first.upTo });
    deepEqual([second.events, second.atEnd], [0, true]);
  });

  it("forgets what is old by and by, and says up to where it has", async () => {
    const before = await append("account-1", 1, 2, 3);
    equal(await log().forgottenUpTo(["account"]), 0);
    await forget({ before: 2 });
    equal(await log().forgottenUpTo(["account", "order"]), before[0]);
    const [, fourth] = await append("account-1", 4, 5, 6);
    equal((await forget({ before: 6 })).events, 4);
    deepEqual(await positions("account-1"), [5]);
    equal(await log().forgottenUpTo(["account"]), fourth);
    equal(await log().forgottenUpTo(["order"]), 0);
    equal(await log().forgottenUpTo([]), 0);
  });

  it("refuses to fold from an event that was forgotten, and folds from the first one that is kept", async () => {
    await fill(at.adapter, "account-1", 5);
    await forget({ before: 3 });
    const refused = { code: "DESERIALIZATION_FAILED", details: { stream: "account-1", position: 0 } };
    const load = async () => at.adapter.load({ ...ref("account-1"), limit: 10 });
    for (const fold of [load, () => folded("account-1", -1)])
      await rejects(fold, ({ code, details, message }: { code: string; details: object; message: string }) => {
        const { stream, position } = details as { stream: string; position: number };
        deepEqual([code, stream, position], [refused.code, "account-1", 0]);
        equal(message.includes("forgotten: those of the stream are kept from position 3 on"), true, message);
        return true;
      });
    await rejects(() => folded("account-1", 1), { code: "DESERIALIZATION_FAILED" });
    equal(await folded("account-1", 2), 2);
    equal(await folded("account-1", 3), 1);
    equal(await folded("account-1", 4), 0);
  });

  it("lists the streams as before, in their order", async () => {
    const streams = ["account-B", "account-a", "account-\u00e9", "account-\ufb01", "account-\u{1f600}"];
    for (const [index, stream] of streams.entries()) await append(stream, ...(index % 2 === 0 ? [1, 1] : [1]));
    await append("order-1", 1, 1);
    await forget();
    deepEqual(await log().listStreams("account", { limit: 9 }), streams);
    deepEqual(await log().listStreams("account", { limit: 2 }), streams.slice(0, 2));
    deepEqual(await log().listStreams("account", { after: streams[1]!, limit: 2 }), streams.slice(2, 4));
  });

  it("leaves a store in which verification finds no fault", async () => {
    for (const id of range(30)) await fill(at.adapter, `account-${id}`, id);
    await fill(at.adapter, "order-1", 3);
    await forget({ before: 10 });
    deepEqual(await faults(), []);
    for (const id of range(30)) await append(`account-${id}`, 50, 51, 52);
    deepEqual(await faults(), []);
    await forget({ before: 52 });
    deepEqual(await faults(), []);
    await append("account-29", 53);
    deepEqual(await faults(), []);
  });

  it("forgets beside writers of the same streams, which lose nothing", async () => {
    const write = async (stream: string) => {
      for (const time of range(30)) await log().append([request(stream, [storedNote(time)])]);
    };
    let isWritten = false;
    const forgetting = (async () => {
      while (!isWritten) await forget({ limit: 7 });
    })();
    await Promise.all(["account-1", "account-2", "account-3"].map(write));
    isWritten = true;
    await forgetting;
    await forget();
    for (const stream of ["account-1", "account-2", "account-3"]) deepEqual(await positions(stream), [29]);
    deepEqual(await faults(), []);
  });

  it("gives the id of a forgotten event free", async () => {
    const message = storedNote(1);
    await log().append([request("account-1", [message, storedNote(2)])]);
    await rejects(async () => log().append([request("account-2", [message])]), { code: "INCORRECT_USAGE" });
    await forget();
    const [appended] = await log().append([request("account-2", [message])]);
    equal(appended?.version, 0);
  });
}
