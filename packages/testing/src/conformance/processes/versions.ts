import { deepEqual, match } from "node:assert/strict";

import { Aggregate, apply, DomainEvent, handle, identifier, ProcessManager } from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { decorate } from "../decorate";
import { domainOn } from "../domain-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";

const CATEGORY = "versions::journey";

/** A process manager as three releases have it: legs counted, then listed, then listed with a name. */
async function openJourneys(adapter: EventStoreAdapter, version: 1 | 2 | 3, { upcasts = true } = {}) {
  const domain = domainOn(adapter, {
    name: "versions",
    config: { server: { embedded: false } },
    logger: { warn: () => undefined },
  });
  @domain.event({ partOf: "Trip" })
  class SetOut extends DomainEvent({ journeyId: identifier() }) {}
  @domain.event({ partOf: "Trip" })
  class Gone extends DomainEvent({ journeyId: identifier(), to: z.string() }) {}
  /** The code of later releases has it. */
  class Flown extends DomainEvent({ journeyId: identifier(), to: z.string() }) {}
  if (version > 1) domain.event({ partOf: "Trip" })(Flown);

  class Trip extends Aggregate({ legs: z.number().default(0) }) {
    go(event: SetOut | Gone): this {
      this.raise(event);
      return this;
    }
    @apply(SetOut) set(_: SetOut): void {
      this.legs = 0;
    }
    @apply(Gone) gone(_: Gone): void {
      this.legs++;
    }
    flown(_: Flown): void {
      this.legs++;
    }
  }
  if (version > 1) decorate(apply(Flown), Trip, "flown");
  domain.aggregate({ eventSourced: true })(Trip);
  if (version === 1) {
    @domain.processManager({})
    class Journey extends ProcessManager({ journeyId: identifier(), legs: z.number().default(0) }) {
      @handle(SetOut, { start: true }) set(_: SetOut): void {
        this.legs = 0;
      }
      @handle(Gone) gone(_: Gone): void {
        this.legs++;
      }
    }
    void Journey;
  } else if (version === 2) {
    @domain.processManager({ version: 2 })
    class Journey extends ProcessManager({ journeyId: identifier(), legs: z.array(z.string()) }) {
      @handle(SetOut, { start: true }) set(_: SetOut): void {
        this.legs = [];
      }
      @handle(Gone) gone({ to }: Gone): void {
        this.legs.push(to);
      }
      @handle(Flown) flown({ to }: Flown): void {
        this.legs.push(`${to} by air`);
      }
    }
    void Journey;
  } else {
    @domain.processManager({ version: 3 })
    class Journey extends ProcessManager({
      journeyId: identifier(),
      places: z.array(z.string()),
      note: z.string().default("none"),
    }) {
      @handle(SetOut, { start: true }) set(_: SetOut): void {
        this.places = [];
      }
      @handle(Gone) gone({ to }: Gone): void {
        this.places.push(to);
      }
    }
    void Journey;
  }
  if (version > 1 && upcasts) {
    @domain.upcaster({ processManager: "Journey", from: 1, to: 2 })
    class ListLegs {
      upcast({ legs, ...state }: Record<string, any>) {
        return { ...state, legs: Array.from({ length: legs as number }, () => "somewhere") };
      }
    }
    void ListLegs;
  }
  if (version > 2) {
    @domain.upcaster({ processManager: "Journey", from: 2, to: 3 })
    class RenameLegs {
      upcast({ legs, ...state }: Record<string, any>) {
        return { ...state, places: legs };
      }
    }
    void RenameLegs;
  }
  await domain.init();
  const trips = domain.repositoryFor(Trip);
  const fly = async (journeyId: string, to: string) =>
    await domain.eventStore.append([
      {
        stream: domain.streamFor(Trip, `${journeyId}-flight`),
        events: [{ type: "Versions.Flown.v1", data: { journeyId, to } }],
      },
    ]);
  const say = async (id: string, event: SetOut | Gone) =>
    await trips.add(((await trips.find(id)) ?? Trip.createNew({ id })).go(event));
  return {
    domain,
    fly,
    set: async (journeyId: string) => await say(journeyId, new SetOut({ journeyId })),
    go: async (journeyId: string, to: string) => await say(journeyId, new Gone({ journeyId, to })),
    stored: async (id: string) => {
      const found = await adapter.operations!.states.load({ stream: `${CATEGORY}-${id}`, category: CATEGORY });
      const { version: of, state } = JSON.parse(found!.data) as { readonly version: number; readonly state: object };
      return { version: of, state };
    },
  };
}

