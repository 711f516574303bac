import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format } from "node:util";

import { loadConfig } from "@tidemark/core";

import { compileGuide } from "./compile-guide";

/** Those whose every snippet of TypeScript is compiled and run, and whose every snippet of TOML is read. */
const GUIDES = ["aggregate-cache.md", "fields.md", "snapshots.md"];

const folder = mkdtempSync(join(tmpdir(), "tidemark-guides-"));
beforeEach(() => {
  // Snippets begin as in a new project: without the domain.toml of this repository.
  jest.spyOn(process, "cwd").mockReturnValue(folder);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(GUIDES)("the guide %s", (name) => {
  const markdown = readFileSync(join(__dirname, "../guides", name), "utf8");

  it("has snippets that compile, run, and print what they say", async () => {
    const { programs, complaints } = compileGuide(name, markdown);
    expect(complaints).toEqual([]);
    expect(programs.length).toBeGreaterThan(0);
    const [claimed, shown]: [string[], string[]] = [[], []];
    const claim = (line: number, expected: string, ...values: unknown[]) => {
      claimed.push(`${name}:${line}: ${expected}`);
      shown.push(`${name}:${line}: ${format(...values)}`);
    };
    for (const program of programs) {
      const module = { exports: {} as { run: (shows: typeof claim) => Promise<void> } };
      new Function("module", "exports", "require", program)(module, module.exports, require);
      await module.exports.run(claim);
    }
    expect(shown).toEqual(claimed);
  });

  it("has settings that a domain takes", () => {
    for (const [, toml = ""] of markdown.matchAll(/^```toml\n([\s\S]*?)^```$/gm)) {
      const root = mkdtempSync(join(folder, "settings-"));
      writeFileSync(join(root, "domain.toml"), toml);
      expect(() => loadConfig({ root, env: {} })).not.toThrow();
    }
  });
});
