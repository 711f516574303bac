import type { Domain, EventContext } from "../../src/index";
import { examineModel } from "../../src/model/domain-model";
import type { Registry } from "../../src/model/registry";
import { COMPILERS, type Flavour, run } from "../fixtures/transpile";

const both = (["tsc", "swc", "esbuild"] as const).flatMap((compiler) =>
  (["standard", "legacy"] as const).map((flavour) => [compiler, flavour] as [keyof typeof COMPILERS, Flavour]),
);

const BANK = `
  import {
    Aggregate, Command, Domain, DomainEvent, ProcessManager, Projection, ProjectionOf, Query, anyEvent, apply, handle, identifier, on,
    processManager, projection, read, rejected, sql, timer, type DomainError,
  } from "@tidemark/core";
  import { z } from "zod";
  export const domain = new Domain("bank");

  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier(), owner: z.string() }) {}
  @domain.event({ partOf: "Account" })
  class Moved extends DomainEvent({ accountId: identifier(), partners: z.array(z.string()) }) {}

  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ owner: z.string() }) {
    @apply(Opened) opened(event: Opened): void { this.owner = event.owner; }
    @apply(Moved) moved(event: Moved): void {}
  }

  const touched = Symbol("touched");

  @projection({ version: 2 })
  class Summary extends Projection({ accountId: identifier(), owner: z.string(), changes: z.number().default(0) }) {
    @on(Opened, { creates: true }) opened(event: Opened): void { this.owner = event.owner; }
    @on(Moved, { key: (event) => event.partners, missing: "ignore" }) moved(event: Moved): void {}
    @on(Opened) @on(Moved) [touched](event: Opened | Moved): void { this.changes++; }
  }
  domain.register(Summary);

  @domain.projection({ of: Account })
  class AccountStates extends ProjectionOf(Account) {}

  @domain.projection({})
  class Owners extends Projection({ accountId: identifier(), owner: z.string().default("") }) {}
  @domain.projector({ for: Owners })
  class OwnersProjector {
    @on(Opened, { creates: true }) opened(event: Opened, row: Owners): void { row.owner = event.owner; }
  }

  @domain.sqlProjector({ tables: ["volume"] })
  class Volume {
    @on(Opened) opened(event: Opened) { return sql\`insert into volume values (\${event.accountId})\`; }
  }

  @domain.query({ of: Summary })
  class AllOf extends Query({ owner: z.string() }, { returns: z.array(z.string()) }) {}
  @domain.queryHandler({ of: Summary })
  class Queries {
    @read(AllOf) all(query: AllOf): string[] { return [query.owner]; }
  }

  @domain.eventHandler({ startFrom: "now" })
  class Mail {
    @handle(Opened) async send(event: Opened): Promise<void> {}
    @handle(Moved, { batch: true }) async sendAll(events: readonly Moved[]): Promise<void> {}
    @handle(anyEvent) all(event: object): void {}
  }
  domain.on(Opened, { name: "audit" }, async (event) => {});

  @domain.command({ partOf: "Account" })
  class Close extends Command({ accountId: identifier() }) {}
  @processManager({ missing: "keep", version: 2 })
  class Closing extends ProcessManager({ accountId: identifier(), reminded: z.boolean().default(false) }) {
    @handle(Opened, { start: true }) opened(event: Opened): void { this.issue(new Close({ accountId: event.accountId })); }
    @handle(Moved, { correlate: (event) => event.partners }) @timer("reminder") [touched](): void { this.reminded = true; }
    @rejected(Close) open(command: Close, reason: DomainError): void { this.complete(); }
  }
  domain.register(Closing);
  @domain.upcaster({ processManager: Closing, from: 1, to: 2 })
  class NobodyIsReminded { upcast(state: Record<string, unknown>) { return state; } }
`;

describe.each(both)("compiled by %s with %s decorators", (compiler, flavour) => {
  it("projections, queries, event handlers and process managers are what they were declared as", () => {
    const { domain } = run<{ domain: Domain }>(BANK, COMPILERS[compiler], flavour);
    const { registry } = domain as unknown as { readonly registry: Registry };
    const { model, problems } = examineModel("bank", registry);
    expect(problems).toEqual([]);
    const [summary, states, owners] = [...model.projections.values()];
    const reactions = [...(summary?.reactions ?? [])].map(([type, all]) => [
      type,
      all.map(({ place, creates, missing, keysOf }) => {
        return [place, creates, missing, keysOf({ accountId: "a-1", partners: ["b", "c"] }, "a-0")];
      }),
    ]);
    expect(Object.fromEntries(reactions)).toEqual({
      "Bank.Opened.v1": [
        ["Summary.opened", true, "fail", ["a-1"]],
        ["Summary.Symbol(touched)", false, "fail", ["a-1"]],
      ],
      "Bank.Moved.v1": [
        ["Summary.moved", false, "ignore", ["b", "c"]],
        ["Summary.Symbol(touched)", false, "fail", ["a-1"]],
      ],
    });
    expect([states?.name, states?.aggregate?.model.name]).toEqual(["AccountStates", "Account"]);
    const row = { owner: "" };
    owners?.reactions.get("Bank.Opened.v1")?.[0]?.apply(row, { owner: "Alice" }, {} as never);
    expect(row).toEqual({ owner: "Alice" });
    const [volume] = model.sqlProjectors[0]?.reactions.get("Bank.Opened.v1") ?? [];
    expect(volume?.statements({ accountId: "a-1" }, {} as never)).toEqual({
      texts: ["insert into volume values (", ")"],
      values: ["a-1"],
    });
    expect([...model.queries.values()].map(({ name, handler }) => [name, handler?.method])).toEqual([["AllOf", "all"]]);
    const methods = model.eventHandlers.map(({ name, methods: byType, ofAll }) => [
      name,
      [...byType.values(), ofAll].flat().map(({ place, isBatch }) => [place, isBatch]),
    ]);
    expect(methods).toEqual([
      [
        "Mail",
        [
          ["Mail.send", false],
          ["Mail.sendAll", true],
          ["Mail.all", false],
        ],
      ],
      ["audit", [["audit", false]]],
    ]);
    const [closing] = [...model.processManagers.values()];
    const context = {} as EventContext;
    const event = { accountId: "a-1", partners: ["b", "c"] };
    expect(
      Array.from(closing?.methods ?? [], ([type, each]) => [type, each.place, each.idsOf(event, context)]),
    ).toEqual([
      ["Bank.Opened.v1", "Closing.opened", ["a-1"]],
      ["Bank.Moved.v1", "Closing.Symbol(touched)", ["b", "c"]],
    ]);
    expect(Array.from(closing?.rejections ?? [], ([type, { place }]) => [type, place])).toEqual([
      ["Bank.Close.v1", "Closing.open"],
    ]);
    expect(Array.from(closing?.timers ?? [], ([name, { place }]) => [name, place])).toEqual([
      ["reminder", "Closing.Symbol(touched)"],
    ]);
    expect([...(closing?.upcasters.keys() ?? [])]).toEqual([1]);
  });
});
