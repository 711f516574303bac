import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { all } from "../facts/till-under-test";
import { testRunner } from "../test-runner";
import { openGarage, outline } from "./garage-under-test";

export function readingEvents(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("gives the events of all aggregates in one order, and ends", async () => {
    const { domain, build, issue, pay } = await openGarage(at.adapter);
    await build("north");
    await issue("t-1");
    await pay("t-1", 250n);
    await build("south");
    const events = await all(domain.events());
    deepEqual(events.map(outline), ["GarageBuilt north", "TicketIssued t-1", "TicketPaid t-1", "GarageBuilt south"]);
    const positions = events.map(({ position }) => position);
    deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    );
  });

  it("gives each event as an instance of its class, frozen, with its place, its id and its metadata", async () => {
    const { domain, TicketIssued, issue } = await openGarage(at.adapter);
    await issue("t-1");
    const [found] = await all(domain.events({ types: [TicketIssued] }));
    const stored = await domain.eventStore.readLast("parking::ticket-t-1");
    ok(found?.event instanceof TicketIssued && Object.isFrozen(found.event));
    deepEqual(found.event.at, new Date(5));
    const { event: _, ...place } = found;
    deepEqual(place, {
      id: "t-1",
      position: stored?.globalPosition,
      metadata: stored?.metadata,
      eventId: stored?.id,
      recordedAt: stored?.time,
    });
  });

  it("gives only events of the aggregates and of the types asked for", async () => {
    const { domain, Garage, Ticket, TicketPaid, build, issue, pay } = await openGarage(at.adapter);
    await build("north");
    await issue("t-1");
    await pay("t-1", 250n);
    deepEqual((await all(domain.events({ of: [Garage] }))).map(outline), ["GarageBuilt north"]);
    deepEqual((await all(domain.events({ of: [Ticket] }))).map(outline), ["TicketIssued t-1", "TicketPaid t-1"]);
    deepEqual((await all(domain.events({ of: [Ticket, Garage], types: [TicketPaid] }))).map(outline), [
      "TicketPaid t-1",
    ]);
  });

  it("goes on after a position, given as number or as text", async () => {
    const { domain, build } = await openGarage(at.adapter);
    for (const id of ["a", "b", "c"]) await build(id);
    const [, second] = await all(domain.events());
    const { position } = second!;
    deepEqual((await all(domain.events({ after: position }))).map(outline), ["GarageBuilt c"]);
    deepEqual((await all(domain.events({ after: String(position) }))).map(outline), ["GarageBuilt c"]);
    const [last] = (await all(domain.events())).slice(-1);
    deepEqual(await all(domain.events({ after: last!.position })), []);
  });

  it("upcasts older events, and leaves out what the aggregate skips", async () => {
    const { domain, TicketPaid, issue, stored } = await openGarage(at.adapter);
    await issue("t-1");
    await stored(
      "t-1",
      { type: "Parking.TicketPaid.v1", data: { euros: 3 } },
      { type: "Parking.TicketPrinted.v1", data: {} },
    );
    const events = await all(domain.events());
    deepEqual(events.map(outline), ["TicketIssued t-1", "TicketPaid t-1"]);
    const [paid] = await all(domain.events({ types: [TicketPaid] }));
    equal(paid?.event.cents, 300n);
  });

  it("gives 1,201 events, more than two pages, among others that were not asked for", async () => {
    const { domain, Garage, TicketPaid, build, issue, stored } = await openGarage(at.adapter);
    await issue("t-1");
    const payments = (count: number) =>
      Array.from({ length: count }, (_, cents) => ({ type: "Parking.TicketPaid.v2", data: { cents: String(cents) } }));
    await stored("t-1", ...payments(600));
    await build("north");
    await stored("t-1", ...payments(601));
    const paid = await all(domain.events({ types: [TicketPaid] }));
    deepEqual(
      paid.map(({ event }) => event.cents),
      [...payments(600), ...payments(601)].map(({ data }) => BigInt(data.cents)),
    );
    deepEqual((await all(domain.events({ of: [Garage] }))).map(outline), ["GarageBuilt north"]);
  });

  it("stops at an event that the code does not know, once all before it were given", async () => {
    const { domain, TicketIssued, issue, stored } = await openGarage(at.adapter);
    await issue("t-1");
    await stored("t-1", { type: "Parking.TicketLost.v1", data: {} });
    for (const options of [{}, { types: [TicketIssued] }]) {
      const feed = domain.events(options);
      equal(outline((await feed.next()).value!), "TicketIssued t-1");
      await rejects(feed.next(), { code: "UNKNOWN_EVENT", type: "Parking.TicketLost.v1", position: 1 });
      deepEqual(await feed.next(), { done: true, value: undefined });
    }
  });

  it("refuses what can never be right", async () => {
    const { domain, Garage, TicketPaid, build } = await openGarage(at.adapter);
    const other = await openGarage(at.adapter);
    await build("north");
    const refused = (options: object, message: RegExp) =>
      throws(() => domain.events(options), { code: "INCORRECT_USAGE", message });
    refused({ of: [] }, /"of" is empty; leave it out for all/);
    refused({ types: [] }, /"types" is empty; leave it out for all/);
    refused({ of: Garage }, /"of" must be an array of classes/);
    refused({ of: [other.Garage] }, /"of" names Garage, which is not a registered aggregate/);
    refused({ of: [TicketPaid] }, /"of" names TicketPaid, which is not a registered aggregate/);
    refused({ types: [other.TicketPaid] }, /"types" names TicketPaid, which is not an event of a registered aggregate/);
    refused({ types: [Garage] }, /"types" names Garage, which is not an event of a registered aggregate/);
    refused({ of: [Garage], types: [TicketPaid] }, /"types" names TicketPaid, an event of Ticket, which "of" does not/);
    refused({ after: -1 }, /"after" must be a whole number from 0, not -1/);
    refused({ after: "x" }, /"after" must be a whole number from 0, not "x"/);
    refused({ signal: {} }, /"signal" must be an AbortSignal/);
    await rejects(all(domain.events({ after: 1_000 })), {
      code: "INCORRECT_USAGE",
      message: /^Cannot read events after position 1000: no event of this store has that position or a later one/,
    });
  });
}
