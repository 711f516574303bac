import { Project } from "../project";

let project: Project;
beforeEach(() => {
  project = new Project();
});
afterEach(() => project[Symbol.dispose]());

describe("domain eventstore migrate", () => {
  it("creates the schema, and finds it there the next time", async () => {
    for (const _ of ["creates it", "finds it"]) {
      const { stdout, stderr, status } = await project.domain("eventstore", "migrate");
      expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
      expect(stdout).toMatch(/^The schema is up to date: SQLite file ".*bank\.db"\.\n$/);
    }
    const { stdout } = await project.domain("eventstore", "migrate", "--json");
    expect(JSON.parse(stdout)).toEqual({ eventStore: expect.stringContaining("bank.db") });
  });
});
