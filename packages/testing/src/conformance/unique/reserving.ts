import { deepEqual, rejects } from "node:assert/strict";

import { StoreUnavailableError } from "@tidemark/core";
import type { EventLog } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { emailTaken, openCustomers, storedEvents } from "./customers-under-test";

const AWAY = { attempted: "Cannot write to", store: "the store", reason: "it went away" };

export function reserving(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("read no reservations for a save that is stored, and append once", async () => {
    const calls: string[] = [];
    const { readModels } = at.adapter.operations!;
    const reading = new Proxy(readModels, {
      get: (_, name) => {
        const method: unknown = Reflect.get(readModels, name);
        if (typeof method !== "function") return method;
        return (...args: unknown[]) => {
          calls.push(String(name));
          return method.apply(readModels, args) as unknown;
        };
      },
    });
    const append: EventLog["append"] = async (...args) => {
      calls.push("append");
      return await at.adapter.log.append(...args);
    };
    const { register, move } = await openCustomers(at.adapter, {
      store: { log: { append }, operations: { readModels: reading } },
    });
    calls.length = 0;
    await register("c-1", "ann@x");
    await move("c-1", "ann@y");
    deepEqual(calls, ["append", "append"]);
  });

  it("take the repetition of a save whose answer was lost for the save itself", async () => {
    let isLost = false;
    const append: EventLog["append"] = async (...args) => {
      const appended = await at.adapter.log.append(...args);
      if (isLost) {
        isLost = false;
        throw new StoreUnavailableError(AWAY);
      }
      return appended;
    };
    const store = { patienceMs: 0, log: { append } };
    const { domain, customers, register, Customer } = await openCustomers(at.adapter, { store });
    await register("c-0", "old@x");
    const [fresh, known] = [Customer.register("c-1", "ann@x"), await customers.get("c-0")];
    known.moveTo("new@x");
    for (const customer of [fresh, known]) {
      isLost = true;
      await rejects(customers.add(customer), { code: "STORE_UNAVAILABLE" });
      await customers.add(customer);
    }
    deepEqual(await storedEvents(domain), [
      "conformance::customer-c-0 Conformance.Registered.v1",
      "conformance::customer-c-1 Conformance.Registered.v1",
      "conformance::customer-c-0 Conformance.Moved.v1",
    ]);
    await register("c-2", "old@x");
    await rejects(register("c-3", "new@x"), emailTaken("c-3"));
    fresh.moveTo("ann@y");
    await customers.add(fresh);
    await register("c-3", "ann@x");
  });

  it("let an aggregate change whose events were appended past its repository", async () => {
    const { domain, Customer, register, move, emails } = await openCustomers(at.adapter);
    const stream = domain.streamFor(Customer, "c-1");
    await domain.eventStore.append([
      { stream, events: [{ type: "Conformance.Registered.v1", data: { email: "ann@x" } }] },
    ]);
    await register("c-2", "ann@x");
    await move("c-1", "ann@y");
    await rejects(register("c-3", "ann@x"), emailTaken("c-3"));
    await rejects(register("c-3", "ann@y"), emailTaken("c-3"));
    deepEqual(await emails("c-1", "c-2"), ["ann@y", "ann@x"]);
  });
}
