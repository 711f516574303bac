import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { handle, WaitError } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { Gate, openTills, runTills } from "./tills-under-test";

const PATIENTLY = { waitTimeoutMs: 60_000 };

export function waiting(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("ends when what is named has applied the events of the command, though others lag", async () => {
    const held = new Gate();
    const { domain, takings, statusOf, Takings, Pay } = await runTills(at.adapter, {
      handlers: { slow: { call: () => held.opened } },
    });
    const server = await domain.serve();
    for (const cents of [1, 2, 3])
      equal(await domain.process(new Pay({ tillId: "a", cents }), { waitFor: [Takings], ...PATIENTLY }), cents);
    deepEqual(await takings(), [{ tillId: "a", cents: 6, payments: 3 }]);
    deepEqual((await statusOf("slow")).position, 0);
    held.open();
    await server.close();
    await domain.close();
  });

  it("ends at once for a command without events, though nobody runs what is named", async () => {
    const { domain, Takings, Look } = await runTills(at.adapter);
    await domain.process(new Look({ tillId: "a" }), { waitFor: [Takings] });
    await domain.close();
  });

  it("says that the command was committed where what is named does not come, with its result and position", async () => {
    const { domain, payments, takings, Takings, Pay } = await runTills(at.adapter);
    const error = await domain
      .process(new Pay({ tillId: "a", cents: 7 }), { waitFor: [Takings], waitTimeoutMs: 20 })
      .catch((caught: unknown) => caught);
    ok(error instanceof WaitError);
    deepEqual([error.result, error.position], [7, domain.position()]);
    ok(error.message.startsWith("Pay was committed: do not repeat it."), error.message);
    await payments("a", 1);
    await domain.catchUp();
    deepEqual(await takings(), [{ tillId: "a", cents: 8, payments: 2 }]);
    await domain.close();
  });

  it("fails at once where what is named has stopped, with the cause", async () => {
    const { domain, payments, stopped, Takings, Pay } = await runTills(at.adapter, {
      config: { subscriptions: { Takings: { on_failure: "halt" } } },
      onTaking: () => {
        throw new RangeError("no more");
      },
    });
    await payments("a", 1);
    const server = await domain.serve();
    await stopped.opened;
    await rejects(domain.process(new Pay({ tillId: "a", cents: 2 }), { waitFor: [Takings], ...PATIENTLY }), {
      code: "WAIT_FAILED",
      reason: "stopped",
      result: 2,
    });
    await server.close();
    await domain.close();
  });

  it("fails at once where the key of the command's events is set aside, and ends for other keys", async () => {
    const { domain, payments, Takings, Pay } = await runTills(at.adapter, {
      onTaking: (cents) => {
        if (cents === 13) throw new RangeError("an unlucky number");
      },
    });
    await payments("a", 13);
    await domain.catchUp();
    const server = await domain.serve();
    equal(await domain.process(new Pay({ tillId: "b", cents: 2 }), { waitFor: [Takings], ...PATIENTLY }), 2);
    await rejects(domain.process(new Pay({ tillId: "a", cents: 2 }), { waitFor: [Takings], ...PATIENTLY }), {
      code: "WAIT_FAILED",
      reason: "parked",
      result: 2,
    });
    await server.close();
    await domain.close();
  });

  it("is refused for a handler in itself, before anything is stored", async () => {
    const refusals: unknown[] = [];
    const tills = openTills(at.adapter);
    const { domain, Paid, Pay, payments } = tills;
    class Waits {
      async paid(): Promise<void> {
        const wait = domain.process(new Pay({ tillId: "b", cents: 1 }), { waitFor: [Waits] });
        refusals.push(await wait.catch(({ code }: { readonly code: string }) => code));
      }
    }
    handle(Paid)(Waits.prototype, "paid", Object.getOwnPropertyDescriptor(Waits.prototype, "paid")!);
    domain.eventHandler({ startFrom: "beginning" })(Waits);
    await tills.open();
    await payments("a", 1);
    await domain.catchUp();
    deepEqual(refusals, ["INCORRECT_USAGE"]);
    equal(await tills.tills().find("b"), undefined);
    await domain.close();
  });

  it("runs a command of a handler once for an event, however often the handler is repeated, with the event as its cause", async () => {
    const results: unknown[] = [];
    const { domain, payments, tills, Pay, Till } = await runTills(at.adapter, {
      handlers: {
        doubles: {
          retry: { attempts: 2 },
          call: async (cents, context) => {
            if (context.aggregateId !== "a") return;
            results.push(await context.process(new Pay({ tillId: "b", cents: 2 * cents })));
            if (context.attempt < 3) throw new Error("after its command");
          },
        },
      },
    });
    await payments("a", 4);
    await domain.catchUp();
    deepEqual(results, [8, 8, 8]);
    equal((await tills().get("b")).cents, 8);
    const events = await at.adapter.log.readAll({ after: 0, limit: 100 });
    const paid = Array.from(events.messages).filter(({ type }) => type === "Shop.Paid.v2");
    const [first] = paid;
    const [effect] = paid.filter(({ stream }) => stream === domain.streamFor(Till, "b"));
    const { cause, correlationId } = JSON.parse(effect!.metadata) as Record<string, unknown>;
    deepEqual(cause, { eventId: first!.id, type: "Shop.Paid.v2", handler: "doubles" });
    equal(correlationId, (JSON.parse(first!.metadata) as Record<string, unknown>).correlationId);
    await domain.close();
  });
}
