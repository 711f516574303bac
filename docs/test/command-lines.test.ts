import { PAGES, REPOSITORY, read } from "./pages";
import { runDomain } from "./run-domain";

/** The lines of a page's blocks that a shell is to carry out: all of ` ```sh `, and those behind a `$` in what it printed. */
function commandLines(page: string): string[] {
  return [...read(page).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, language, code = ""]) => {
    const lines = code.split("\n");
    if (language === "sh") return lines;
    return language === "" ? lines.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2)) : [];
  });
}

/** `domain snapshot create --aggregate=Account` as its words, and the names of its options. */
const DOMAIN = /^(?:npx )?domain((?: [a-z]+)+)(.*)$/;

const lines = PAGES.flatMap((page) => commandLines(page).map((line) => ({ page, line: line.replace(/\s+#.*$/, "") })));

describe("what the pages tell to type", () => {
  it("runs npm scripts that there are", () => {
    const named = lines.flatMap(({ line }) => [...line.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name));
    const { scripts } = JSON.parse(read("package.json"));
    expect(named).toContain("example");
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });

  const commands = lines.flatMap(({ page, line }) => {
    const [, words = "", rest = ""] = DOMAIN.exec(line) ?? [];
    const options = [...rest.replace(/"[^"]*"/g, "").matchAll(/(?<= )--[a-z-]+/g)].map(([option]) => option);
    return words === "" ? [] : [{ page, line, words: words.trim().split(" "), options }];
  });

  const helpTexts = new Map<string, Promise<string>>();
  const helpOf = (words: readonly string[]): Promise<string> => {
    const key = words.join(" ");
    const known = helpTexts.get(key);
    if (known !== undefined) return known;
    const text = runDomain([...words, "--help"], REPOSITORY, process.env, (path) => {
      throw new Error(`The help of "domain ${key}" loads ${path}`);
    });
    helpTexts.set(key, text);
    return text;
  };

  it.each(commands)("calls the domain command as it is ($page: $line)", async ({ words, options }) => {
    const help = await helpOf(words);
    for (const option of options) expect(help).toContain(option);
  });
});
