import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  Aggregate,
  apply,
  type ConfigInput,
  ConfigurationError,
  DomainEvent,
  identifier,
  on,
  Projection,
  ProjectionOf,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { plain } from "./plain-rows";

interface Release {
  /** The versions of `Summary` that the code of the release declares. */
  readonly versions: readonly (1 | 2 | 3)[];
  readonly mode?: "async" | "inline";
  readonly config?: ConfigInput;
}

/** One release of a bank, open on a store. Its classes are its own. */
async function release(adapter: EventStoreAdapter, { versions, mode = "async", config = {} }: Release) {
  const domain = domainOn(adapter, { name: "fidelis", config: { server: { embedded: false }, ...config } });

  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier(), holder: z.string() }) {}
  @domain.event({ partOf: "Account" })
  class Deposited extends DomainEvent({ accountId: identifier(), amount: z.number() }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ balance: z.number().default(0) }) {
    static open(id: string): Account {
      const account = Account.createNew({ id });
      account.raise(new Opened({ accountId: id, holder: "Ada" }));
      return account;
    }
    deposit(amount: number): void {
      this.raise(new Deposited({ accountId: this.id, amount }));
    }
    @apply(Opened)
    opened(_: Opened): void {}
    @apply(Deposited)
    deposited(event: Deposited): void {
      this.balance += event.amount;
    }
  }

  class SummaryOne extends Projection({ accountId: identifier(), balance: z.number().default(0) }) {
    @on(Opened, { creates: true })
    opened(_: Opened): void {}
    @on(Deposited)
    deposited(event: Deposited): void {
      this.balance += event.amount;
    }
  }
  class SummaryTwo extends Projection({ accountId: identifier(), holder: z.string(), deposits: z.int().default(0) }) {
    @on(Opened, { creates: true })
    opened(event: Opened): void {
      this.holder = event.holder;
    }
    @on(Deposited)
    deposited(_: Deposited): void {
      this.deposits++;
    }
  }
  class SummaryThree extends ProjectionOf(Account) {}
  if (versions.includes(1)) domain.projection({ name: "Summary", mode })(SummaryOne);
  if (versions.includes(2)) domain.projection({ name: "Summary", version: 2, mode })(SummaryTwo);
  if (versions.includes(3)) domain.projection({ name: "Summary", version: 3, mode, of: Account })(SummaryThree);

  await domain.init();
  const accounts = domain.repositoryFor(Account);
  return {
    domain,
    SummaryOne,
    SummaryTwo,
    SummaryThree,
    open: async (id: string) => void (await accounts.add(Account.open(id))),
    deposit: async (id: string, amount: number) =>
      void (await accounts.update(id, (account) => account.deposit(amount))),
    /** The version that other tools see. */
    shown: async () => await adapter.operations!.readModels.viewedTable("summary"),
  };
}

type Opened = Awaited<ReturnType<typeof release>>;

/** What `domain.projections()` says of each version, without what differs between stores. */
async function listed({ domain }: Opened) {
  const versions = await domain.projections();
  return versions.map(({ version, state, rows, lag, isShown }) => ({ version, state, rows, lag, isShown }));
}

