import { existsSync } from "node:fs";
import { join } from "node:path";

import { type Diagnosis, Domain, type EventStoreAdapter, MemoryEventStore } from "@tidemark/core";

import { Project } from "../project";

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project[Symbol.dispose]());

const doctor = (...args: readonly string[]) => project.domain("eventstore", "doctor", ...args);

/** A store whose adapter finds these. */
function finding(diagnoses: readonly Diagnosis[]): void {
  const eventStore: EventStoreAdapter = Object.assign<EventStoreAdapter, Partial<EventStoreAdapter>>(
    new MemoryEventStore(),
    {
      description: "ledger at db1:5432",
      abilities: { durable: true, sharedByProcesses: true, detectsDamage: true },
      diagnose: () => diagnoses,
    },
  );
  project.exports = () => ({ bank: new Domain("bank", { eventStore }) });
}

const FSYNC: Diagnosis = { name: "fsync", verdict: "fine", finding: "It is on." };
const CLOCK: Diagnosis = { name: "clock", verdict: "warning", finding: "It is 3 s ahead.", advice: "Let NTP set it." };
const STANDBYS: Diagnosis = {
  name: "standbys",
  verdict: "unknown",
  finding: "This role cannot see them.",
  advice: 'GRANT pg_monitor TO "app";',
};
const COMMIT: Diagnosis = {
  name: "synchronous_commit",
  verdict: "danger",
  finding: "It is off\u001b[31m: a crash loses commits.",
  advice: "ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf();",
};

describe("domain eventstore doctor", () => {
  it("prints the worst first, each with what to do about it, and ends with status 1 for a danger", async () => {
    finding([FSYNC, CLOCK, STANDBYS, COMMIT, { ...CLOCK, name: "clocks" }]);
    expect(await doctor()).toEqual({
      stdout: `Looked at ledger at db1:5432.

danger   synchronous_commit: It is off\\u001b[31m: a crash loses commits.
         -> ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf();
warning  clock: It is 3 s ahead.
         -> Let NTP set it.
warning  clocks: It is 3 s ahead.
         -> Let NTP set it.
unknown  standbys: This role cannot see them.
         -> GRANT pg_monitor TO "app";
fine     fsync: It is on.

1 danger, 2 warnings, 1 unknown, 1 fine.
The events themselves were not read: domain eventstore verify does that.
`,
      stderr: "",
      status: 1,
    });
  });

  it("ends with status 0 for warnings and what could not be seen, and with 1 where it is strict", async () => {
    for (const diagnosis of [CLOCK, STANDBYS]) {
      finding([FSYNC, diagnosis]);
      expect((await doctor()).status).toBe(0);
      expect((await doctor("--strict")).status).toBe(1);
    }
    finding([FSYNC]);
    expect((await doctor("--strict")).status).toBe(0);
  });

  it("prints a document, in the order of the store", async () => {
    finding([FSYNC, COMMIT]);
    const { stdout, stderr, status } = await doctor("--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 1 });
    expect(JSON.parse(stdout)).toEqual({
      eventStore: "ledger at db1:5432",
      isDurable: true,
      diagnoses: [FSYNC, COMMIT],
    });
  });

  it("looks at a file before it is there, and does not make it", async () => {
    const { stdout, stderr, status } = await doctor();
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toMatch(/^Looked at SQLite file ".*bank\.db"\.\n\n/);
    expect(stdout).toMatch(
      /\nwarning {2}schema: There are no tables yet; the next start makes them too\.\n {9}-> domain eventstore migrate\n/,
    );
    expect(existsSync(join(project.folder, "bank.db"))).toBe(false);
  });

  it("looks at a store that holds events, which a domain with a fault cannot be kept from", async () => {
    await project.openAccounts(["acc-1"]);
    project.code = { areDepositsApplied: false };
    const { stdout } = await doctor();
    expect(stdout).toMatch(/\nfine +schema: Its version is 6, the one of this code\.\n/);
    expect(stdout).toMatch(/\nfine +journal_mode: It is wal: /);
  });

  it("says that a store in memory keeps nothing", async () => {
    project.write("domain.toml", 'module = "src/domain.ts"\n[event_store]\nprovider = "memory"\n');
    expect(await doctor("--strict")).toEqual({
      stdout:
        "Nothing can be set wrongly: memory of this process.\nIts events end with the process that stores them.\n",
      stderr: "",
      status: 0,
    });
    expect(JSON.parse((await doctor("--json")).stdout)).toEqual({
      eventStore: "memory of this process",
      isDurable: false,
    });
  });

  it("says why a store cannot be looked at", async () => {
    project.write("bank.db", "This is no database, and longer than a header of one.");
    const { stdout, stderr, status } = await doctor();
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(stderr).toMatch(
      /^error: Cannot open SQLite file ".*bank\.db": the file is no SQLite database; name another file\n$/,
    );
  });

  it("refuses a domain.toml with a fault", async () => {
    project.replace("domain.toml", 'provider = "sqlite"', 'provider = "sqlite"\nsynchronus = "full"');
    expect(await doctor()).toMatchObject({ stdout: "", stderr: expect.stringContaining("synchronous"), status: 2 });
  });
});
