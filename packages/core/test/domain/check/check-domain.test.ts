import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import {
  Aggregate,
  apply,
  Command,
  type ConfigInput,
  Domain,
  DomainEvent,
  type DomainProblem,
  handle,
  identifier,
  on,
  ProcessManager,
  Projection,
  Query,
} from "../../../src/index";

const folder = mkdtempSync(join(tmpdir(), "tidemark-check-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A sound domain, to which each test adds what is wrong. */
function fidelis({ config = {}, root = folder }: { config?: ConfigInput; root?: string } = {}) {
  const domain = new Domain("fidelis", { root, config });

  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ owner: z.string() }) {}
  @domain.aggregate({ eventSourced: true, schemaVersion: 3 })
  class Account extends Aggregate({ owner: z.string() }) {
    @apply
    onOpened(event: Opened): void {
      this.owner = event.owner;
    }
  }
  @domain.command({ partOf: Account })
  class Open extends Command({ owner: z.string() }) {}
  @domain.commandHandler({ partOf: Account })
  class Handler {
    @handle
    open(_command: Open): void {}
  }
  return { domain, Opened, Account, Handler };
}

const problem = (
  severity: DomainProblem["severity"],
  code: DomainProblem["code"],
  message: string,
  element?: string,
): DomainProblem => ({ code, severity, ...(element !== undefined && { element }), message });

