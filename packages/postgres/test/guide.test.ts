import { readFileSync } from "node:fs";
import { join } from "node:path";

import { compileGuides } from "../../../docs/test/compile-guides";
import { FreshDatabase } from "./server/fresh-database";

const GUIDE = join(__dirname, "../../../docs/guides/postgresql.md");

describe("the guide postgresql.md", () => {
  let database: FreshDatabase;
  const before = process.env.DATABASE_URL;
  beforeAll(async () => {
    database = await FreshDatabase.empty();
    process.env.DATABASE_URL = database.url;
  });
  afterAll(async () => {
    if (before === undefined) delete process.env.DATABASE_URL;
    else process.env.DATABASE_URL = before;
    await database.drop();
  });

  it("has snippets that compile and run", async () => {
    const guides = new Map([["postgresql.md", readFileSync(GUIDE, "utf8")]]);
    const { programs, complaints } = compileGuides(guides).get("postgresql.md")!;
    expect(complaints).toEqual([]);
    for (const program of programs) {
      const module = { exports: {} as { run: () => Promise<void> } };
      new Function("module", "exports", "require", program)(module, module.exports, require);
      await module.exports.run();
    }
    expect(programs).toHaveLength(1);
  });
});
