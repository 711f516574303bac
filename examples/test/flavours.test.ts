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

interface Combination {
  readonly compiler: keyof typeof COMPILERS;
  readonly flavour: Flavour;
  /** Whether `@apply` and `@handle` leave out the class, which the compiler's metadata then names. */
  readonly bare?: true;
}

/**
 * Every commit runs the first two, the long one of the examples only by the first: the other tests of the examples are
 * compiled by swc, and their build by tsc, with legacy decorators. `npm run test:full` runs all.
 */
const COMBINATIONS: readonly Combination[] = [
  { compiler: "esbuild", flavour: "standard" },
  { compiler: "esbuild to minified ES modules", flavour: "standard" },
  { compiler: "tsx", flavour: "standard" },
  { compiler: "tsc", flavour: "standard" },
  { compiler: "swc", flavour: "standard" },
  { compiler: "tsc", flavour: "legacy" },
  { compiler: "swc", flavour: "legacy" },
  { compiler: "ts-node", flavour: "legacy" },
  { compiler: "tsc", flavour: "legacy", bare: true },
  { compiler: "swc", flavour: "legacy", bare: true },
];

function combinationsOf(example: string): readonly Combination[] {
  if (process.env.TIDEMARK_TEST === "full") return COMBINATIONS;
  return COMBINATIONS.slice(0, example === "fidelis" ? 1 : 2);
}

const projects: ExampleProject[] = [];
afterAll(() => {
  for (const project of projects.splice(0)) project.remove();
});

function projectOf(example: string, { flavour, bare }: Combination): ExampleProject {
  const project = new ExampleProject(example, flavour);
  projects.push(project);
  if (bare)
    for (const [name, text] of project.sources()) project.write(name, text.replace(/@(apply|handle)\(\w+\)/g, "@$1"));
  return project;
}

describe.each(EXAMPLES)("the example %s", (example, differing) => {
  const expected = readFileSync(join(__dirname, "fixtures/printed", `${example}.txt`), "utf8");

  it.each(combinationsOf(example).map((combination) => [nameOf(combination), combination] as const))(
    "prints the same by %s",
    async (_, combination) => {
      const printed = await COMPILERS[combination.compiler](projectOf(example, combination));
      expect(printed.replace(differing, "…")).toBe(expected);
    },
  );
});

function nameOf({ compiler, flavour, bare }: Combination): string {
  return bare ? `${compiler} when @apply and @handle leave out the class` : `${compiler} with ${flavour} decorators`;
}