describe("check", () => {
  it("finds nothing wrong with a sound domain", async () => {
    expect(await fidelis().domain.check()).toEqual([]);
  });

  it("warns of a command without handler and of an aggregate without events", async () => {
    const { domain, Account } = fidelis();
    domain.command({ partOf: Account })(class Close extends Command({}) {});
    domain.aggregate({ eventSourced: true })(class Till extends Aggregate({}) {});
    expect(await domain.check()).toEqual([
      problem(
        "warning",
        "AGGREGATE_WITHOUT_EVENTS",
        'Till has no events: no aggregate of it can be stored; declare one with partOf: "Till"',
        "Till",
      ),
      problem(
        "warning",
        "COMMAND_WITHOUT_HANDLER",
        "Close has no handler: domain.process() will refuse it; add a method with @handle(Close)",
        "Close",
      ),
    ]);
  });

  it("warns of a query without handler and of a lane in which nothing is, unless an operator moves something there", async () => {
    const config = {
      server: { lanes: { mail: {}, reports: {}, bulk: {} } },
      subscriptions: { audit: { lane: "reports" } },
    };
    const { domain, Opened } = fidelis({ config });
    @domain.projection({ lane: "mails" })
    class Summary extends Projection({ id: identifier(), owner: z.string().default("") }) {
      @on(Opened, { creates: true })
      opened(): void {}
    }
    domain.on(Opened, { name: "audit" }, () => undefined);
    domain.query({ of: Summary })(class Owners extends Query({}) {});
    expect(await domain.check()).toEqual([
      problem(
        "warning",
        "QUERY_WITHOUT_HANDLER",
        "Owners has no handler: domain.dispatch() will refuse it; add a method with @read(Owners)",
        "Owners",
      ),
      problem(
        "warning",
        "LANE_WITHOUT_SUBSCRIPTION",
        '[server.lanes.mail] is for commands that are given this lane alone: no subscription is in it; did you mean "mails"?',
      ),
    ]);
  });

  it("warns of a process manager whose older states nothing upcasts, and reports one that nothing starts", async () => {
    const { domain, Opened } = fidelis();
    class Greeting extends ProcessManager({ ownerId: identifier() }) {
      @handle(Opened, { start: true, correlate: "owner" })
      opened(): void {}
    }
    domain.processManager({ version: 3 })(Greeting);
    domain.processManager({ version: 1 })(class Fresh extends Greeting {});
    class Endless extends ProcessManager({ ownerId: identifier() }) {
      @handle(Opened, { correlate: "owner" })
      opened(): void {}
    }
    domain.processManager({})(Endless);
    const startless = "no event starts Endless: give one @handle { start: true }";
    const unread =
      "Greeting declares version 3 and has no upcaster: instances that earlier versions stored are set aside; " +
      "write @domain.upcaster({ processManager: Greeting, from: 2, to: 3 }) unless all have ended";
    expect(await domain.check()).toEqual([
      problem("error", "PROCESS_MANAGER_WITHOUT_START", startless, "Endless"),
      problem("warning", "UPCASTER_MISSING", unread, "Greeting"),
    ]);
  });

  it("reports a projection of which no event creates a row, and settings of unknown subscriptions", async () => {
    const { domain, Opened } = fidelis({ config: { subscriptions: { Sumary: { paused: true } } } });
    @domain.projection({})
    class Summary extends Projection({ id: identifier(), owner: z.string().default("") }) {
      @on(Opened)
      opened(): void {}
    }
    const rowless = "no event creates a row of Summary: give one @on { creates: true }";
    const unknown = 'config.subscriptions.Sumary: names no subscription of this domain; did you mean "Summary"?';
    expect(await domain.check()).toEqual([
      problem("error", "UNKNOWN_SUBSCRIPTION", unknown),
      problem("error", "PROJECTION_WITHOUT_ROWS", rowless, Summary.name),
    ]);
    await expect(domain.init()).rejects.toMatchObject({ faults: [rowless, unknown] });
  });

  it("lists every fault that init() would, with the ones it tolerates", async () => {
    const { domain, Account } = fidelis();
    domain.event({ partOf: "Account" })(class Renamed extends DomainEvent({}) {});
    domain.snapshotMigration({ aggregate: "Account", from: 1, to: 2 })(
      class OneToTwo {
        migrate = undefined as never;
      } as never,
    );
    class ToTwo {
      migrate(state: Record<string, unknown>): Record<string, unknown> {
        return state;
      }
    }
    domain.snapshotMigration({ aggregate: "Account", from: 1, to: 2 })(ToTwo);
    domain.command({ partOf: "Acount" })(class Close extends Command({}) {});
    expect(Account).toBeDefined();
    expect(await domain.check()).toEqual([
      problem(
        "error",
        "INVALID_DECLARATION",
        'Close is part of "Acount", which is not a registered aggregate; did you mean "Account"?',
        "Close",
      ),
      problem("error", "INVALID_DECLARATION", "OneToTwo has no method migrate(state)", "OneToTwo"),
      problem(
        "error",
        "SNAPSHOT_MIGRATION_UNREACHABLE",
        "ToTwo migrates Account to schema version 2, from which no migration leads on to 3",
        "ToTwo",
      ),
      problem("error", "EVENT_WITHOUT_APPLY", "Account has no @apply method for its event Renamed", "Renamed"),
      problem(
        "warning",
        "COMMAND_WITHOUT_HANDLER",
        "Close has no handler: domain.process() will refuse it; add a method with @handle(Close)",
        "Close",
      ),
    ]);
    await expect(domain.init()).rejects.toThrow("has 4 faults");
  });

  it("gives each fault of a chain of upcasters or migrations its own code", async () => {
    const { domain } = fidelis();
    domain.event({ partOf: "Account", version: 4 })(class Moved extends DomainEvent({}) {});
    const named = (name: string) => {
      class Step {
        upcast(data: Record<string, unknown>) {
          return data;
        }
        migrate(state: Record<string, unknown>) {
          return state;
        }
      }
      return Object.defineProperty(Step, "name", { value: name });
    };
    domain.upcaster({ event: "Moved", from: 1, to: 3 })(named("First"));
    domain.upcaster({ event: "Moved", from: 1, to: 2 })(named("Twin"));
    domain.upcaster({ event: "Moved", from: 3, to: 2 })(named("Backwards"));
    domain.upcaster({ event: "Moved", from: 3, to: 5 })(named("Beyond"));
    domain.upcaster({ event: "Mooved", from: 1, to: 2 })(named("Lost"));
    for (const name of ["Migration", "TwinMigration"])
      domain.snapshotMigration({ aggregate: "Account", from: 1, to: 3 })(named(name));
    domain.snapshotMigration({ aggregate: "Account", from: 2, to: 2 })(named("Standstill"));
    const problems = await domain.check();
    expect(problems.map(({ code, element }) => `${code} ${element}`).sort()).toEqual([
      "EVENT_WITHOUT_APPLY Moved",
      "SNAPSHOT_MIGRATION_DUPLICATE TwinMigration",
      "SNAPSHOT_MIGRATION_UNREACHABLE Standstill",
      "UPCASTER_DUPLICATE Twin",
      "UPCASTER_MISSING Moved",
      "UPCASTER_UNREACHABLE Backwards",
      "UPCASTER_UNREACHABLE Beyond",
      "UPCASTER_UNREACHABLE Lost",
    ]);
    expect(problems).toContainEqual(
      problem(
        "error",
        "UPCASTER_MISSING",
        "Moved declares version 4, but no upcaster leads on from version 2",
        "Moved",
      ),
    );
  });

  it("lists thresholds of aggregates and rules with events that nobody registered, by file and line", async () => {
    const root = mkdtempSync(join(folder, "named-"));
    writeFileSync(
      join(root, "domain.toml"),
      "[snapshots.aggregates.Acount]\nthreshold = 5\n[snapshots]\nafter_events = ['Opend']\n",
    );
    expect(await fidelis({ root }).domain.check()).toEqual([
      problem(
        "error",
        "UNKNOWN_AGGREGATE",
        `${join(root, "domain.toml")}:1: snapshots.aggregates.Acount names no aggregate of this domain; did you mean "Account"?`,
      ),
      problem(
        "error",
        "UNKNOWN_EVENT",
        `${join(root, "domain.toml")}:4: snapshots.after_events[0] names "Opend", which is not an event of this domain; did you mean "Opened"?`,
      ),
    ]);
  });

  it("goes on to the declarations when domain.toml cannot be read", async () => {
    const root = mkdtempSync(join(folder, "broken-"));
    writeFileSync(join(root, "domain.toml"), "snapshot_treshold = 5\nsnapshots.keep = 0\n");
    const { domain, Account } = fidelis({ root });
    domain.command({ partOf: Account })(class Close extends Command({}) {});
    expect(
      (await domain.check()).map(({ code, message }) => `${code} ${message.replace(root, "").slice(0, 22)}`),
    ).toEqual([
      "INVALID_CONFIGURATION /domain.toml:1: snapsh",
      "INVALID_CONFIGURATION /domain.toml:2: snapsh",
      "COMMAND_WITHOUT_HANDLER Close has no handler: ",
    ]);
  });

  it("checks the provider's settings, and neither connects nor creates a file", async () => {
    const file = join(folder, "nowhere", "fidelis.db");
    expect(await fidelis({ config: { event_store: { provider: "memory", path: file } } }).domain.check()).toEqual([
      problem("error", "INVALID_CONFIGURATION", expect.stringContaining("event_store.path") as never),
    ]);
    expect(await fidelis({ config: { event_store: { provider: "no-such-store" } } }).domain.check()).toEqual([
      problem("error", "INVALID_CONFIGURATION", expect.stringContaining("needs the package no-such-store") as never),
    ]);
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
  });

  it("warns of a rule for snapshots that are written by hand only", async () => {
    const rule =
      'Account says when a snapshot is due, but its mode is "manual", so none is ever written; drop one of the two';
    const aggregates = { Account: { threshold: 5, mode: "manual" } } as const;
    expect(await fidelis({ config: { snapshots: { aggregates } } }).domain.check()).toEqual([
      problem("warning", "SNAPSHOT_RULE_WITHOUT_EFFECT", rule, "Account"),
    ]);
    expect(await fidelis({ config: { snapshot_threshold: 5, snapshots: { mode: "manual" } } }).domain.check()).toEqual(
      [],
    );
  });

  it("warns of snapshot settings for an aggregate whose loads read a row, and of none without events there", async () => {
    const aggregates = { Customer: { keep: 2 }, Order: { threshold: 5 }, Ledger: { keep: 2 } };
    const { domain } = fidelis({ config: { snapshots: { aggregates } } });
    domain.aggregate()(class Customer extends Aggregate({}) {});
    for (const name of ["Order", "Ledger"]) {
      @domain.event({ partOf: name, name: `${name}Noted` })
      class Noted extends DomainEvent({}) {}
      @domain.aggregate({ name, stored: "both", truth: "events" })
      class Both extends Aggregate({}) {
        @apply(Noted)
        onNoted(_event: Noted): void {}
      }
      void Both;
    }
    expect(await domain.check()).toEqual([
      problem(
        "warning",
        "SNAPSHOT_RULE_WITHOUT_EFFECT",
        '[snapshots.aggregates.Customer] has no effect: Customer is stored as "state", so that its loads read a row; drop it',
        "Customer",
      ),
      problem(
        "warning",
        "SNAPSHOT_RULE_WITHOUT_EFFECT",
        '[snapshots.aggregates.Order] never has a snapshot written by itself: Order is stored as "both", so that its loads read a row; drop it',
        "Order",
      ),
    ]);
  });

  it("says the same of a domain that runs, and leaves it running", async () => {
    const { domain, Account } = fidelis();
    domain.command({ partOf: Account })(class Close extends Command({}) {});
    const before = await domain.check();
    await domain.init();
    expect(await domain.check()).toEqual(before);
    expect(await domain.repositoryFor(Account).find("nobody")).toBeUndefined();
    await domain.close();
  });
});
