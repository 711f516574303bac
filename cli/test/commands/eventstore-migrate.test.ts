import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import Database from "better-sqlite3";

import { createServingBank } from "../fixtures/serving/src/bank";
import { Project } from "../project";

const VERSION_1 = readFileSync(join(__dirname, "../../../packages/sqlite/test/fixtures/version-1.sql"), "utf8");

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project[Symbol.dispose]());

describe("domain eventstore migrate", () => {
  it("creates the schema and says what it created, and finds it there the next time", async () => {
    const { stdout, stderr, status } = await project.domain("eventstore", "migrate");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toMatch(
      /^Created the schema, version 6: SQLite file ".*bank\.db"\.\nNew tables: checkpoints, command_queue, event_categories, event_ends, event_ids, event_log, event_order, event_streams, forgotten_categories, forgotten_positions, indexed_events, parked_keys, received_messages, server_leases, server_subscriptions, snapshots, states, stream_starts, timers\.\n$/,
    );
    const again = await project.domain("eventstore", "migrate");
    expect(again.stdout).toMatch(/^The schema is up to date: SQLite file ".*bank\.db"\.\n$/);
  });

  it("says from which version it upgraded", async () => {
    const database = new Database(join(project.folder, "bank.db"));
    database.exec(VERSION_1);
    database.close();
    const { stdout } = await project.domain("eventstore", "migrate");
    expect(stdout).toMatch(
      /^Upgraded the schema from version 1 to 6: SQLite file ".*bank\.db"\.\nNew tables: checkpoints, command_queue, event_categories, event_ends, event_ids, event_log, .*, timers\.\n$/,
    );
  });

  it("prints a document", async () => {
    const documents = [];
    for (const _ of ["creates it", "finds it"])
      documents.push(JSON.parse((await project.domain("eventstore", "migrate", "--json")).stdout));
    const eventStore = expect.stringContaining("bank.db");
    expect(documents).toEqual([
      { eventStore, schema: { from: 0, to: 6, tables: expect.arrayContaining(["event_log", "snapshots"]) } },
      { eventStore, schema: { from: 6, to: 6, tables: [] } },
    ]);
  });

  it("lets an event handler that starts now begin here", async () => {
    const sent: string[] = [];
    const send = (name: string) => void sent.push(name);
    project.exports = () => ({ bank: createServingBank({ root: project.folder, mailFrom: "now", send }) });
    await project.openAccounts(["acc-1"], 0, "Alice");
    expect(await project.domain("eventstore", "migrate")).toMatchObject({ stderr: "", status: 0 });
    // The release before goes on, and knows nothing of the handler.
    await project.openAccounts(["acc-2"], 0, "Bob");
    await project.domain("server", "--once");
    expect(sent).toEqual(["Bob"]);
  });

  it("changes nothing for a domain with a fault", async () => {
    project.code = { areDepositsApplied: false };
    const { stdout, stderr, status } = await project.domain("eventstore", "migrate");
    expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
    expect(stderr).toMatch(/^error: .*Account has no @apply method for its event DepositMade\n$/);
    expect(existsSync(join(project.folder, "bank.db"))).toBe(false);
  });

  it("has nothing to create in memory", async () => {
    project.write("domain.toml", 'module = "src/domain.ts"\n[event_store]\nprovider = "memory"\n');
    expect((await project.domain("eventstore", "migrate")).stdout).toMatch(/^The schema is up to date: .*\.\n$/);
  });
});
