import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { asShown, comparable } from "./comparable-output";
import { REPOSITORY, read } from "./pages";
import { shownCommands } from "./shown-commands";
import { terminalIn } from "./terminal";

/**
 * Blocks that begin with a `$`. A comment such as `<!-- of another bank -->` above one says that the bank of the example is not
 * what it is about.
 */
const BLOCK = /(<!-- of another \w+ -->\n)?^```\n(\$ [\s\S]*?)^```$/gm;

const blocks = ["README.md", "docs/guides/command-line.md"].flatMap((page) =>
  [...read(page).matchAll(BLOCK)]
    .filter(({ 1: another }) => another === undefined)
    .map(({ 2: text = "" }) => ({ page, commands: shownCommands(text), first: text.split("\n")[0] })),
);

const folder = mkdtempSync(join(tmpdir(), "tidemark-fidelis-"));
const [data, asAfterTheExample] = [join(folder, "data"), join(folder, "after-the-example")];
const terminal = terminalIn(folder);

beforeAll(async () => {
  for (const name of ["examples", "node_modules"]) symlinkSync(join(REPOSITORY, name), join(folder, name), "junction");
  // As built, which spares each command the compiler.
  writeFileSync(join(folder, "domain.toml"), read("domain.toml").replace("src/domain.ts", "dist/domain.js"));
  await terminal.run("node examples/fidelis/dist/main.js");
  cpSync(data, asAfterTheExample, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the bank of examples/fidelis, after npm run example", () => {
  it.each(blocks)("prints what $page says: $first", async ({ commands }) => {
    rmSync(data, { recursive: true });
    cpSync(asAfterTheExample, data, { recursive: true });
    const [shown, real]: [string[], string[]] = [[], []];
    for (const { command, output } of commands) {
      shown.push(`$ ${command}\n${comparable(output)}`);
      real.push(`$ ${command}\n${asShown(await terminal.run(command), output)}`);
    }
    expect(real.join("")).toBe(shown.join(""));
  });
});
