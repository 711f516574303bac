import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const GUIDE = join(__dirname, "../../../docs/guides/event-store-adapters.md");

/** Lines without their indentation, which the guide may change. */
function bare(code: string): string {
  return code.replace(/^[ \t]+/gm, "").trim();
}

function snippets(): string[] {
  return [...readFileSync(GUIDE, "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
}

describe("the guide for adapter authors", () => {
  const sources = ["../src", ".", "fixtures"]
    .map((folder) => join(__dirname, folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((path) => path.endsWith(".ts"))
    .map((path) => bare(readFileSync(path, "utf8")));

  it("shows code", () => {
    expect(snippets().length).toBeGreaterThan(8);
  });

  const byFirstLine = snippets().map((snippet) => [snippet.slice(0, snippet.indexOf("\n")), snippet] as const);

  it.each(byFirstLine)("shows code of the example: %s", (_, snippet) => {
    expect(sources.some((source) => source.includes(bare(snippet)))).toBe(true);
  });
});
