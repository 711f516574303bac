import { z } from "zod";
import * as mini from "zod/mini";
import { z as z3 } from "zod/v3";

import { Aggregate, Command, DomainEvent, Entity, ValueObject, valueObject } from "../../src/index";

const KINDS = { Aggregate, Command, DomainEvent, Entity, ValueObject } as Readonly<
  Record<string, (fields: never) => { new (values: unknown): object }>
>;

/** Returns the faults of a shape with the field `email`. */
function faultsOf(schema: unknown, kind = "DomainEvent"): readonly string[] {
  try {
    KINDS[kind]?.({ email: schema } as never);
    return [];
  } catch (error) {
    return (error as { readonly faults: readonly string[] }).faults;
  }
}

const WAITS =
  "values are checked synchronously, so make it synchronous, or check in a handler before the value is used";
const NEEDS = 'Tidemark needs zod 4: import { z } from "zod", version 4';
const isFree = async (): Promise<boolean> => true;

describe("a shape", () => {
  it.each(Object.keys(KINDS))("refuses async refinements, as one of %s", (kind) => {
    expect(faultsOf(z.string().refine(isFree), kind)).toEqual([`field "email": it has an async refinement; ${WAITS}`]);
  });

  it.each([
    ["in a list", z.array(z.string().refine(isFree)), "refinement"],
    ["of an optional field", z.string().refine(isFree).optional(), "refinement"],
    ["of the key of a record", z.record(z.string().refine(isFree), z.string()), "refinement"],
    ["before a pipe", z.string().refine(isFree).pipe(z.email()), "refinement"],
    ["by check()", z.string().check(async () => {}), "refinement"],
    ["by custom()", z.custom(isFree), "refinement"],
    ["by transform()", z.string().transform(isFree), "transform"],
    ["by preprocess()", z.preprocess(isFree, z.string()), "transform"],
  ])("finds what is async %s", (_, schema, what) => {
    expect(faultsOf(schema)).toEqual([`field "email": it has an async ${what}; ${WAITS}`]);
  });

  it("names the library of another schema", () => {
    expect(faultsOf(z3.string())).toEqual([`field "email": was made by zod 3; ${NEEDS}`]);
    expect(faultsOf(z.object({ a: z3.string() as never }))).toEqual([
      `field "email": a part of it was made by zod 3; ${NEEDS}`,
    ]);
    expect(faultsOf({ "~standard": { version: 1, vendor: "valibot", validate: () => ({}) } })).toEqual([
      `field "email": was made by valibot; ${NEEDS}`,
    ]);
    expect(faultsOf("text")).toEqual(['field "email": is not a zod schema']);
    expect(faultsOf(undefined)).toEqual(['field "email": is not a zod schema']);
  });

  it("takes schemas of zod/mini", () => {
    class Registered extends DomainEvent({
      email: mini.optional(mini.string()),
      at: mini._default(mini.date(), new Date(0)),
    }) {}
    expect({ ...new Registered({ email: "a" }) }).toEqual({ email: "a", at: new Date(0) });
    expect(() => new Registered({ email: 5 } as never)).toThrow("Registered is not valid: email: ");
  });
});

describe("the schema of a result", () => {
  it("is one that can be checked", () => {
    expect(() => Command({}, { returns: z3.string() as never })).toThrow(
      `a declared command: returns: was made by zod 3`,
    );
    expect(() => Command({}, { returns: z.string().refine(isFree) })).toThrow("returns: it has an async refinement");
  });
});

describe("a refinement that returns a promise without being async", () => {
  const promised = z.string().refine((text) => Promise.resolve(text !== ""));
  const complaint = (of: string) =>
    `field "email" of ${of}: a refinement or transform of it returns a promise; ${WAITS}`;

  it("is named with its class on first use", () => {
    class Registered extends DomainEvent({ name: z.string(), email: promised }) {}
    expect(() => new Registered({ name: "Ann", email: "a" })).toThrow(complaint("Registered"));
    class Address extends ValueObject({ email: promised, name: z.string().optional() }) {}
    expect(() => new Address({ email: "a" })).toThrow(complaint("Address"));
    class Moved extends DomainEvent({ to: valueObject(Address) }) {}
    expect(() => new Moved({ to: { email: "a" } })).toThrow('field "to" of Moved');
  });

  it("is named by with() too", () => {
    class Address extends ValueObject({ name: z.string(), email: promised.optional() }) {}
    expect(() => new Address({ name: "Ann" }).with({ email: "a" })).toThrow(complaint("Address"));
  });
});
