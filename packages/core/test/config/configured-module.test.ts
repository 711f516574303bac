import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { configuredModule } from "../../src/config";

const root = mkdtempSync(join(tmpdir(), "tidemark-module-"));
afterAll(() => rmSync(root, { recursive: true }));

function written(toml: string): string {
  writeFileSync(join(root, "domain.toml"), toml);
  return root;
}

describe("configuredModule", () => {
  it("is relative to the file, whatever else is wrong in it", () => {
    expect(configuredModule(written('module = "src/bank.ts"\nsnapshot_treshold = 5\nevent_store = 7\n'), {})).toBe(
      join(root, "src/bank.ts"),
    );
    mkdirSync(join(root, "deeper"));
    expect(configuredModule(join(root, "deeper"), {})).toBe(join(root, "src/bank.ts"));
  });

  it("is that of the overlay in force, where it names one", () => {
    const toml = 'module = "a.ts"\n[test]\nmodule = "b.ts"\n[production]\nsnapshot_threshold = -1\n';
    expect(configuredModule(written(toml), { DOMAIN_ENV: "test" })).toBe(join(root, "b.ts"));
    expect(configuredModule(root, { DOMAIN_ENV: "production" })).toBe(join(root, "a.ts"));
  });

  it.each(["", "module = 5\n", 'module = ""\n'])("is undefined in %j", (toml) => {
    expect(configuredModule(written(toml), {})).toBeUndefined();
  });

  it("says where a file cannot be read", () => {
    expect(() => configuredModule(written('module = "a\n'), {})).toThrow(/domain\.toml:\d/);
  });
});
