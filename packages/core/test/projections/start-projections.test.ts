import { tmpdir } from "node:os";
import { z } from "zod";

import {
  Aggregate,
  apply,
  ConfigurationError,
  Domain,
  DomainEvent,
  identifier,
  MemoryEventStore,
  on,
  Projection,
  ProjectionOf,
  sql,
} from "../../src/index";

interface Declared {
  readonly version?: number;
  readonly fields?: Readonly<Record<string, z.ZodType>>;
  readonly indexes?: readonly (readonly [string])[];
  readonly state?: Readonly<Record<string, z.ZodType>>;
  readonly mode?: "async" | "inline";
}

function declared(
  eventStore: MemoryEventStore,
  { version = 1, fields = {}, indexes = [], state = {}, mode = "async" }: Declared = {},
) {
  const domain = new Domain("fidelis", { root: tmpdir(), eventStore, config: { server: { embedded: false } } });
  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier() }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ balance: z.number().default(0), ...state }) {
    @apply
    opened(_: Opened): void {}
  }
  @domain.projection({ version, mode, indexes: indexes as never })
  class Summary extends Projection({ accountId: identifier(), holder: z.string().default("Ada"), ...fields }) {
    @on(Opened, { creates: true })
    opened(_: Opened): void {}
  }
  @domain.projection({ version, mode, of: Account, only: ["balance"] })
  class AccountList extends ProjectionOf(Account) {}
  return { domain, Summary, AccountList, Opened, Account };
}

const append = (domain: Domain, ...ids: readonly string[]) =>
  domain.eventStore.append(
    ids.map((id) => ({
      stream: `fidelis::account-${id}`,
      events: [{ type: "Fidelis.Opened.v1", data: { accountId: id } }],
    })),
  );

describe("the start of projections", () => {
  it("makes a table and a view without the columns that are the framework's", async () => {
    const store = new MemoryEventStore();
    const { domain } = declared(store);
    await domain.init();
    const { readModels } = store.operations;
    expect(readModels.viewedTable("summary")).toBe("summary_v1");
    expect(readModels.viewedTable("account_list")).toBe("account_list_v1");
    await domain.close();
  });

  it("starts again as it was declared before", async () => {
    const store = new MemoryEventStore();
    for (let start = 0; start < 3; start++) {
      const { domain } = declared(store, { indexes: [["holder"]] });
      await domain.init();
      await domain.close();
    }
  });

  it.each([
    [{ fields: { note: z.string().optional() } }, 'field "note" is new'],
    [{ fields: { holder: z.number().default(0) } }, 'field "holder" is of type number, no longer text'],
    [{ fields: { holder: z.string().default("Bob") } }, 'field "holder" has another type or default'],
    [{ indexes: [["holder"]] as const }, "the index on holder is new"],
  ])("refuses a shape that changed under the same version: %p", async (change, reason) => {
    const store = new MemoryEventStore();
    const before = declared(store);
    await before.domain.init();
    await before.domain.close();
    const { domain } = declared(store, change);
    await expect(domain.init()).rejects.toBeInstanceOf(ConfigurationError);
    await expect(domain.init()).rejects.toThrow(
      `Summary is declared otherwise than the rows of its version 1 were stored: ${reason}; raise version to 2`,
    );
    const raised = declared(store, { ...change, version: 2 });
    await raised.domain.init();
    await raised.domain.close();
  });

  it("tells whole numbers from others, and the state of an aggregate from another", async () => {
    const store = new MemoryEventStore();
    const before = declared(store, { fields: { count: z.number().default(0) } });
    await before.domain.init();
    await before.domain.close();
    const { domain } = declared(store, {
      fields: { count: z.int().default(0) },
      state: { more: z.string().optional() },
    });
    await expect(domain.init()).rejects.toThrow(
      /field "count" is of type integer, no longer number(.|\n)*AccountList .*the state of its aggregate has another shape/,
    );
  });

  it("leaves the view on the version before until the new one has caught up", async () => {
    const store = new MemoryEventStore();
    const before = declared(store);
    await before.domain.init();
    await append(before.domain, "a-1", "a-2");
    await before.domain.close();
    const { readModels } = store.operations;

    const after = declared(store, { version: 2 });
    await after.domain.init();
    expect(readModels.viewedTable("summary")).toBe("summary_v1");
    await after.domain.catchUp();
    expect(readModels.viewedTable("summary")).toBe("summary_v2");
    expect(readModels.viewedTable("account_list")).toBe("account_list_v2");
    await after.domain.close();

    const inline = declared(store, { version: 3, mode: "inline" });
    await inline.domain.init();
    expect(readModels.viewedTable("summary")).toBe("summary_v3");
    expect(await inline.domain.viewOf(inline.Summary).count()).toBe(2);
    await inline.domain.close();

    const back = declared(store, { version: 2 });
    await back.domain.init();
    expect(readModels.viewedTable("summary")).toBe("summary_v3");
    await back.domain.close();
  });

  it("refuses SQL projectors on a store that runs no SQL", async () => {
    const domain = new Domain("fidelis", { root: tmpdir() });
    @domain.event({ partOf: "Account" })
    class Opened extends DomainEvent({ accountId: identifier() }) {}
    @domain.aggregate({ eventSourced: true })
    class Account extends Aggregate({}) {
      @apply
      opened(_: Opened): void {}
    }
    @domain.sqlProjector({ tables: ["daily_volume"] })
    class Volume {
      @on(Opened)
      opened(event: Opened) {
        return sql`insert into daily_volume values (${event.accountId})`;
      }
    }
    await expect(domain.init()).rejects.toThrow(
      "Volume is an SQL projector, and the store (memory of this process) runs no SQL",
    );
    expect([Account, Volume]).toHaveLength(2);
  });

  it("refuses a class that is not a registered projection", async () => {
    const { domain } = declared(new MemoryEventStore());
    await domain.init();
    class Other extends Projection({ id: identifier() }) {}
    expect(() => domain.viewOf(Other)).toThrow('Other is not a registered projection of domain "fidelis"');
    await domain.close();
  });
});
