import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const GUIDE = join(__dirname, "../../../docs/guides/web-applications.md");
const SOURCES = join(__dirname, "../src");

/** Lines without their indentation, which the guide may change. */
function bare(code: string): string {
  return code.replace(/^[ \t]+/gm, "").trim();
}

describe("the guide for web applications", () => {
  const snippets = [...readFileSync(GUIDE, "utf8").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  const sources = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => bare(readFileSync(join(SOURCES, path), "utf8")));

  it("shows code", () => {
    expect(snippets.length).toBeGreaterThan(12);
  });

  const byFirstLine = snippets.map((snippet) => [snippet.slice(0, snippet.indexOf("\n")), snippet] as const);

  it.each(byFirstLine)("shows code of the example: %s", (_, snippet) => {
    expect(sources.some((source) => source.includes(bare(snippet)))).toBe(true);
  });
});