export function versions(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("go through the upcasters of a later release at their next step, from whatever version", async () => {
    const first = await openJourneys(at.adapter, 1);
    for (const id of ["old", "mid"]) await first.set(id);
    await first.go("old", "rome");
    await first.domain.catchUp();
    deepEqual(await first.stored("old"), { version: 1, state: { journeyId: "old", legs: 1 } });
    await first.domain.close();
    const second = await openJourneys(at.adapter, 2);
    await second.go("mid", "oslo");
    await second.domain.catchUp();
    deepEqual(await second.stored("mid"), { version: 2, state: { journeyId: "mid", legs: ["oslo"] } });
    deepEqual((await second.stored("old")).version, 1);
    await second.domain.close();
    const third = await openJourneys(at.adapter, 3);
    await third.go("old", "paris");
    await third.go("mid", "bern");
    await third.domain.catchUp();
    deepEqual(await third.stored("old"), {
      version: 3,
      state: { journeyId: "old", places: ["somewhere", "paris"], note: "none" },
    });
    deepEqual(await third.stored("mid"), {
      version: 3,
      state: { journeyId: "mid", places: ["oslo", "bern"], note: "none" },
    });
  });

  it("set their instance aside without an upcaster, and go on once there is one", async () => {
    const first = await openJourneys(at.adapter, 1);
    await first.set("j");
    await first.domain.catchUp();
    await first.domain.close();
    const without = await openJourneys(at.adapter, 2, { upcasts: false });
    await without.go("j", "rome");
    const { parked } = await without.domain.catchUp();
    match(
      parked[0]?.error.message ?? "",
      /^Cannot go on with Journey "j": its state has version 1, and no upcaster leads from 1 to 2: write one for Journey$/,
    );
    deepEqual(await without.stored("j"), { version: 1, state: { journeyId: "j", legs: 0 } });
    await without.domain.close();
    const { domain, stored } = await openJourneys(at.adapter, 2);
    deepEqual(await domain.retryParked({ subscription: "Journey", key: "j" }), { retried: 1, failed: [] });
    deepEqual(await stored("j"), { version: 2, state: { journeyId: "j", legs: ["rome"] } });
  });

  it("set their instance aside in an older release", async () => {
    const later = await openJourneys(at.adapter, 2);
    await later.set("n");
    await later.domain.catchUp();
    await later.domain.close();
    const earlier = await openJourneys(at.adapter, 1);
    await earlier.go("n", "rome");
    const { parked } = await earlier.domain.catchUp();
    match(
      parked[0]?.error.message ?? "",
      /its state has version 2, and the code knows up to 1: deploy the newer release/,
    );
    deepEqual(await earlier.stored("n"), { version: 2, state: { journeyId: "n", legs: [] } });
  });

  it("handle events that an older release did not know late, once, beside what the instance has done since", async () => {
    const earlier = await openJourneys(at.adapter, 1);
    for (const id of ["u", "w"]) await earlier.set(id);
    await earlier.fly("u", "rome");
    await earlier.go("u", "oslo");
    await earlier.fly("w", "bern");
    await earlier.domain.catchUp();
    deepEqual(
      (await earlier.domain.parked()).map(({ key, class: kind }) => [key, kind]),
      [
        ["u-flight", "unknown type"],
        ["w-flight", "unknown type"],
      ],
    );
    deepEqual(await earlier.stored("u"), { version: 1, state: { journeyId: "u", legs: 1 } });
    await earlier.domain.close();
    const later = await openJourneys(at.adapter, 2);
    await later.go("u", "paris");
    await later.domain.catchUp();
    await later.go("w", "nice");
    await later.go("u", "home");
    await later.domain.catchUp();
    deepEqual(await later.domain.parked(), []);
    const { state } = await later.stored("u");
    deepEqual((state as { readonly legs: readonly string[] }).legs.toSorted(), [
      "home",
      "paris",
      "rome by air",
      "somewhere",
    ]);
    deepEqual(await later.stored("w"), { version: 2, state: { journeyId: "w", legs: ["bern by air", "nice"] } });
  });
}
