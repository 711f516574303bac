import { z } from "zod";

import { DomainEvent, type EventContext, identifier } from "../../src/index";
import type { ConsumableEvent } from "../../src/model/consumable-events";
import { correlation } from "../../src/model/correlation";

class Merged extends DomainEvent({
  reference: identifier(),
  note: z.string().nullish(),
  ids: z.array(z.string()).default([]),
  status: z.enum(["OPEN", "CLOSED"]).optional(),
  sum: z.number().optional(),
  parts: z.array(z.number()).optional(),
}) {}

const event = { type: Merged, shape: Merged.shape, owner: {}, storedTypes: [] } as unknown as ConsumableEvent;
const place = { place: "Merging.merged", process: "Merging", keyField: "reference" };
const context = { aggregateId: "account-1" } as EventContext;

function idsBy(written: Parameters<typeof correlation>[0], values: object): readonly string[] {
  const faults: string[] = [];
  const idsOf = correlation(written, place, event, (fault) => faults.push(fault));
  expect(faults).toEqual([]);
  return idsOf(values, context);
}

function faultsBy(written: Parameters<typeof correlation>[0]): readonly string[] {
  const faults: string[] = [];
  correlation(written, place, event, (fault) => faults.push(fault));
  return faults;
}

describe("the ids of the instances that an event is for", () => {
  it("are in the event's field with the name of the key, in the named one, and in the mapped one", () => {
    const values = { reference: "r-1", note: "n-1" };
    expect(idsBy(undefined, values)).toEqual(["r-1"]);
    expect(idsBy("note", values)).toEqual(["n-1"]);
    expect(idsBy({ reference: "note" }, values)).toEqual(["n-1"]);
    expect(idsBy("status", { status: "OPEN" })).toEqual(["OPEN"]);
  });

  it("are none where the field holds nothing", () => {
    expect(idsBy("note", {})).toEqual([]);
    expect(idsBy("note", { note: null })).toEqual([]);
    expect(idsBy("ids", { ids: [] })).toEqual([]);
  });

  it("are those of a list, each once", () => {
    expect(idsBy("ids", { ids: ["b", "a", "b"] })).toEqual(["b", "a"]);
  });

  it("are what a function gives, which is given the context too", () => {
    const written = (merged: { readonly note?: string }, { aggregateId }: EventContext) => {
      return merged.note === undefined ? undefined : [merged.note, aggregateId, merged.note];
    };
    expect(idsBy(written, { note: "n-1" })).toEqual(["n-1", "account-1"]);
    expect(idsBy(written, {})).toEqual([]);
  });

  it.each([
    [
      "the field",
      "note" as const,
      { note: "" },
      'the field "note" of Merged gives "", and an id has at least 1 character',
    ],
    [
      "an item of a list",
      "ids" as const,
      { ids: ["a", "b\0"] },
      'the field "ids" of Merged gives "b\\u0000", and an id contains no NUL',
    ],
    ["a function", () => 5 as never, {}, "its function for Merged gives 5, and an id is a string, not number"],
    [
      "a promise",
      (async () => "a") as never,
      {},
      "its function for Merged gives a promise, and an id is a string, not Promise",
    ],
  ])("cannot be anything but ids, by %s", (_, written, values, fault) => {
    const idsOf = correlation(written, place, event, () => undefined);
    expect(() => idsOf(values, context)).toThrow(
      `Merging.merged cannot find its instance: ${fault}; correlate by what gives one id, a list of ids, or undefined where the event is for no instance`,
    );
  });

  it("are what a function throws", () => {
    const idsOf = correlation(
      () => {
        throw new RangeError("no");
      },
      place,
      event,
      () => undefined,
    );
    expect(() => idsOf({}, context)).toThrow(RangeError);
  });

  it.each(["sum", "parts"])("cannot be in the field %s, which holds no text", (field) => {
    expect(faultsBy(field)).toEqual([
      `correlates Merged by the field "${field}", which holds neither a text nor a list of texts; give a function`,
    ]);
  });
});
