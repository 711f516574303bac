import { z } from "zod";

import { type Domain, identifier, on, Projection, Query, read } from "../../src/index";
import { type Case, faultsOf, modelOf, sound } from "./faults-of";

/** Declares a projection, a query of it and its handler. */
function queries(domain: Domain) {
  const { Opened } = sound(domain);
  @domain.projection({})
  class Owners extends Projection({ id: identifier(), owner: z.string().default("") }) {
    @on(Opened, { creates: true })
    opened(): void {}
  }
  @domain.query({ of: Owners })
  class AllOwners extends Query({}, { returns: z.array(z.string()) }) {}
  @domain.queryHandler({ of: "Owners" })
  class OwnerQueries {
    @read(AllOwners)
    all(_: AllOwners): string[] {
      return [];
    }
  }
  return { Owners, AllOwners, OwnerQueries };
}

describe("a query", () => {
  it("is answered by a method that is given the view of a projection", () => {
    let declared: ReturnType<typeof queries> | undefined;
    const model = modelOf((domain) => {
      declared = queries(domain);
    });
    const [query] = [...model.queries.values()];
    const [projection] = [...model.projections.values()];
    expect(query?.type).toBe(declared?.AllOwners);
    expect(query?.projection).toBe(projection);
    expect(query?.handler).toEqual({ type: declared?.OwnerQueries, method: "all", projection });
    expect(() => query?.result.check([5])).toThrow("its handler must return what the query declares");
  });

  it("without handler is compiled: only a dispatch refuses it", () => {
    const model = modelOf((domain) => {
      const { Owners } = queries(domain);
      domain.query({ of: Owners })(class Unanswered extends Query({}) {});
    });
    expect([...model.queries.values()].map(({ name, handler }) => [name, handler?.method])).toEqual([
      ["AllOwners", "all"],
      ["Unanswered", undefined],
    ]);
  });
});

const CASES: readonly Case[] = [
  [
    "references to projections that there are not",
    (domain) => {
      queries(domain);
      domain.query({ of: "Owner" })(class Lost extends Query({}) {});
      domain.queryHandler({ of: "Nothing" })(class Idle {});
    },
    [
      'Lost reads "Owner", which is not a registered projection; did you mean "Owners"?',
      'Idle reads "Nothing", which is not a registered projection',
      "Idle has no @read method",
    ],
  ],
  [
    "a query that is not registered, and one with two handlers",
    (domain) => {
      const { Owners, AllOwners } = queries(domain);
      class Foreign extends Query({}) {}
      @domain.queryHandler({ of: Owners })
      class Second {
        @read(AllOwners)
        all(_: InstanceType<typeof AllOwners>): string[] {
          return [];
        }
        @read(Foreign)
        foreign(_: Foreign): void {}
      }
      return Second;
    },
    [
      "AllOwners is answered twice, by OwnerQueries.all and by Second.all",
      "Second.foreign answers Foreign, which is not a registered query",
    ],
  ],
];

describe("the compilation of queries", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});
