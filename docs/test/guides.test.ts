import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { format } from "node:util";

import { loadConfig } from "@tidemark/core/config";

import { type CompiledGuide, compileGuides } from "./compile-guides";
import { PAGES, read, TUTORIAL } from "./pages";

/** The guides whose snippets of TypeScript are not programs by themselves, and the tests that run those. */
const ELSEWHERE = new Map([
  ["event-store-adapters.md", "examples/jsonl-event-store/test/guide.test.ts"],
  ["getting-started.md", "docs/test/bank-guides.test.ts"],
  ["postgresql.md", "packages/postgres/test/guide.test.ts"],
  ["testing.md", "docs/test/bank-guides.test.ts"],
  ["web-applications.md", "examples/web/test/guide.test.ts"],
]);

/** Those whose every snippet of TypeScript is compiled and run here; the tutorial is one program in many files (tutorial.test.ts). */
const GUIDES = PAGES.filter(
  (page) => !ELSEWHERE.has(basename(page)) && !TUTORIAL.includes(page) && /^```ts( program)?$/m.test(read(page)),
);

const folder = mkdtempSync(join(tmpdir(), "tidemark-guides-"));
beforeEach(() => {
  // Snippets begin as in a new project: without the domain.toml of this repository.
  jest.spyOn(process, "cwd").mockReturnValue(folder);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

let compiled: ReadonlyMap<string, CompiledGuide>;
beforeAll(() => {
  compiled = compileGuides(new Map(GUIDES.map((page) => [basename(page), read(page)])));
});

describe.each(GUIDES)("%s", (page) => {
  const name = basename(page);

  it("has snippets that compile, run, and print what they say", async () => {
    const { programs, complaints } = compiled.get(name)!;
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
});

it.each(PAGES)("%s has only settings that a domain takes", (page) => {
  for (const [, toml = ""] of read(page).matchAll(/^```toml\n([\s\S]*?)^```$/gm)) {
    const root = mkdtempSync(join(folder, "settings-"));
    writeFileSync(join(root, "domain.toml"), toml);
    expect(() => loadConfig({ root, env: { DATABASE_URL: "postgres://localhost/bank" } })).not.toThrow();
  }
});

it.each([...ELSEWHERE])("the snippets of %s are the business of %s", (guide, test) => {
  expect(PAGES).toContain(`docs/guides/${guide}`);
  expect(read(test)).toContain(guide);
});
