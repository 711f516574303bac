import { Aggregate, apply, Domain, DomainEvent } from "@tidemark/core";
import { PostgresEventStore } from "@tidemark/postgres";
import { z } from "zod";

import { HeldCommits } from "./held-commits";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let domain: Domain;
let commits: HeldCommits;

class Opened extends DomainEvent({ n: z.number() }) {}

class Account extends Aggregate({ n: z.number().default(0) }) {
  open(n: number): this {
    this.raise(new Opened({ n }));
    return this;
  }

  @apply(Opened)
  onOpened({ n }: Opened): void {
    this.n = n;
  }
}

beforeEach(async () => {
  database = await FreshDatabase.create();
  domain = new Domain("held", { root: "/", eventStore: new PostgresEventStore({ url: database.url }) });
  domain.event({ partOf: "Account" })(Opened);
  domain.aggregate({ eventSourced: true })(Account);
  await domain.init();
  commits = await HeldCommits.begin(database);
});
afterEach(async () => {
  await commits?.end();
  await domain?.close();
  await database?.drop();
});

it("gives what commits late in its place, and nothing twice", async () => {
  const open = (id: string, n: number) => domain.repositoryFor(Account).add(Account.createNew({ id }).open(n));
  const feed = domain.events({ of: [Account], follow: true });
  await open("1", 1);
  expect((await feed.next()).value?.id).toBe("1");

  // Another application's append takes the next position, and keeps it while it does not commit.
  const late = domain.eventStore.append([{ stream: "held-1", events: [{ type: "Other.Happened.v1", data: {} }] }]);
  await commits.waiting(1);
  await open("2", 2);
  await open("3", 3);
  const next = feed.next();
  await commits.release();
  await late;
  expect((await next).value?.id).toBe("2");
  const { value: third } = await feed.next();
  expect(third?.id).toBe("3");
  await open("4", 4);
  expect((await feed.next()).value).toMatchObject({ id: "4", event: { n: 4 } });
  await feed.return();
});

it("passes no event of its own that commits after a younger one", async () => {
  await database.query(`
    CREATE CONSTRAINT TRIGGER hold_accounts AFTER INSERT ON tidemark.events DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.stream = 'held::account-late') EXECUTE FUNCTION hold_commit()`);
  const open = (id: string, n: number) => domain.repositoryFor(Account).add(Account.createNew({ id }).open(n));
  const feed = domain.events({ follow: true });
  await open("first", 0);
  expect((await feed.next()).value?.id).toBe("first");
  const late = open("late", 1);
  await commits.waiting(1);
  await open("young", 2);
  const next = feed.next();
  let isGiven = false;
  void next.then(() => {
    isGiven = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(isGiven).toBe(false);
  await commits.release();
  await late;
  expect((await next).value?.id).toBe("late");
  expect((await feed.next()).value?.id).toBe("young");
  await feed.return();
  await database.query("DROP TRIGGER hold_accounts ON tidemark.events");
});
