import { join } from "node:path";

import Database from "better-sqlite3";

import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.openAccounts(["acc-1"], 1_200);
});
afterEach(() => project[Symbol.dispose]());

function damage(): void {
  const database = new Database(join(project.folder, "bank.db"));
  database.prepare(`UPDATE event_log SET data = '{"accountId":"acc-1","amount":99}' WHERE position = 7`).run();
  database.close();
}

describe("domain eventstore verify", () => {
  it("counts the messages of a store without faults", async () => {
    expect(await project.domain("eventstore", "verify")).toEqual({
      stdout: "Verified 1,201 message(s): no faults.\n",
      stderr: "",
      status: 0,
    });
    expect(JSON.parse((await project.domain("eventstore", "verify", "--json")).stdout)).toEqual({
      messages: 1201,
      faults: [],
    });
  });

  it("lists the faults", async () => {
    damage();
    const { stdout, stderr, status } = await project.domain("eventstore", "verify");
    expect({ stderr, status }).toEqual({ stderr: "", status: 1 });
    expect(stdout).toMatch(/^bank::account-acc-1, 7: .+\nVerified 1,201 message\(s\): 1 fault\(s\)\.\n$/);
    expect(JSON.parse((await project.domain("eventstore", "verify", "--json")).stdout)).toEqual({
      messages: 1201,
      faults: [{ stream: "bank::account-acc-1", position: 7, reason: expect.any(String) }],
    });
  });
});
