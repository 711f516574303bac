import { z } from "zod";

import { Aggregate, apply, DomainEvent, type EventContext, identifier, on, sql } from "../../src/index";
import { faultsOf, modelOf, sound, wrong } from "./faults-of";

describe("an SQL projector", () => {
  it("returns statements for the events of several aggregates", () => {
    const { sqlProjectors } = modelOf((domain) => {
      const { Opened } = sound(domain);
      @domain.event({ partOf: "Till" })
      class Filled extends DomainEvent({ tillId: identifier(), amount: z.number() }) {}
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @apply(Filled)
        filled(): void {}
      }
      @domain.sqlProjector({ tables: ["daily_volume"], lane: "reports" })
      class DailyVolume {
        private readonly unit = 100;
        @on(Filled)
        filled(event: Filled, context: EventContext) {
          return sql`insert into daily_volume values (${context.eventId}, ${event.amount * this.unit})`;
        }
        @on(Opened)
        opened(): void {}
      }
      return [Till, DailyVolume];
    });
    const [model] = sqlProjectors;
    const { name, lane, tables, sources, reactions } = model ?? {};
    expect({ name, lane, tables, sources: sources?.map((source) => source.name) }).toEqual({
      name: "DailyVolume",
      lane: "reports",
      tables: ["daily_volume"],
      sources: ["Till", "Account"],
    });
    const [filled] = reactions?.get("Fidelis.Filled.v1") ?? [];
    expect(filled?.place).toBe("DailyVolume.filled");
    expect(filled?.statements({ amount: 5 }, { eventId: "e-1" } as EventContext)).toEqual({
      texts: ["insert into daily_volume values (", ", ", ")"],
      values: ["e-1", 500],
    });
  });

  it("has no rows, no arguments, and at least one method", async () => {
    const faults = await faultsOf((domain) => {
      const { Opened } = sound(domain);
      @domain.sqlProjector({ tables: ["daily_volume"] })
      class DailyVolume {
        @on(Opened, { creates: true })
        opened(): void {}
      }
      domain.sqlProjector({ tables: ["weekly_volume"] })(class Idle {});
      domain.sqlProjector(wrong({ tables: [] }))(class Tableless {});
      return DailyVolume;
    });
    expect(faults).toEqual([
      'Tableless has a bad option "tables": must be a list of names of tables, such as ["daily_volume"]',
      "Idle has no @on method",
      "Tableless has no @on method",
      '@on on DailyVolume.opened has an unknown option "creates"; an SQL projector has no rows',
    ]);
  });
});
