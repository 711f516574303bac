import { z } from "zod";

import { fingerprint } from "../../src/schema/fingerprint";
import { identifier } from "../../src/schema/identifier";

const account = () =>
  z.object({
    accountNumber: z.string().max(20),
    balance: z.number().default(0),
    status: z.enum(["ACTIVE", "CLOSED"]).default("ACTIVE"),
  });

interface Tree {
  children: Tree[];
}

describe("fingerprint", () => {
  it("stays what it is for known shapes, whatever zod does", () => {
    const everything = z.object({
      id: identifier(),
      at: z.date().nullable(),
      cents: z.bigint().optional(),
      lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })).default([]),
      prices: z.record(z.string(), z.union([z.number(), z.literal("free")])),
      pair: z.tuple([z.boolean(), z.any()], z.unknown()),
      both: z.intersection(z.object({ a: z.string() }), z.looseObject({ b: z.string() })),
      when: z.string().pipe(z.coerce.date()),
      get children() {
        return z.array(z.lazy(() => everything));
      },
    }) as z.ZodType;
    expect({ account: fingerprint(account()), everything: fingerprint(everything) }).toEqual({
      account: "5c0a3e5d1ce49df3",
      everything: "ddea13fbd1d00957",
    });
  });

  it.each<[string, z.ZodType]>([
    ["a further field", account().extend({ holderName: z.string() })],
    ["a field less", account().omit({ status: true })],
    [
      "a field's name",
      account()
        .omit({ balance: true })
        .extend({ saldo: z.number().default(0) }),
    ],
    ["a field's type", account().extend({ balance: z.bigint().default(0n) })],
    ["a default", account().extend({ balance: z.number().default(1) })],
    ["an optional field", account().extend({ accountNumber: z.string().optional() })],
    ["a nullable field", account().extend({ accountNumber: z.string().nullable() })],
    [
      "another value of an enum",
      account().extend({ status: z.enum(["ACTIVE", "CLOSED", "LOCKED"]).default("ACTIVE") }),
    ],
    ["further keys let through", account().loose()],
  ])("changes with %s", (_, other) => {
    expect(fingerprint(other)).not.toBe(fingerprint(account()));
  });

  it.each<[string, z.ZodType]>([
    ["limits", account().extend({ accountNumber: z.string().min(1).max(99).regex(/./) })],
    ["refinements", account().extend({ accountNumber: z.string().refine((text) => text !== "") })],
    [
      "descriptions",
      account().extend({ accountNumber: z.string().describe("as printed on the card").meta({ id: "n" }) }),
    ],
    ["read-only marks", account().extend({ accountNumber: z.string().readonly() })],
    [
      "the order of fields and of an enum's values",
      z.object({
        status: z.enum(["CLOSED", "ACTIVE"]).default("ACTIVE"),
        balance: z.number().default(0),
        accountNumber: z.string(),
      }),
    ],
  ])("does not change with %s", (_, other) => {
    expect(fingerprint(other)).toBe(fingerprint(account()));
  });

  it("sees a change at any depth", () => {
    const nested = (leaf: z.ZodType) => z.object({ a: z.array(z.record(z.string(), z.object({ leaf }).optional())) });
    expect(fingerprint(nested(z.string()))).not.toBe(fingerprint(nested(z.number())));
  });

  it("ends on shapes that contain themselves, and tells them apart", () => {
    const lazy: z.ZodType<Tree> = z.lazy(() => z.object({ children: z.array(lazy) }));
    const dated: z.ZodType = z.lazy(() => z.object({ at: z.date(), children: z.array(dated) }));
    expect(fingerprint(lazy)).not.toBe(fingerprint(dated));
    expect(fingerprint(lazy)).toBe(fingerprint(lazy));
  });

  it("stays the same where a nested default reads the clock or draws a random id", () => {
    const entry = z.object({
      at: z.date().default(() => new Date()),
      id: z.string().default(() => String(Math.random())),
    });
    expect(fingerprint(z.array(entry))).toBe(fingerprint(z.array(entry)));
    expect(fingerprint(entry)).not.toBe(fingerprint(z.object({ at: z.date().default(new Date(0)), id: z.string() })));
  });
});
