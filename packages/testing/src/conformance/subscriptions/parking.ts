import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { randomUUID } from "node:crypto";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { Gate, runTills } from "./tills-under-test";
import { foldedBalances, runTransfers } from "./transfers-under-test";

export function parking(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("wait with their later events, while other keys go on, and are listed, logged and counted", async () => {
    const { domain, transfer, balances, parked, logged } = await runTransfers(at.adapter, {
      check: (account, { cents }) => {
        if (account === "b" && cents === 13) throw new RangeError("an unlucky number");
      },
    });
    await transfer(["a", "b", 1], ["a", "b", 13], ["a", "b", 2], ["c", "a", 4]);
    const { parked: caughtUp } = await domain.catchUp();
    const expected = {
      subscription: "Balance",
      key: "b",
      position: 2,
      state: "parked",
      attempts: 1,
      error: "an unlucky number",
    };
    deepEqual(await parked(), [expected]);
    deepEqual(caughtUp, await domain.parked());
    const [status] = caughtUp;
    deepEqual(
      { class: status?.class, place: status?.place, type: status?.type, name: status?.error.name },
      { class: "handler", place: "Balance.moved", type: "Ledger.Transferred.v1", name: "RangeError" },
    );
    deepEqual(await balances(), { a: -12, b: 1, c: -4 });
    const [of] = (await domain.subscriptions()).filter(({ name }) => name === "Balance");
    deepEqual([of?.position, of?.lag, of?.parked, of?.state], [4, 0, 1, "idle"]);
    match(
      logged[0]?.message ?? "",
      /^Projection Balance: Balance\.moved failed for key "b" on event .+ an unlucky number/,
    );
    const { key, position, attempts } = logged[0]!.details as Record<string, unknown>;
    deepEqual({ key, position, attempts }, { key: "b", position: 2, attempts: 1 });
    equal(logged.length, 1);
    await domain.close();
  });

  it("wait for a violated unique index too, without holding up anything, and come back once the value is free", async () => {
    const { domain, transfer, label, row, parked } = await runTransfers(at.adapter);
    await label("a", "savings");
    await label("b", "savings");
    await transfer(["a", "b", 1], ["c", "a", 2]);
    await domain.catchUp();
    const [found] = await parked();
    deepEqual([found?.key, found?.position, found?.state], ["b", 2, "parked"]);
    deepEqual([(await row("a"))?.cents, await row("b"), (await row("c"))?.cents], [1, undefined, -2]);
    await label("a", "daily");
    await domain.catchUp();
    deepEqual(await domain.retryParked({ subscription: "Balance", key: "b" }), { retried: 1, failed: [] });
    deepEqual([(await row("b"))?.label, (await row("b"))?.cents, (await row("a"))?.label], ["savings", 1, "daily"]);
    await domain.close();
  });

  it("wait for what an event does to one of its rows, whatever it does to the other", async () => {
    let isRepaired = false;
    const transfers = [
      ["a", "b", 5],
      ["b", "c", 13],
      ["c", "b", 1],
      ["b", "a", 2],
    ] as const;
    const { domain, transfer, balances } = await runTransfers(at.adapter, {
      check: (account, { cents }) => {
        if (account === "c" && cents === 13 && !isRepaired) throw new RangeError("an unlucky number");
      },
    });
    await transfer(...transfers);
    await domain.catchUp();
    deepEqual(await balances(), { a: -3, b: -9 });
    isRepaired = true;
    await domain.retryParked({ subscription: "Balance" });
    deepEqual(await balances(), foldedBalances(transfers));
    await domain.close();
  });

  it("survive restarts, are seen by other processes, and are not tried again by them", async () => {
    let calls = 0;
    const options = {
      check: (account: string, { cents }: { readonly cents: number }) => {
        if (account !== "b" || cents !== 13) return;
        calls++;
        throw new RangeError("an unlucky number");
      },
    };
    const first = await runTransfers(at.adapter, options);
    await first.transfer(["a", "b", 13], ["c", "b", 1]);
    await first.domain.catchUp();
    const listed = await first.parked();
    await first.domain.close();
    const second = await runTransfers(at.adapter, options);
    await second.transfer(["b", "d", 2]);
    deepEqual(await second.domain.catchUp(), { parked: [] });
    deepEqual([await second.parked(), calls], [listed, 1]);
    deepEqual(await second.balances(), { a: -13, c: -1, d: 2 });
    await second.domain.close();
  });

  it("keep their attempts and the time of the next one over a restart, where they wait for it", async () => {
    const attempts: number[] = [];
    const tried = () => {
      const gate = new Gate();
      const handler = {
        retry: { attempts: 3, first: "1h", max: "2h" },
        call: (transfer: { readonly from: string }, { attempt }: { readonly attempt: number }) => {
          if (transfer.from === "z") return gate.open();
          attempts.push(attempt);
          throw new Error("not reachable");
        },
      };
      return { gate, handler };
    };
    const first = tried();
    const before = await runTransfers(at.adapter, { handler: first.handler });
    await before.transfer(["a", "b", 1]);
    await before.transfer(["z", "y", 1]);
    const server = await before.domain.serve();
    await first.gate.opened;
    await server.close();
    const [waiting] = await before.domain.parked();
    deepEqual([waiting?.state, waiting?.attempts, attempts], ["waiting", 1, [1]]);
    const pauseMs = (waiting?.dueAt?.getTime() ?? 0) - (waiting?.parkedAt.getTime() ?? 0);
    ok(pauseMs > 2_000_000 && pauseMs < 4_600_000, `an hour, varied by a quarter: ${pauseMs} ms`);
    await before.domain.close();

    const second = tried();
    const after = await runTransfers(at.adapter, { handler: second.handler });
    await after.transfer(["z", "x", 1]);
    const other = await after.domain.serve();
    await second.gate.opened;
    await other.close();
    deepEqual(await after.domain.parked(), [waiting]);
    deepEqual(attempts, [1]);
    // Without pauses the rest of its attempts are spent at once.
    await after.domain.catchUp();
    deepEqual(attempts, [1, 2, 3, 4]);
    deepEqual(
      (await after.parked()).map(({ state, attempts: spent }) => ({ state, spent })),
      [{ state: "parked", spent: 4 }],
    );
    await after.domain.close();
  });

  it("stop their subscription where there are as many as may be, with the number and the way out", async () => {
    const { domain, payments, errors, statusOf } = await runTills(at.adapter, {
      config: { subscriptions: { max_parked_keys: 2 } },
      onTaking: () => {
        throw new RangeError("no more");
      },
    });
    for (const till of ["a", "b", "c", "d"]) await payments(till, 1);
    await rejects(domain.catchUp(), ({ message }: Error) => {
      match(
        message,
        /^Projection Takings has stopped: 2 of its keys are set aside, .*max_parked_keys.*parked retry Takings/,
      );
      return true;
    });
    deepEqual(
      (await domain.parked()).map(({ key }) => key),
      ["a", "b"],
    );
    equal((await statusOf("Takings")).position, 2);
    ok(errors.some((message) => message.includes("max_parked_keys")));
    await domain.close();
  });

  it("hold events of a type that the code does not know, until a release that knows it has them", async () => {
    const earlier = await runTransfers(at.adapter);
    const later = await runTransfers(at.adapter, { isLater: true });
    await earlier.transfer(["x", "a", 1]);
    await later.inStream("x", (transfer) => transfer.cancel("x"));
    await earlier.inStream("x", (transfer) => transfer.label("x", "late")).catch(() => undefined);
    await earlier.transfer(["b", "a", 2], ["x", "b", 3]);
    await earlier.domain.catchUp();
    const [unknown] = await earlier.domain.parked();
    deepEqual([unknown?.class, unknown?.key, unknown?.state, unknown?.position], ["unknown type", "x", "parked", 2]);
    match(unknown?.error.message ?? "", /Ledger\.Cancelled\.v1/);
    deepEqual(await earlier.balances(), { a: 3, b: 1, x: -1 });
    await earlier.domain.close();
    await later.domain.catchUp();
    deepEqual([await later.domain.parked(), await later.balances()], [[], { a: 3, b: 1, x: -4 }]);
    equal((await later.row("x"))?.isCancelled, true);
    await later.domain.close();
  });

  it("hold events whose payload is damaged, which can be listed all the same", async () => {
    const { domain, payments, Till, takings } = await runTills(at.adapter, {
      handlers: { counts: { call: () => undefined } },
    });
    await payments("a", 1);
    const stored = { id: randomUUID(), type: "Shop.Paid.v2", time: 0, data: "{", metadata: "{}" };
    await at.adapter.log.append([
      { stream: domain.streamFor(Till, "b"), category: "shop::till", messages: [stored] },
      {
        stream: domain.streamFor(Till, "d"),
        category: "shop::till",
        messages: [{ ...stored, id: randomUUID(), type: "Shop.Lost.v1", data: "{}" }],
      },
    ]);
    await payments("c", 2);
    await domain.catchUp();
    const streams = [domain.streamFor(Till, "b"), domain.streamFor(Till, "d")];
    deepEqual(
      (await domain.parked()).map(({ subscription, key, class: kind }) => ({ subscription, key, kind })),
      [
        { subscription: "Takings", key: "b", kind: "undecodable" },
        { subscription: "Takings", key: "d", kind: "unknown type" },
        { subscription: "counts", key: streams[0], kind: "undecodable" },
        { subscription: "counts", key: streams[1], kind: "unknown type" },
      ],
    );
    deepEqual(await takings(), [
      { tillId: "a", cents: 1, payments: 1 },
      { tillId: "c", cents: 2, payments: 1 },
    ]);
    await domain.close();
  });

  it("are exactly those of the events that fail, among many, and leave the rows of a fold once they are done again", async () => {
    const keys = at.adapter.abilities.sharedByProcesses ? 1_000 : 10_000;
    let isRepaired = false;
    const { domain, append, balances } = await runTransfers(at.adapter, {
      check: (_, { cents }) => {
        if (cents === 13 && !isRepaired) throw new RangeError("an unlucky number");
      },
    });
    const transfers = Array.from({ length: keys }, (_, index) => {
      const cents = index % 1_000 === 500 ? 13 : index % 7;
      return [`k-${index}`, `k-${(index * 7 + 3) % keys}`, cents] as const;
    });
    const again = transfers.map(([from, to]) => [to, from, 1] as const);
    await append([...transfers, ...again]);
    await domain.catchUp();
    const poisoned = new Set<string>(transfers.flatMap(([from, to, cents]) => (cents === 13 ? [from, to] : [])));
    deepEqual(new Set((await domain.parked()).map(({ key }) => key)), poisoned);
    const folded = foldedBalances([...transfers, ...again]);
    const sound = Object.entries(await balances()).filter(([key]) => !poisoned.has(key));
    deepEqual(
      Object.fromEntries(sound),
      Object.fromEntries(Object.entries(folded).filter(([key]) => !poisoned.has(key))),
    );
    isRepaired = true;
    deepEqual(await domain.retryParked({ subscription: "Balance" }), { retried: poisoned.size, failed: [] });
    deepEqual([await balances(), await domain.parked()], [folded, []]);
    await domain.close();
  });
}