export function versionsOfProjections(at: StoreUnderTest): void {
  const { it } = testRunner();

  for (const mode of ["async", "inline"] as const)
    it(`are kept current side by side, each with its own view of the rows (${mode})`, async () => {
      const both = await release(at.adapter, { versions: [1, 2], mode });
      const { domain, SummaryOne, SummaryTwo } = both;
      await both.open("a-1");
      await both.deposit("a-1", 5);
      await both.deposit("a-1", 6);
      await domain.catchUp();
      deepEqual({ ...(await domain.viewOf(SummaryOne).get("a-1")) }, { accountId: "a-1", balance: 11 });
      deepEqual({ ...(await domain.viewOf(SummaryTwo).get("a-1")) }, { accountId: "a-1", holder: "Ada", deposits: 2 });
      equal(await both.shown(), "summary_v2");
      equal(domain.projections.get("Summary"), SummaryTwo);
      deepEqual(await listed(both), [
        { version: 1, state: "old", rows: 1, lag: 0, isShown: false },
        { version: 2, state: "current", rows: 1, lag: 0, isShown: true },
      ]);
      equal((await domain.verifyProjection(SummaryOne)).checked, 1);
      const deposits: unknown[] = [];
      for await (const { row } of domain.explainRow(SummaryTwo, "a-1")) deposits.push(row?.deposits);
      deepEqual(deposits, [0, 1, 2]);
    });

  it("of two releases at once are both current, and going back needs no rebuild", async () => {
    const before = await release(at.adapter, { versions: [1] });
    await before.open("a-1");
    await before.deposit("a-1", 5);
    await before.domain.catchUp();
    // As another process has it, where the store has any.
    const { sharedByProcesses } = at.conformance.abilities;
    const after = await release(sharedByProcesses ? await at.another() : at.adapter, { versions: [2] });
    equal(await after.shown(), "summary_v1");
    const servers = [await before.domain.serve(), await after.domain.serve()];
    await before.domain.catchUp();
    await after.domain.catchUp();
    equal(await after.shown(), "summary_v2");
    await after.deposit("a-1", 6);
    await before.open("a-2");
    await before.domain.catchUp();
    await after.domain.catchUp();
    deepEqual(plain(await before.domain.viewOf(before.SummaryOne).all()), [
      { accountId: "a-1", balance: 11 },
      { accountId: "a-2", balance: 0 },
    ]);
    deepEqual(plain(await after.domain.viewOf(after.SummaryTwo).all()), [
      { accountId: "a-1", holder: "Ada", deposits: 2 },
      { accountId: "a-2", holder: "Ada", deposits: 0 },
    ]);
    for (const server of servers) await server.close();
    await after.domain.close();
    await before.domain.close();

    const back = await release(at.adapter, { versions: [1] });
    equal(await back.domain.viewOf(back.SummaryOne).count(), 2);
    deepEqual(await listed(back), [
      { version: 1, state: "old", rows: 2, lag: 0, isShown: false },
      { version: 2, state: "undeclared", rows: 2, lag: 0, isShown: true },
    ]);
    await back.open("a-3");
    await back.domain.catchUp();
    deepEqual(
      (await listed(back)).map(({ version, rows, lag }) => ({ version, rows, lag })),
      [
        { version: 1, rows: 3, lag: 0 },
        { version: 2, rows: 2, lag: 1 },
      ],
    );
  });

  it("are shown where an operator puts the view, until a new one has caught up", async () => {
    const one = await release(at.adapter, { versions: [1] });
    await one.open("a-1");
    await one.domain.catchUp();
    await one.domain.close();
    const two = await release(at.adapter, { versions: [1, 2] });
    const refused =
      "Cannot switch the view of Summary to version 2: it stands at global position 0, with 1 events still to fold";
    await rejects(two.domain.switchProjection("Summary", 2), (error: Error) => error.message.startsWith(refused));
    equal(await two.shown(), "summary_v1");
    await two.domain.catchUp();
    equal(await two.shown(), "summary_v2");
    await two.domain.switchProjection("Summary", 1);
    equal(await two.shown(), "summary_v1");
    await two.domain.close();

    const again = await release(at.adapter, { versions: [1, 2] });
    await again.open("a-2");
    await again.domain.catchUp();
    equal(await again.shown(), "summary_v1");
    await again.domain.switchProjection("Summary", 2);
    equal(await again.shown(), "summary_v2");
    await again.domain.switchProjection("Summary", 1);
    await again.domain.close();

    const three = await release(at.adapter, { versions: [3] });
    await three.domain.catchUp();
    equal(await three.shown(), "summary_v3");
    await rejects(
      three.domain.switchProjection("Summary", 4),
      /Cannot switch the view of Summary to version 4: the store has no such version; it has 1, 2, 3/,
    );
    await rejects(three.domain.switchProjection("Sumary", 1), /did you mean "Summary"\?/);
  });

  it("are dropped when nobody uses them any more", async () => {
    const one = await release(at.adapter, { versions: [1] });
    await one.open("a-1");
    await one.domain.catchUp();
    await one.domain.rebuildProjection(one.SummaryOne);
    const [kept] = await one.domain.projections();
    equal(kept!.keptTable, "summary_v1__old");
    const two = await release(at.adapter, { versions: [2] });
    const drop = (version: number) => two.domain.dropProjection("Summary", { version });
    await rejects(drop(2), /Cannot drop version 2 of Summary: this code declares it; remove its class first/);
    await rejects(drop(1), /Cannot drop version 1 of Summary: its view shows it; switch the view to version 2 first/);
    await two.domain.catchUp();
    const server = await one.domain.serve();
    await rejects(
      drop(1),
      /Cannot drop version 1 of Summary: a server runs it; stop the release that declares it first/,
    );
    await server.close();
    await one.domain.close();
    await drop(1);
    const { readModels, subscriptions } = at.adapter.operations!;
    equal(await readModels.has("summary_v1"), false);
    equal(await readModels.has("summary_v1__old"), false);
    deepEqual(await subscriptions.checkpoints("Summary.v1"), []);
    deepEqual(await listed(two), [{ version: 2, state: "current", rows: 1, lag: 0, isShown: true }]);
    await rejects(drop(1), /the store has no such version; it has 2/);
    await two.domain.close();

    const back = await release(at.adapter, { versions: [1] });
    await back.domain.catchUp();
    deepEqual(plain(await back.domain.viewOf(back.SummaryOne).all()), [{ accountId: "a-1", balance: 0 }]);
    await back.domain.close();

    const none = await release(at.adapter, { versions: [] });
    deepEqual(
      (await none.domain.projections()).map(({ name, version, state }) => ({ name, version, state })),
      [
        { name: "Summary", version: 1, state: "undeclared" },
        { name: "Summary", version: 2, state: "undeclared" },
      ],
    );
    await none.domain.switchProjection("Summary", 1);
    await none.domain.dropProjection("Summary", { version: 2 });
    await none.domain.dropProjection("Summary", { version: 1 });
    equal(await none.shown(), undefined);
    equal(await readModels.has("summary"), false);
    deepEqual(await none.domain.projections(), []);
  });

  it("of an inline projection that nobody declares are not shown again", async () => {
    const one = await release(at.adapter, { versions: [1], mode: "inline" });
    await one.open("a-1");
    await one.domain.close();
    const two = await release(at.adapter, { versions: [2], mode: "inline" });
    await two.open("a-2");
    equal(await two.shown(), "summary_v2");
    await rejects(
      two.domain.switchProjection("Summary", 1),
      /it is inline, and this code does not declare it, so its rows may lack events/,
    );
    deepEqual(await listed(two), [
      { version: 1, state: "undeclared", rows: 1, lag: undefined, isShown: false },
      { version: 2, state: "current", rows: 2, lag: 0, isShown: true },
    ]);
  });

  it("say at the start which fields have changed under the same version, and how", async () => {
    const before = await shaped(at.adapter, {
      holder: z.string().default("Ada"),
      count: z.number().default(0),
      gone: z.string().optional(),
      kept: z.date().optional(),
    });
    await before.init();
    await before.close();
    const after = await shaped(at.adapter, {
      holder: z.string().default("Bob"),
      count: z.int().default(0),
      kept: z.date().optional(),
      added: z.boolean().default(false),
    });
    await rejects(after.init(), (error: unknown) => {
      ok(error instanceof ConfigurationError);
      deepEqual(error.faults, [
        "Shaped is declared otherwise than the rows of its version 1 were stored: " +
          'field "holder" has another type or default; field "count" is of type integer, no longer number; ' +
          'field "added" is new; field "gone" is gone; raise version to 2',
      ]);
      return true;
    });
  });
}

/** A domain with a projection of some fields, not started yet. */
async function shaped(adapter: EventStoreAdapter, fields: Readonly<Record<string, z.ZodType>>) {
  const domain = domainOn(adapter, { name: "fidelis", config: { server: { embedded: false } } });
  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ accountId: identifier() }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({}) {
    @apply(Opened)
    opened(_: Opened): void {}
  }
  @domain.projection({})
  class Shaped extends Projection({ accountId: identifier(), ...fields }) {
    @on(Opened, { creates: true })
    opened(_: Opened): void {}
  }
  equal([Account, Shaped].length, 2);
  return domain;
}
