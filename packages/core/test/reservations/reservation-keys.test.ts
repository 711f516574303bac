import { z } from "zod";

import { Aggregate, decimal } from "../../src/index";
import type { AggregateModel } from "../../src/model/aggregate-model";
import { fieldsOf, ReservationKeys } from "../../src/reservations/reservation-keys";

const { shape } = Aggregate({
  email: z.string().nullable(),
  country: z.string(),
  size: z.number(),
  since: z.date(),
  price: decimal(),
  serial: z.bigint(),
  isOpen: z.boolean(),
}) as unknown as AggregateModel;

function keys(values: object, ...unique: readonly (readonly string[])[]): readonly string[] {
  return [
    ...new ReservationKeys({ shape, storage: { unique } as unknown as AggregateModel["storage"] }).of(values).keys(),
  ];
}

describe("ReservationKeys", () => {
  it("gives a key for each constraint, of its fields and their values", () => {
    const values = { email: "ann@x", country: "NL", size: 3 };
    expect(keys(values, ["email"], ["country", "size"])).toEqual(['email:["ann@x"]', 'country,size:["NL","3"]']);
  });

  it("gives none where a field is null or absent", () => {
    expect(keys({ email: null, country: "NL" }, ["email"], ["country", "size"], ["country"])).toEqual([
      'country:["NL"]',
    ]);
  });

  it.each([
    ["size", 0, -0],
    ["since", new Date(1_700_000_000_000), new Date(1_700_000_000_000)],
    ["price", "1.50", "1.5"],
    ["serial", 12n, BigInt("12")],
  ])("gives equal values of %s the same key", (field, one, other) => {
    expect(keys({ [field]: one }, [field])).toEqual(keys({ [field]: other }, [field]));
  });

  it.each([
    ["email", "ann@x", "Ann@x"],
    ["email", "ann", "ann "],
    ["size", 1, 1.5],
    ["since", new Date(1_700_000_000_000), new Date(1_700_000_000_001)],
    ["price", "1.50", "1.51"],
    ["isOpen", true, false],
  ])("gives different values of %s different keys", (field, one, other) => {
    expect(keys({ [field]: one }, [field])).not.toEqual(keys({ [field]: other }, [field]));
  });

  it("tells lists of values apart whose texts joined are the same", () => {
    const [one] = keys({ email: 'a","b', country: "c" }, ["email", "country"]);
    const [other] = keys({ email: "a", country: 'b","c' }, ["email", "country"]);
    expect(one).not.toBe(other);
  });

  it("gives long values a short key, which differs with their last character", () => {
    const long = "ä".repeat(5_000);
    const [one, other] = [keys({ email: `${long}a` }, ["email"])[0]!, keys({ email: `${long}b` }, ["email"])[0]!];
    expect(one).toMatch(/^email:#[\w-]{43}$/);
    expect(other).toMatch(/^email:#[\w-]{43}$/);
    expect(one).not.toBe(other);
  });
});

describe("fieldsOf", () => {
  it.each([
    ['email:["a:[b"]', ["email"]],
    ['country,size:["NL","3"]', ["country", "size"]],
    ["email:#abc", ["email"]],
  ])("reads the fields from the key %s", (key, fields) => {
    expect(fieldsOf(key)).toEqual(fields);
  });
});
