import { deepEqual, equal } from "node:assert/strict";

import { Aggregate, apply, DomainEvent, identifier, ProjectionOf } from "@tidemark/core";
import type { EventLog } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { plainRows } from "./tills-to-rebuild";

export function rebuildingFromFacts(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** Jars that record facts, and one with an event behind its last fact, and one without any fact. */
  const jarsWithFacts = async (log: Partial<EventLog> = {}) => {
    const domain = domainOn(at.adapter, { name: "jars", store: { log }, config: { server: { embedded: false } } });
    let perDrop = 1;

    @domain.event({ partOf: "Jar" })
    class Dropped extends DomainEvent({ jarId: identifier(), coins: z.number() }) {}

    @domain.aggregate({ eventSourced: true, factEvents: true })
    class Jar extends Aggregate({ coins: z.number().default(0), drops: z.array(z.number()).default([]) }) {
      drop(...amounts: readonly number[]): this {
        for (const coins of amounts) this.raise(new Dropped({ jarId: this.id, coins }));
        return this;
      }
      @apply(Dropped)
      dropped({ coins }: Dropped): void {
        this.coins += perDrop * coins;
        this.drops = [...this.drops, coins];
      }
    }

    @domain.projection({ of: Jar })
    class JarStates extends ProjectionOf(Jar) {}

    await domain.init();
    const jars = domain.repositoryFor(Jar);
    const append = async (id: string, expectedVersion: number, coins: number) => {
      const events = [{ type: "Jars.Dropped.v1", data: { jarId: id, coins } }];
      await domain.eventStore.append([{ stream: domain.streamFor(Jar, id), expectedVersion, events }]);
    };
    await jars.add(Jar.createNew({ id: "a" }).drop(1, 2, 3));
    await jars.add(Jar.createNew({ id: "b" }).drop(10));
    for (const coins of [20, 30, 40]) await jars.update("b", (jar) => void jar.drop(coins));
    await append("a", 2, 4);
    await append("c", -1, 100);
    await append("c", 0, 200);
    await domain.catchUp();
    const rows = async () => plainRows(await domain.viewOf(JarStates).all());
    const count = (coins: number) => (perDrop = coins);
    return { domain, JarStates, jars, rows, count };
  };

  it("folds only the events behind the last fact of each aggregate, into the rows that all events make", async () => {
    const { domain, JarStates, rows, jars } = await jarsWithFacts();
    const folded = await rows();
    const fromFacts = await domain.rebuildProjection(JarStates);
    deepEqual([fromFacts.rows, fromFacts.events], [3, 3]);
    deepEqual(await rows(), folded);
    const fromEvents = await domain.rebuildProjection(JarStates, { facts: false });
    deepEqual([fromEvents.rows, fromEvents.events], [3, 10]);
    deepEqual(await rows(), folded);
    await jars.update("a", (jar) => void jar.drop(5));
    await domain.catchUp();
    deepEqual(
      (await rows()).map(({ id, version, coins }) => [id, version, coins]),
      [
        ["a", 4, 15],
        ["b", 3, 100],
        ["c", 1, 300],
      ],
    );
    await domain.close();
  });

  it("folds an event once that is stored while the facts are read", async () => {
    let meanwhile: (() => Promise<unknown>) | undefined;
    const listStreams: EventLog["listStreams"] = async (category, page) => {
      const store = meanwhile;
      meanwhile = undefined;
      await store?.();
      return await at.adapter.log.listStreams(category, page);
    };
    const { domain, JarStates, rows, jars } = await jarsWithFacts({ listStreams });
    meanwhile = () => jars.update("b", (jar) => void jar.drop(50));
    await domain.rebuildProjection(JarStates);
    equal(meanwhile, undefined, "nothing was stored meanwhile");
    const rebuilt = await rows();
    equal(rebuilt[1]?.coins, 150);
    await domain.rebuildProjection(JarStates, { facts: false });
    deepEqual(await rows(), rebuilt);
    await domain.close();
  });

  it("takes what corrected methods make of the events where facts are left out", async () => {
    const { domain, JarStates, rows, count } = await jarsWithFacts();
    count(2);
    await domain.rebuildProjection(JarStates, { facts: false });
    deepEqual(
      (await rows()).map(({ coins }) => coins),
      [20, 200, 600],
    );
    await domain.close();
  });
}
