import { z } from "zod";

import { ConfigurationError } from "../../src/errors/configuration-error";
import { fingerprint } from "../../src/schema/fingerprint";
import { status, transitionsOf } from "../../src/schema/status";

const TRANSITIONS = { DRAFT: ["PLACED"], PLACED: ["DRAFT"] } as const;

function faults(options: object): readonly string[] {
  try {
    status(options as never);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

describe("status()", () => {
  it("takes the states of its transitions, and nothing else", () => {
    const field = status({ transitions: TRANSITIONS });
    expect([field.parse("DRAFT"), field.parse("PLACED")]).toEqual(["DRAFT", "PLACED"]);
    expect(["draft", "", null, 1].map((value) => field.safeParse(value).success)).toEqual(Array(4).fill(false));
  });

  it("starts at its initial state, or at the first one", () => {
    expect(status({ transitions: TRANSITIONS }).parse(undefined)).toBe("DRAFT");
    expect(status({ initial: "PLACED", transitions: TRANSITIONS }).parse(undefined)).toBe("PLACED");
  });

  it.each<[string, object, string[]]>([
    ["no transitions", {}, ['transitions has no state: { DRAFT: ["PLACED"], PLACED: [] }']],
    ["no state", { transitions: {} }, ['transitions has no state: { DRAFT: ["PLACED"], PLACED: [] }']],
    [
      "an initial state that is not declared",
      { initial: "NEW", transitions: TRANSITIONS },
      ['initial is "NEW", but the states are "DRAFT", "PLACED"'],
    ],
    [
      "every target that is not a state",
      { transitions: { DRAFT: ["PLACED", "SENT"], PLACED: ["PAID"] } },
      [
        '"DRAFT" goes to "SENT", but the states are "DRAFT", "PLACED"',
        '"PLACED" goes to "PAID", but the states are "DRAFT", "PLACED"',
      ],
    ],
    [
      "a target without list",
      { transitions: { DRAFT: "PLACED", PLACED: null } },
      [
        "transitions.DRAFT is the list of the states that follow it; [] for none",
        "transitions.PLACED is the list of the states that follow it; [] for none",
      ],
    ],
  ])("refuses %s when it is declared", (_, options, expected) => {
    expect(faults(options)).toEqual(expected);
  });

  it("is known below zod's wrappers and refinements", () => {
    const field = status({ transitions: TRANSITIONS });
    const wrapped = [
      field,
      field.optional(),
      field.nullable(),
      field.describe("where it stands"),
      field.unwrap().refine(() => true),
      field.unwrap().optional(),
    ];
    expect(wrapped.map(transitionsOf)).toEqual(Array(wrapped.length).fill(TRANSITIONS));
    expect([z.enum(["DRAFT", "PLACED"]), z.array(field)].map(transitionsOf)).toEqual([undefined, undefined]);
  });

  it("keeps its fingerprint when a transition is added, and changes it with a state or the initial one", () => {
    const of = (options: object) => fingerprint(z.object({ status: status(options as never) }));
    const now = of({ transitions: TRANSITIONS });
    expect(of({ transitions: { DRAFT: ["PLACED", "DRAFT"], PLACED: [] } })).toBe(now);
    expect(of({ transitions: { ...TRANSITIONS, PAID: [] } })).not.toBe(now);
    expect(of({ initial: "PLACED", transitions: TRANSITIONS })).not.toBe(now);
  });
});
