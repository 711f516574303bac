import { deepEqual, equal, rejects } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { Gate } from "./tills-under-test";
import { runTransfers } from "./transfers-under-test";

const NOTES = { subscription: "notes" } as const;

export function retrying(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("begin at the event that failed, in order, and count their attempts on where it fails again", async () => {
    const calls: string[] = [];
    let bad: number[] = [2];
    const { domain, inStream } = await runTransfers(at.adapter, {
      handler: {
        retry: { attempts: 0 },
        call: ({ cents }, { attempt }) => {
          calls.push(`${cents}: ${attempt}`);
          if (bad.includes(cents)) throw new Error(`${cents} is too much`);
        },
      },
    });
    for (const cents of [1, 2, 3, 4, 5]) await inStream("one", (transfer) => transfer.make("a", "b", cents));
    await domain.catchUp();
    const key = (await domain.parked(NOTES))[0]?.key as string;
    const { retried, failed } = await domain.retryParked({ ...NOTES, key });
    deepEqual(
      [retried, failed.map(({ position, attempts, state }) => ({ position, attempts, state }))],
      [0, [{ position: 2, attempts: 2, state: "parked" }]],
    );
    bad = [4];
    const later = await domain.retryParked({ ...NOTES, key });
    deepEqual(
      later.failed.map(({ position, attempts }) => ({ position, attempts })),
      [{ position: 4, attempts: 1 }],
    );
    bad = [];
    deepEqual(await domain.retryParked({ ...NOTES, key }), { retried: 1, failed: [] });
    deepEqual(calls, ["1: 1", "2: 1", "2: 2", "2: 3", "3: 1", "4: 1", "4: 2", "5: 1"]);
    await inStream("one", (transfer) => transfer.make("a", "b", 6));
    await domain.catchUp();
    deepEqual([calls.at(-1), await domain.parked()], ["6: 1", []]);
    await domain.close();
  });

  it("pass over an event that somebody skips, with who and why, and do the later ones", async () => {
    const seen: number[] = [];
    const { domain, inStream } = await runTransfers(at.adapter, {
      handler: {
        retry: { attempts: 0 },
        call: ({ cents }) => {
          if (cents === 2) throw new Error("two is too much");
          seen.push(cents);
        },
      },
    });
    for (const cents of [1, 2, 3]) await inStream("one", (transfer) => transfer.make("a", "b", cents));
    await domain.catchUp();
    const [{ key } = { key: "" }] = await domain.parked(NOTES);
    await rejects(domain.skipParked({ ...NOTES, key, reason: " " }), { code: "INCORRECT_USAGE" });
    const { skipped, failed } = await domain.skipParked({ ...NOTES, key, reason: "paid in cash", by: "ada" });
    deepEqual([failed, seen], [[], [1, 3]]);
    deepEqual(skipped, await domain.skipped(NOTES));
    deepEqual(
      skipped.map(({ position, by, reason, error }) => ({ position, by, reason, message: error.message })),
      [{ position: 2, by: "ada", reason: "paid in cash", message: "two is too much" }],
    );
    deepEqual(await domain.parked(), []);
    await domain.close();
  });

  it("are refused for a key that is not set aside, and for a subscription that there is not", async () => {
    const { domain, transfer } = await runTransfers(at.adapter);
    await transfer(["a", "b", 1]);
    await domain.catchUp();
    const key = { subscription: "Balance", key: "a" };
    await rejects(domain.retryParked(key), { code: "PARKED_KEY_NOT_FOUND", statusCode: 404 });
    await rejects(domain.skipParked({ ...key, reason: "no" }), { code: "PARKED_KEY_NOT_FOUND" });
    await rejects(domain.retryParked({ subscription: "Balances" }), /did you mean "Balance"/);
    deepEqual(await domain.retryParked({ subscription: "Balance" }), { retried: 0, failed: [] });
    await domain.close();
  });

  it("are done once where two operators ask at the same time: the second one is told", async () => {
    const [started, goesOn] = [new Gate(), new Gate()];
    let calls = 0;
    const { domain, transfer } = await runTransfers(at.adapter, {
      handler: {
        retry: { attempts: 0 },
        call: async () => {
          if (++calls === 1) throw new Error("not yet");
          started.open();
          await goesOn.opened;
        },
      },
    });
    await transfer(["a", "b", 1]);
    await domain.catchUp();
    const [{ key } = { key: "" }] = await domain.parked(NOTES);
    const first = domain.retryParked({ ...NOTES, key, by: "ada" });
    await started.opened;
    deepEqual(
      (await domain.parked(NOTES)).map(({ state, by }) => ({ state, by })),
      [{ state: "retrying", by: "ada" }],
    );
    await rejects(domain.retryParked({ ...NOTES, key }), {
      code: "PARKED_KEY_TAKEN",
      message: `Key ${JSON.stringify(key)} of notes is already being retried, asked for by "ada": wait for what comes of it, as domain.parked() shows`,
    });
    await rejects(domain.skipParked({ ...NOTES, key, reason: "no" }), { code: "PARKED_KEY_TAKEN" });
    goesOn.open();
    deepEqual(await first, { retried: 1, failed: [] });
    equal(calls, 2);
    await domain.close();
  });

  it("are done by the server that has the key, whoever asks", async () => {
    const calls: string[] = [];
    const named = (name: string, isRepaired: () => boolean) => ({
      handler: {
        retry: { attempts: 0 },
        call: ({ cents }: { readonly cents: number }) => {
          calls.push(`${name}: ${cents}`);
          if (cents === 1 && !isRepaired()) throw new Error("not yet");
        },
      },
    });
    let isRepaired = false;
    const serving = await runTransfers(
      at.adapter,
      named("server", () => isRepaired),
    );
    const asking = await runTransfers(
      at.adapter,
      named("operator", () => true),
    );
    await serving.inStream("one", (transfer) => transfer.make("a", "b", 1));
    await serving.inStream("one", (transfer) => transfer.make("a", "b", 2));
    await serving.domain.catchUp();
    const server = await serving.domain.serve();
    isRepaired = true;
    deepEqual(await asking.domain.retryParked(NOTES), { retried: 1, failed: [] });
    deepEqual(calls, ["server: 1", "server: 1", "server: 2"]);
    await server.close();
    await serving.domain.close();
    await asking.domain.close();
  });

  it("are done by the process that asks where no server has the key, which feeds nothing else", async () => {
    const seen: string[] = [];
    let isRepaired = false;
    const { domain, inStream, balances } = await runTransfers(at.adapter, {
      handler: {
        retry: { attempts: 0 },
        call: ({ from, cents }) => {
          if (cents === 1 && !isRepaired) throw new Error("not yet");
          seen.push(`${from}: ${cents}`);
        },
      },
    });
    await inStream("one", (transfer) => transfer.make("a", "b", 1));
    await domain.catchUp();
    await inStream("one", (transfer) => transfer.make("a", "b", 2));
    await inStream("two", (transfer) => transfer.make("c", "d", 3));
    isRepaired = true;
    deepEqual(await domain.retryParked(NOTES), { retried: 1, failed: [] });
    deepEqual([seen, await balances()], [["a: 1"], { a: -1, b: 1 }]);
    await domain.catchUp();
    deepEqual([...seen].sort(), ["a: 1", "a: 2", "c: 3"]);
    await domain.close();
  });
}
