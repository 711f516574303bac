import { deepEqual, equal, match, rejects } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { runCustomers } from "./customers-under-test";

/** The projection reads nothing. */
const PAUSED = { subscriptions: { Moves: { paused: true } } };

export function forgetting(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("are forgotten then, once everything has consumed them, and the aggregates go on as before", async () => {
    const { domain, clock, ...customers } = await runCustomers(at.adapter);
    await customers.move("ann", "a", "b", "c");
    await customers.move("bob", "x");
    clock.advance("20d");
    await customers.move("ann", "d", "e");
    await domain.catchUp();
    deepEqual(await customers.kept("ann"), [0, 1, 2, 3, 4]);
    clock.advance("20d");
    await domain.catchUp();
    deepEqual([await customers.kept("ann"), await customers.kept("bob")], [[3, 4], [0]]);
    await customers.move("ann", "f");
    await domain.catchUp();
    deepEqual(await customers.kept("ann"), [3, 4, 5]);
    equal(await customers.cities("ann"), "abcdef");
    const { city, moves } = await customers.customer("ann");
    deepEqual([city, moves], ["f", 6]);
  });

  it("are kept as long as a projection that is behind needs them", async () => {
    const behind = await runCustomers(at.adapter, { config: PAUSED });
    await behind.move("ann", "a", "b", "c");
    behind.clock.advance("40d");
    await behind.domain.catchUp();
    deepEqual(await behind.kept("ann"), [0, 1, 2]);
    await behind.domain.close();
    const later = await runCustomers(at.adapter, { day: 41 });
    await later.domain.catchUp();
    equal(await later.cities("ann"), "abc");
    deepEqual(await later.kept("ann"), [2]);
  });

  it("are kept as long as a subscription needs them that the release does not have, of which it warns once", async () => {
    const before = await runCustomers(at.adapter);
    await before.move("ann", "a");
    await before.domain.catchUp();
    await before.domain.close();
    const without = await runCustomers(at.adapter, { hasProjection: false });
    await without.move("ann", "b", "c", "d");
    without.clock.advance("40d");
    await without.domain.catchUp();
    await without.move("ann", "e");
    await without.domain.catchUp();
    deepEqual(await without.kept("ann"), [1, 2, 3, 4]);
    equal(without.warnings.length, 1);
    match(
      without.warnings[0]!,
      /^Events of Customer are kept longer than keep_events says: subscription "Moves\.v1" needs those behind global position \d+$/,
    );
    await without.domain.close();
    const again = await runCustomers(at.adapter, { day: 40 });
    await again.domain.catchUp();
    equal(await again.cities("ann"), "abcde");
    deepEqual(await again.kept("ann"), [4]);
  });

  it("are kept as long as a key waits for them that is set aside", async () => {
    let isRepaired = false;
    const onMove = (city: string) => {
      if (city === "b" && !isRepaired) throw new RangeError("an unknown city");
    };
    const { domain, clock, ...customers } = await runCustomers(at.adapter, { onMove });
    await customers.move("ann", "a", "b", "c");
    await customers.move("bob", "x", "y");
    clock.advance("40d");
    await domain.catchUp();
    deepEqual(
      [await customers.kept("ann"), await customers.kept("bob")],
      [
        [1, 2],
        [0, 1],
      ],
    );
    isRepaired = true;
    await domain.retryParked({ subscription: "Moves" });
    await domain.catchUp();
    deepEqual([await customers.cities("ann"), await customers.cities("bob")], ["abc", "xy"]);
    deepEqual([await customers.kept("ann"), await customers.kept("bob")], [[2], [1]]);
  });

  it("are kept as long as a process keeps them that has not started", async () => {
    const { domain, clock, ...customers } = await runCustomers(at.adapter, { hasProcess: true });
    await customers.move("bob", "x", "y");
    await customers.open("bob");
    await customers.move("ann", "a", "b", "c");
    await customers.move("bob", "z");
    clock.advance("40d");
    await domain.catchUp();
    deepEqual([await customers.kept("ann"), await customers.kept("bob")], [[0, 1, 2], [2]]);
    await customers.open("ann");
    await domain.catchUp();
    equal(await customers.told("ann"), "!abc");
    deepEqual(await customers.kept("ann"), [2]);
  });

  it("are not kept for a projection that is folded inline", async () => {
    const { domain, clock, ...customers } = await runCustomers(at.adapter, { mode: "inline" });
    await customers.move("ann", "a", "b");
    await customers.open("ann");
    clock.advance("40d");
    await domain.catchUp();
    deepEqual([await customers.kept("ann"), await customers.cities("ann")], [[1], "ab"]);
  });

  it("are those of state-stored aggregates alone", async () => {
    const { domain, clock, ...customers } = await runCustomers(at.adapter);
    await customers.open("a-1", 3);
    clock.advance("40d");
    await domain.catchUp();
    deepEqual(await customers.keptOfAccount("a-1"), [0, 1, 2]);
    equal((await customers.account("a-1")).openings, 3);
  });

  it("are kept as long as domain.toml says of their aggregate, or else the code", async () => {
    const ages = async (config: { readonly [name: string]: { readonly keep_events: string } | string }) => {
      const { domain, clock, kept, move, open } = await runCustomers(at.adapter, { config: { aggregates: config } });
      const id = `c-${JSON.stringify(config).length}`;
      await move(id, "a", "b");
      await open(id);
      clock.advance("20d");
      await move(id, "c", "d");
      clock.advance("20d");
      await domain.catchUp();
      await domain.close();
      return (await kept(id))[0];
    };
    equal(await ages({ keep_events: "10d" }), 2);
    equal(await ages({ Customer: { keep_events: "15d" } }), 3);
    equal(await ages({ Customer: { keep_events: "100d" } }), 0);
    equal(await ages({ keep_events: "1d", Customer: { keep_events: "forever" } }), 0);
  });

  it("cannot be folded again: rebuilds, verifications and explanations are refused then, and leave the rows as they are", async () => {
    const { domain, clock, Moves, ...customers } = await runCustomers(at.adapter);
    await customers.move("ann", "a", "b");
    await domain.catchUp();
    deepEqual((await domain.verifyProjection(Moves)).differences, []);
    clock.advance("40d");
    await domain.catchUp();
    const reason =
      /events that its rows are made of were forgotten, up to global position \d+ \(keep_events\): the rows would lack them$/;
    const refused = (code: string) => (error: { readonly code: string; readonly message: string }) => {
      equal(error.code, code);
      match(error.message, reason);
      return true;
    };
    for (const options of [{}, { id: "ann" }, { dryRun: true }])
      await rejects(domain.rebuildProjection(Moves, options), refused("REBUILD_FAILED"));
    await rejects(domain.verifyProjection(Moves), refused("INCORRECT_USAGE"));
    await rejects(async () => {
      for await (const _ of domain.explainRow(Moves, "ann")) void _;
    }, refused("INCORRECT_USAGE"));
    equal(await customers.cities("ann"), "ab");
  });

  it("are not there for a projection that is new, of which it warns", async () => {
    const before = await runCustomers(at.adapter, { hasProjection: false });
    await before.move("ann", "a", "b");
    before.clock.advance("40d");
    await before.domain.catchUp();
    await before.domain.close();
    const later = await runCustomers(at.adapter, { day: 41 });
    equal(later.warnings.length, 1);
    match(
      later.warnings[0]!,
      /^Projection Moves goes on behind global position 0, but events of its aggregates were forgotten up to position \d+ \(keep_events\): it does without them$/,
    );
    await later.domain.catchUp();
    equal(await later.cities("ann"), "b");
    await later.domain.close();
    deepEqual((await runCustomers(at.adapter, { day: 42 })).warnings, []);
  });
}
