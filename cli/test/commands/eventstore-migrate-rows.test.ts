import { join } from "node:path";
import { Aggregate, Domain, type SnapshotMigration } from "@tidemark/core";
import Database from "better-sqlite3";
import { z } from "zod";

import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await useRelease(1);
});
afterEach(() => project[Symbol.dispose]());

const migrate = (...args: readonly string[]) => project.domain("eventstore", "migrate", ...args);

/** Lets commands load a release, and stores two customers by the first one. */
async function useRelease(number: 1 | 2 | 3): Promise<void> {
  project.exports = () => ({ shop: shop(number).domain });
  if (number > 1) return;
  const { domain, join } = shop(1);
  await domain.init();
  for (const id of ["c-1", "c-2"]) await join(id);
  await domain.close();
}

/** A shop whose second release adds a field to its customers, and whose third one renames a field. */
function shop(release: 1 | 2 | 3) {
  const domain = new Domain("shop", { root: project.folder });
  const fields = release === 3 ? { fullName: z.string() } : { name: z.string() };

  @domain.aggregate({ schemaVersion: release === 3 ? 2 : 1 })
  class Customer extends Aggregate({ ...fields, ...(release > 1 && { phone: z.string().default("none") }) }) {}

  if (release === 3) {
    @domain.snapshotMigration({ aggregate: Customer, from: 1, to: 2 })
    class CustomerHasFullName implements SnapshotMigration {
      migrate({ name, ...state }: Record<string, unknown>): Record<string, unknown> {
        return { ...state, fullName: name };
      }
    }
    void CustomerHasFullName;
  }

  return {
    domain,
    join: async (id: string) => {
      const customer = Customer.createNew({ id });
      Object.assign(customer, { name: id.toUpperCase() });
      await domain.repositoryFor(Customer).add(customer);
    },
  };
}

function rows(table: string): unknown[] {
  const database = new Database(join(project.folder, "bank.db"));
  try {
    return database.prepare(`SELECT * FROM ${table} ORDER BY id`).raw().all();
  } finally {
    database.close();
  }
}

describe("domain eventstore migrate, for rows of aggregates", () => {
  it("prints the plan first, adds columns, and finds nothing to do the next time", async () => {
    await useRelease(2);
    const { stdout, stderr, status } = await migrate();
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^The schema is up to date: SQLite file ".*bank\.db"\.$/),
      'Customer: adds the column phone (text, "none" in rows that are there) to the table shop_customer_v1.',
      "Migrated the rows of Customer.",
      "",
    ]);
    expect(rows("shop_customer_v1")).toEqual([
      ["c-1", "C-1", 0, "none"],
      ["c-2", "C-2", 0, "none"],
    ]);
    expect((await migrate()).stdout).toMatch(/^The schema is up to date: .*\.\n$/);
  });

  it("is named by a command on a release whose rows do not fit", async () => {
    await useRelease(2);
    expect(await project.domain("list", "Customer")).toMatchObject({
      stderr: expect.stringContaining(
        'run "domain eventstore migrate" before this release is started, which adds the column phone',
      ),
      status: 2,
    });
  });

  it("moves rows through the declared migrations", async () => {
    await useRelease(3);
    const { stdout } = await migrate();
    expect(stdout.split("\n").slice(1, -1)).toEqual([
      "Customer: moves the 2 rows of the table shop_customer_v1 to shop_customer_v2, by CustomerHasFullName.",
      "Customer: drops the table shop_customer_v1.",
      "Migrated the rows of Customer.",
    ]);
    expect(rows("shop_customer_v2")).toEqual([
      ["c-1", "C-1", "none", 0],
      ["c-2", "C-2", "none", 0],
    ]);
  });

  it("changes nothing in a dry run", async () => {
    await useRelease(3);
    const { stdout, status } = await migrate("--dry-run");
    expect(status).toBe(0);
    expect(stdout.split("\n").slice(1, -1)).toEqual([
      "Customer: moves the 2 rows of the table shop_customer_v1 to shop_customer_v2, by CustomerHasFullName.",
      "Customer: drops the table shop_customer_v1.",
      "Changed nothing.",
    ]);
    expect(rows("shop_customer_v1")).toHaveLength(2);
  });

  it("prints a document with the plan", async () => {
    await useRelease(2);
    const columns = [{ name: "phone", type: "text", default: "none" }];
    const step = { kind: "addColumns", table: "shop_customer_v1", columns, description: expect.any(String) };
    const aggregates = [{ aggregate: "Customer", steps: [step], refusals: [] }];
    const schema = { from: 6, to: 6, tables: [] };
    const eventStore = expect.stringContaining("bank.db");
    expect(JSON.parse((await migrate("--dry-run", "--json")).stdout)).toEqual({
      eventStore,
      schema,
      aggregates,
      dryRun: true,
    });
    expect(JSON.parse((await migrate("--json")).stdout)).toEqual({ eventStore, schema, aggregates });
  });

  it("shows a bar on a terminal while rows are moved", async () => {
    await useRelease(3);
    const { stderr } = await project.run(["eventstore", "migrate"], { terminal: 80 });
    expect(stderr).toContain("Checking Customer");
    expect(stderr).toContain("Moving Customer");
    expect(stderr).toContain("2/2 rows");
  });

  it("says in a dry run that it would create the schema, and creates no file", async () => {
    project[Symbol.dispose]();
    project = new Project();
    project.exports = () => ({ shop: shop(2).domain });
    expect((await migrate("--dry-run")).stdout).toMatch(
      /^Would create the schema, version 6: SQLite file ".*bank\.db"\.\n$/,
    );
    expect(() => rows("events")).toThrow("no such table: events");
  });
});
