import { deepEqual, equal, ok } from "node:assert/strict";

import { StoreUnavailableError } from "@tidemark/core";
import type { AppendRequest, EventStoreAdapter, Operation } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import type { ReplacedMethods } from "../lent-store";
import { testRunner } from "../test-runner";
import { runSagas } from "./sagas-under-test";
import { testClock } from "./timing";

const AWAY = { attempted: "Cannot write to", store: "the store", reason: "it went away" };

/** A store whose transactions with states of instances fail: before they are stored, or after that, as when the answer is lost. */
function failing(adapter: EventStoreAdapter, fails: (transaction: number) => "before" | "after" | undefined) {
  let transactions = 0;
  const counts = (operations: readonly Operation[]) => operations.some(({ kind }) => kind === "putState");
  const attempted = async <T>(operations: readonly Operation[], store: () => T): Promise<Awaited<T>> => {
    const when = counts(operations) ? fails(++transactions) : undefined;
    if (when === "before") throw new StoreUnavailableError(AWAY);
    const answer = await store();
    if (when === "after") throw new StoreUnavailableError(AWAY);
    return answer;
  };
  const { log, operations } = adapter;
  const store: ReplacedMethods = {
    operations: { flush: (all) => attempted(all, () => operations!.flush(all)) },
    log: {
      append: (requests: readonly AppendRequest[], options = {}) =>
        attempted(options.also ?? [], () => log.append(requests, options)),
    },
  };
  return { store, transactions: () => transactions };
}

export function failingStore(at: StoreUnderTest): void {
  const { it } = testRunner();

  for (const history of [false, true])
    for (const when of ["before", "after"] as const)
      it(`repeat a flush that failed ${when} it was stored to the same end${history ? ", with a history" : ""}`, async () => {
        const clock = testClock();
        const { store, transactions } = failing(at.adapter, (transaction) =>
          transaction % 2 === 1 ? when : undefined,
        );
        const config = { subscriptions: { batch: 3 } };
        const sagas = await runSagas(at.adapter, { clock, store, history, config, missing: "keep" });
        const { domain, begin, tell, share, finish, processOf, notesOf, deedsOf, timersOf, messages, category } = sagas;
        await tell("a", { note: "early", does: ["issue early"] });
        await begin("a", { note: "begun", does: ["issue begun", "timer expiry after 10m", "timer reminder after 5m"] });
        await begin("b", { note: "begun", does: ["timer expiry after 1m"] });
        await share(["a", "b"], { note: "shared", does: ["issue shared"] });
        await tell("a", { note: "later", does: ["cancel reminder", "issue later"] });
        await finish("b", { note: "finished", does: ["issue finished"] });
        await domain.catchUp();
        ok(transactions() > 1, "nothing has failed");
        deepEqual(await notesOf("a"), ["begun", "early", "shared", "later"]);
        const [a, b] = [await processOf("a"), await processOf("b")];
        deepEqual([a?.steps, a?.commands, b?.status, b?.steps, b?.commands], [4, 4, "ended", 3, 2]);
        deepEqual(
          [await deedsOf("a"), await deedsOf("b")],
          [
            ["begun", "early", "shared", "later"],
            ["shared", "finished"],
          ],
        );
        deepEqual([(await timersOf("a")).map(({ name }) => name), await timersOf("b")], [["expiry"], []]);
        const moved = await messages(`${category}-a`);
        deepEqual(
          moved.map(({ type, data }) => [type, (JSON.parse(data) as { readonly step: number }).step]),
          history ? [1, 2, 3, 4].map((step) => ["Sagas.SagaMoved.v1", step]) : [],
        );
        deepEqual(await domain.parked(), []);
        await domain.close();
        const again = await runSagas(at.adapter, { clock, history, missing: "keep" });
        await again.domain.catchUp();
        deepEqual([await again.processOf("a"), await again.processOf("b")], [a, b]);
      });

  it("give an issued command the same id, however often its event is handled", async () => {
    const ids: (readonly string[])[] = [];
    const { store } = failing(at.adapter, (transaction) => (transaction === 1 ? "before" : undefined));
    const spied: ReplacedMethods = {
      ...store,
      operations: {
        flush: (all) => {
          const issued = all.flatMap((one) => (one.kind === "enqueue" ? one.entry.id : []));
          if (issued.length > 0) ids.push(issued);
          return store.operations!.flush!(all);
        },
      },
    };
    const { domain, begin } = await runSagas(at.adapter, { store: spied });
    await begin("i", { note: "begun", does: ["issue one", "issue two"] });
    await domain.catchUp();
    equal(ids.length, 2);
    deepEqual(ids[0], ids[1]);
    equal(new Set(ids[0]).size, 2);
  });

  it("change nothing where a server has lost an instance to another one meanwhile", async () => {
    const { domain, begin, tell, notesOf, processOf, deedsOf } = await runSagas(at.adapter, {
      store: {
        operations: {
          flush: async (all) => {
            const put = all.find((one) => one.kind === "putState");
            // Another server has been quicker with the same events.
            if (put !== undefined && isFirst) {
              isFirst = false;
              await at.adapter.operations!.flush(all);
            }
            return await at.adapter.operations!.flush(all);
          },
        },
      },
    });
    let isFirst = true;
    await begin("w", { note: "begun", does: ["issue once"] });
    await tell("w", { note: "told" });
    await domain.catchUp();
    deepEqual([await notesOf("w"), (await processOf("w"))?.steps], [["begun", "told"], 2]);
    deepEqual(await deedsOf("w"), ["once"]);
  });
}
