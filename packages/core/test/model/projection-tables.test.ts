import { z } from "zod";

import {
  Aggregate,
  apply,
  type Domain,
  DomainEvent,
  type DomainEventRoot,
  identifier,
  on,
  Projection,
  sql,
} from "../../src/index";
import type { ClassOf } from "../../src/metadata/class-types";
import { type Case, faultsOf } from "./faults-of";

/** Declares a projection with a key and these fields besides. */
function project(domain: Domain, options: Parameters<Domain["projection"]>[0], fields: Record<string, z.ZodType> = {}) {
  class Summary extends Projection({ accountId: identifier(), ...fields }) {
    opened(): void {}
  }
  on(declared(domain), { creates: true })(Summary.prototype, "opened", {} as any);
  domain.projection(options)(Summary);
}

/** The event of the domain, which is declared at first. */
function declared(domain: Domain): ClassOf<DomainEventRoot> {
  const known = domain.events.get("Opened");
  if (known !== undefined) return known;
  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier() }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({}) {
    @apply(Opened)
    opened(): void {}
  }
  return Account && Opened;
}

const CASES: readonly Case[] = [
  [
    "two projections with one table, and a projection with the table of another one",
    (domain) => {
      project(domain, { name: "AccountList" });
      project(domain, { name: "Account_List" });
      project(domain, { name: "AccountListV1" });
    },
    [
      "Account_List and AccountList would both have the table or view account_list_v1",
      "Account_List and AccountList would both have the table or view account_list",
      "AccountListV1 and AccountList would both have the table or view account_list_v1",
    ],
  ],
  [
    "names that are reserved, too long, or of other letters",
    (domain) => {
      project(domain, { name: "Events" });
      project(domain, { name: "L".repeat(61) });
      project(domain, { name: "Übersicht" });
      project(domain, { name: "Sizes" }, { größe: z.number() });
      project(domain, { name: "Twins" }, { holderName: z.string(), holder_name: z.string() });
    },
    [
      "Events cannot have a table: the name events is reserved for the store's own tables; choose another one",
      `${"L".repeat(61)} cannot have a table: a table's name must match ^[a-z_][a-z0-9_]{0,62}$, not "${"l".repeat(61)}_v1"`,
      'Übersicht cannot have a table: a table\'s name must match ^[a-z_][a-z0-9_]{0,62}$, not "übersicht"',
      'Sizes cannot have a table: a column of the table sizes_v1 must match ^[a-z_][a-z0-9_]{0,62}$, not "größe"',
      "Twins cannot have a table: the table twins_v1 has two columns called holder_name",
    ],
  ],
  [
    "tables of an SQL projector that are reserved, or that belong to a projection",
    (domain) => {
      project(domain, { name: "AccountList" });
      @domain.sqlProjector({ tables: ["daily_volume", "checkpoints", "account_list_v1", "Daily Volume"] })
      class DailyVolume {
        opened() {
          return sql`insert into daily_volume values (1)`;
        }
      }
      on(declared(domain))(DailyVolume.prototype, "opened", {} as any);
    },
    [
      "DailyVolume cannot change a table: the name checkpoints is reserved for the store's own tables; choose another one",
      "DailyVolume would change account_list_v1, which belongs to the projection AccountList",
      `DailyVolume cannot change a table: a table's name must match ^[a-z_][a-z0-9_]{0,62}$, not "Daily Volume"`,
    ],
  ],
  [
    "tables of aggregates, which an aggregate or a projection has already, or that no store can have",
    (domain) => {
      @domain.aggregate({})
      class Größe extends Aggregate({}) {}
      @domain.aggregate({})
      class Twin extends Aggregate({ homeTown: z.string(), home_town: z.string() }) {}
      @domain.aggregate({ schemaVersion: 2 })
      class Customer extends Aggregate({}) {}
      project(domain, { name: `${domain.name}_Customer`, version: 2 });
      return [Größe, Twin, Customer];
    },
    [
      `Größe cannot have a table: a table's name must match ^[a-z_][a-z0-9_]{0,62}$, not "fidelis_größe"`,
      "Twin cannot have a table: the table fidelis_twin_v1 has two columns called home_town",
      "fidelis_Customer and Customer would both have the table or view fidelis_customer_v2",
      "fidelis_Customer and Customer would both have the table or view fidelis_customer",
    ],
  ],
];

describe("the tables of projections", () => {
  it.each(CASES)("are reported: %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});
