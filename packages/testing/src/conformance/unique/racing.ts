import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import type { EventLog, EventStoreAdapter } from "@tidemark/core/adapter";

import { range } from "../event-store/sample-events";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { emailTaken, openCustomers as openStored, type Storing, storedEvents } from "./customers-under-test";

/** Lets nobody append before so many are about to. */
function meeting(adapter: EventStoreAdapter, writers: number) {
  const arrived: (() => void)[] = [];
  const append: EventLog["append"] = async (...args) => {
    if (arrived.length < writers)
      await new Promise<void>((resolve) => {
        arrived.push(resolve);
        if (arrived.length === writers) for (const proceed of arrived) proceed();
      });
    return await adapter.log.append(...args);
  };
  return { log: { append } };
}

export function racing(at: StoreUnderTest, storing: Storing): void {
  const { it } = testRunner();
  const openCustomers: typeof openStored = (adapter, options) => openStored(adapter, { storing, ...options });

  it("let one of two applications have a value that both are about to store", async () => {
    const store = meeting(at.adapter, 2);
    const [one, other] = [await openCustomers(at.adapter, { store }), await openCustomers(at.adapter, { store })];
    const outcomes = await Promise.allSettled([one.process("c-1", "ann@x"), other.process("c-2", "ann@x")]);
    deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const lost = outcomes.findIndex(({ status }) => status === "rejected");
    const { code, details } = (outcomes[lost] as PromiseRejectedResult).reason;
    deepEqual({ code, details }, { code: "UNIQUE_VIOLATION", details: emailTaken(`c-${lost + 1}`).details });
    deepEqual([one.runs.count, other.runs.count], [1, 1]);
    const winner = lost === 0 ? "c-2" : "c-1";
    deepEqual(await storedEvents(one.domain), [`conformance::customer-${winner} Conformance.Registered.v1`]);
  });

  it("let one of 20 saves at once have a value", async () => {
    const { register, emails } = await openCustomers(at.adapter);
    const ids = range(20).map((index) => `c-${index}`);
    const outcomes = await Promise.allSettled(ids.map((id) => register(id, "ann@x")));
    const lost = ids.filter((_, index) => outcomes[index]!.status === "rejected");
    equal(lost.length, 19);
    deepEqual(
      outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason.code] : [])),
      lost.map(() => "UNIQUE_VIOLATION"),
    );
    deepEqual(
      (await emails(...ids)).filter((email) => email !== undefined),
      ["ann@x"],
    );
  });

  it("let one of many have a value, beside an inline projection that all of them contend for", async () => {
    const { register, changes } = await openCustomers(at.adapter, { withChanges: true });
    await register("c", "ann@x");
    const saves = range(12).map((index) => register(`c-${index}`, index % 3 === 0 ? "ann@x" : `${index}@x`));
    const outcomes = await Promise.allSettled(saves);
    deepEqual(
      outcomes.map((each) => (each.status === "rejected" ? each.reason.code : "stored")),
      range(12).map((index) => (index % 3 === 0 ? "UNIQUE_VIOLATION" : "stored")),
    );
    equal(await changes(), 9);
  });

  it("refuse both of two that want each other's value in units of work of their own", async () => {
    const { register } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    await register("c-2", "bob@x");
    const store = meeting(at.adapter, 2);
    const { move, emails } = await openCustomers(at.adapter, { store });
    const moves = [move("c-1", "bob@x"), move("c-2", "ann@x")];
    await Promise.all([rejects(moves[0]!, emailTaken("c-1")), rejects(moves[1]!, emailTaken("c-2"))]);
    deepEqual(await emails("c-1", "c-2"), ["ann@x", "bob@x"]);
  });

  it("repeat a save that has lost its aggregate to another one, and find its own value there", async () => {
    const { register } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    const store = meeting(at.adapter, 2);
    const { domain, move, emails } = await openCustomers(at.adapter, { store });
    await Promise.all([move("c-1", "ann@y"), move("c-1", "ann@y")]);
    deepEqual(await emails("c-1"), ["ann@y"]);
    equal((await storedEvents(domain)).length, 3);
    await register("c-2", "ann@x");
    await rejects(register("c-3", "ann@y"), emailTaken("c-3"));
  });

  it("say that an aggregate was changed by another one where that is so, not that its value is taken", async () => {
    const { register, customers } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    await register("c-2", "bob@x");
    const [stale, quicker] = [await customers.get("c-1"), await customers.get("c-1")];
    quicker.moveTo("ann@y");
    await customers.add(quicker);
    stale.moveTo("bob@x");
    await rejects(customers.add(stale), { code: "EXPECTED_VERSION_MISMATCH", stream: "conformance::customer-c-1" });
  });

  it("say that an aggregate of a unit of work was changed by another one, where two want the same value", async () => {
    const { domain, register, customers } = await openCustomers(at.adapter);
    await register("c-1", "ann@x");
    await register("c-2", "bob@x");
    const { move } = await openCustomers(at.adapter);
    const unit = domain.unitOfWork(async () => {
      const [stale, other] = [await customers.get("c-1"), await customers.get("c-2")];
      await move("c-1", "ann@y");
      for (const customer of [stale, other]) {
        customer.moveTo("eve@x");
        await customers.add(customer);
      }
    });
    await rejects(unit, { code: "EXPECTED_VERSION_MISMATCH", stream: "conformance::customer-c-1" });
  });

  it("give the first result to a repeated command that has lost the race for its key and its value", async () => {
    const store = meeting(at.adapter, 2);
    const [one, other] = [await openCustomers(at.adapter, { store }), await openCustomers(at.adapter, { store })];
    const results = await Promise.all([
      one.process("c-1", "ann@x", { idempotencyKey: "k" }),
      other.process("c-1", "ann@x", { idempotencyKey: "k" }),
    ]);
    deepEqual(results, ["c-1", "c-1"]);
    deepEqual((await storedEvents(one.domain)).filter((event) => event.includes("Registered")).length, 1);
  });

  it("hold through many changes at once by several applications", async () => {
    const applications = [await openCustomers(at.adapter), await openCustomers(at.adapter)];
    if (at.conformance.abilities.sharedByProcesses) applications.push(await openCustomers(await at.another()));
    const [first] = applications;
    const ids = range(8).map((index) => `c-${index}`);
    for (const id of ids) await first!.register(id, null);
    const values = range(5).map((index) => `${index}@x`);
    let refused = 0;
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const hammer = async () => {
      for (const _ of range(12)) {
        const { customers } = applications[random(applications.length)]!;
        const email = random(6) === 0 ? null : values[random(values.length)]!;
        try {
          // Often enough for the slowest application: this is not about lost races for a stream.
          await customers.update(ids[random(ids.length)]!, (customer) => customer.moveTo(email), { retries: 100 });
        } catch (error) {
          equal((error as { code?: string }).code, "UNIQUE_VIOLATION", String(error));
          refused++;
        }
      }
    };
    await Promise.all(range(6).map(hammer));
    ok(refused > 0, "no change met another one");
    const present = (await first!.emails(...ids)).filter((email) => email !== null);
    equal(new Set(present).size, present.length);
    for (const [index, email] of values.entries()) {
      const id = `d-${index}`;
      if (present.includes(email)) await rejects(first!.register(id, email), emailTaken(id));
      else await first!.register(id, email);
    }
  });
}
