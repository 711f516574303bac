import { readFileSync } from "node:fs";
import { join } from "node:path";

import { COMPILERS } from "./fixtures/compilers";
import { ExampleProject, type Flavour } from "./fixtures/example-project";

/** Measured times and ratios, and the width of their table. */
const MEASURED =
  /(?<= in )\d+\.\d(?= s\.$)|(?<=^ {2}with.* [\d,]+) +\d+\.\d\d +[\d,]+$|(?<=^ {2}load +events replayed) .*$|(?<=^ {2})─+$/gm;

const NOTHING = /(?!)/;

/** Each with what differs from run to run in its output; `printed/` has the rest. */
const EXAMPLES: readonly (readonly [example: string, differing: RegExp])[] = [
  ["fidelis", MEASURED],
  ["mercato", NOTHING],
];

const FLAVOURS: readonly (readonly [compiler: keyof typeof COMPILERS, flavour: Flavour])[] = [
  ["tsc", "legacy"],
  ["swc", "legacy"],
  ["ts-node", "legacy"],
  ["tsc", "standard"],
  ["swc", "standard"],
  ["esbuild", "standard"],
  ["tsx", "standard"],
];

const projects: ExampleProject[] = [];
afterAll(() => {
  for (const project of projects.splice(0)) project.remove();
});

function projectOf(example: string, flavour: Flavour): ExampleProject {
  const project = new ExampleProject(example, flavour);
  projects.push(project);
  return project;
}

describe.each(EXAMPLES)("the example %s", (example, differing) => {
  const expected = readFileSync(join(__dirname, "fixtures/printed", `${example}.txt`), "utf8");

  it.each(FLAVOURS)("prints the same by %s with %s decorators", async (compiler, flavour) => {
    const printed = await COMPILERS[compiler](projectOf(example, flavour));
    expect(printed.replace(differing, "…")).toBe(expected);
  });

  it.each(["tsc", "swc"] as const)(
    "prints the same by %s when @apply and @handle leave out the class",
    async (compiler) => {
      const project = projectOf(example, "legacy");
      for (const [name, text] of project.sources()) project.write(name, text.replace(/@(apply|handle)\(\w+\)/g, "@$1"));
      const printed = await COMPILERS[compiler](project);
      expect(printed.replace(differing, "…")).toBe(expected);
    },
  );
});
