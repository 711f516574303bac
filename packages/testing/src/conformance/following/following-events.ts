import { deepEqual, equal, rejects } from "node:assert/strict";
import { once } from "node:events";
import type { EventLog, GlobalRange } from "@tidemark/core/adapter";
import { deaf } from "../deaf-store";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openGarage, outline } from "./garage-under-test";

const OVER = { done: true, value: undefined };

export function followingEvents(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("goes on with what is appended, in order", async () => {
    const { domain, build } = await openGarage(at.adapter);
    await build("a");
    const found: string[] = [];
    for await (const event of domain.events({ follow: true })) {
      found.push(outline(event));
      if (found.length === 1) void build("b").then(() => build("c"));
      if (found.length === 3) break;
    }
    deepEqual(found, ["GarageBuilt a", "GarageBuilt b", "GarageBuilt c"]);
  });

  it("hears of events that come while it reads, 200 times", async () => {
    const { domain, build } = await openGarage(at.adapter);
    const feed = domain.events({ follow: true });
    for (let number = 0; number < 200; number++) {
      const next = feed.next();
      await build(String(number));
      equal((await next).value?.id, String(number));
    }
    await feed.return();
  });

  it("polls where the store cannot tell of appends", async () => {
    const { domain, build } = await openGarage(deaf(at.adapter));
    const feed = domain.events({ follow: true });
    const next = feed.next();
    // Time enough to come to the end of the log.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await build("a");
    equal((await next).value?.id, "a");
    await feed.return();
  });

  it("reads a page only when the last event of the one before was taken", async () => {
    const reads: number[] = [];
    const readAll = (range: GlobalRange) => {
      reads.push(range.limit);
      return at.adapter.log.readAll(range);
    };
    const { domain, issue, stored } = await openGarage(at.adapter, { log: { readAll } });
    await issue("t-1");
    const paid = { type: "Parking.TicketPaid.v2", data: { cents: "1" } };
    await stored("t-1", ...Array.from({ length: 1_200 }, () => paid));
    const feed = domain.events();
    for (let taken = 0; taken < 500; taken++) await feed.next();
    deepEqual(reads, [500]);
    await feed.next();
    deepEqual(reads, [500, 500]);
    await feed.return();
    deepEqual(await feed.next(), OVER);
    deepEqual(reads, [500, 500]);
  });

  it("answers requests that were made at once one after the other", async () => {
    const { domain, build } = await openGarage(at.adapter);
    const feed = domain.events({ follow: true });
    const requests = [feed.next(), feed.next(), feed.next()];
    for (const id of ["a", "b", "c"]) await build(id);
    deepEqual(
      (await Promise.all(requests)).map(({ value }) => value?.id),
      ["a", "b", "c"],
    );
    await feed.return();
  });

  it("lets go of everything when it is left, also while an event is waited for", async () => {
    const listeners = new CountedListeners(at.adapter.log);
    const { domain, build } = await openGarage(at.adapter, { log: { onAppend: listeners.onAppend } });
    await build("a");
    const controller = new AbortController();
    for await (const event of domain.events({ follow: true, signal: controller.signal })) {
      equal(event.id, "a");
      break;
    }
    equal(listeners.open, 0);
    const feed = domain.events({ follow: true, signal: controller.signal });
    await feed.next();
    const waiting = feed.next();
    await listeners.added();
    deepEqual(await feed.return(), OVER);
    deepEqual(await waiting, OVER);
    equal(listeners.open, 0);
    controller.abort();
    deepEqual(await feed.next(), OVER);
  });

  it("throws an AbortError when its signal aborts, before an event, while waiting, and between two events", async () => {
    const { domain, build } = await openGarage(at.adapter);
    await build("a");
    await build("b");
    const reason = new Error("the user went away");
    const aborted = { name: "AbortError", code: "ABORT_ERR", message: "The operation was aborted", cause: reason };

    const before = domain.events({ signal: AbortSignal.abort(reason) });
    await rejects(before.next(), aborted);
    deepEqual(await before.next(), OVER);

    const between = new AbortController();
    const read = domain.events({ signal: between.signal });
    equal((await read.next()).value?.id, "a");
    between.abort(reason);
    await rejects(read.next(), aborted);
    deepEqual(await read.next(), OVER);

    const during = new AbortController();
    const followed = domain.events({ follow: true, signal: during.signal });
    await followed.next();
    await followed.next();
    const waiting = followed.next();
    const rejected = rejects(waiting, aborted);
    during.abort(reason);
    await rejected;
    deepEqual(await followed.next(), OVER);
  });

  it("ends when the domain closes, and lets it close", async () => {
    const listeners = new CountedListeners(at.adapter.log);
    const { domain, build } = await openGarage(at.adapter, { log: { onAppend: listeners.onAppend } });
    await build("a");
    const followed = domain.events({ follow: true });
    await followed.next();
    const waiting = followed.next();
    const neverAskedAgain = domain.events({ follow: true });
    await neverAskedAgain.next();
    const read = domain.events();
    await read.next();
    await listeners.added();
    await domain.close();
    deepEqual(await waiting, OVER);
    deepEqual(await neverAskedAgain.next(), OVER);
    await rejects(read.next(), { code: "INCORRECT_USAGE", message: /is closing/ });
    equal(listeners.open, 0);
  });

  it("gives what another feed, and another process's store, appends", async () => {
    const { domain, build } = await openGarage(at.adapter);
    const feeds = [domain.events({ follow: true }), domain.events({ follow: true })];
    const next = feeds.map((feed) => feed.next());
    const other = at.adapter.abilities.sharedByProcesses ? await at.another() : at.adapter;
    const elsewhere = await openGarage(other);
    await elsewhere.build("far");
    deepEqual(
      (await Promise.all(next)).map(({ value }) => value?.id),
      ["far", "far"],
    );
    await build("near");
    equal((await feeds[0]!.next()).value?.id, "near");
    for (const feed of feeds) await feed.return();
  });
}

/** Counts the listeners of a store; of one that has none, it makes them. */
class CountedListeners {
  open = 0;
  readonly #added = new EventTarget();

  constructor(private readonly log: EventLog) {}

  readonly onAppend: NonNullable<EventLog["onAppend"]> = async (listener) => {
    const stop = await this.log.onAppend?.(listener);
    this.open++;
    this.#added.dispatchEvent(new Event("added"));
    return async () => {
      this.open--;
      await stop?.();
    };
  };

  /** Resolves when there is a listener. */
  async added(): Promise<void> {
    if (this.open === 0) await once(this.#added, "added");
  }
}
