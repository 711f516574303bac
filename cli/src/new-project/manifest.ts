import { isBuiltin } from "node:module";

import type { Choices } from "./choices";
import type { ProjectName } from "./project-name";
import { tidemarkPackage } from "./tidemark-package";

type Packages = Readonly<Record<string, string>>;

/** SQLite needs a package with native code where this version of Node, which the project will be run with, has none of its own. */
const needsDriver = ({ store }: Choices): boolean => store === "sqlite" && !isBuiltin("node:sqlite");

const STORE_PACKAGES: Readonly<Record<Choices["store"], readonly string[]>> = {
  sqlite: ["@tidemark/sqlite"],
  postgres: ["@tidemark/postgres"],
  memory: [],
};

const RUNNER_PACKAGES: Readonly<Record<Choices["test"], Packages>> = {
  node: {},
  vitest: { vitest: "^4.1.0" },
  jest: { "@jest/globals": "^30.0.0", "@swc/core": "^1.16.18", "@swc/jest": "^0.2.39", jest: "^30.0.0" },
};

const TEST_SCRIPTS: Readonly<Record<Choices["test"], string>> = {
  node: "node --import tsx --test test/*.test.ts",
  vitest: "vitest run",
  jest: "jest",
};

/** Returns the names of the packages that a new project needs. */
export function packagesOf(choices: Choices): readonly string[] {
  return [...dependenciesOf(choices), ...devDependenciesOf(choices)].map(([name]) => name);
}

/** Returns the package.json of a new project in a folder. */
export function manifest(name: ProjectName, choices: Choices, folder: string): object {
  const inFolder = (packages: readonly (readonly [string, string])[]) =>
    Object.fromEntries(
      packages
        .map(([each, range]) => [each, range === TIDEMARK ? tidemarkPackage(each, folder) : range] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  const usesNodesDriver = choices.store === "sqlite" && !needsDriver(choices);
  return {
    name: name.package,
    version: "0.1.0",
    private: true,
    type: choices.esm ? "module" : "commonjs",
    engines: { node: usesNodesDriver ? ">=22.13" : ">=20.19" },
    scripts: {
      start: "tsx src/main.ts",
      test: TEST_SCRIPTS[choices.test],
      typecheck: "tsc --noEmit",
      build: "tsc",
      check: "domain check",
    },
    dependencies: inFolder(dependenciesOf(choices)),
    devDependencies: inFolder(devDependenciesOf(choices)),
    allowScripts: { esbuild: true, ...(needsDriver(choices) && { "better-sqlite3": true }) },
  };
}

/** Stands for the version of this package, or for its folder. */
const TIDEMARK = "";

function dependenciesOf(choices: Choices): (readonly [string, string])[] {
  return [
    ...["@tidemark/core", ...STORE_PACKAGES[choices.store]].map((name) => [name, TIDEMARK] as const),
    ...Object.entries(needsDriver(choices) ? { "better-sqlite3": "^12.11.1" } : {}),
    ["zod", "^4.1.0"],
  ];
}

function devDependenciesOf(choices: Choices): (readonly [string, string])[] {
  const { test, decorators } = choices;
  return [
    ...["@tidemark/cli", "@tidemark/testing"].map((name) => [name, TIDEMARK] as const),
    ["@types/node", "^20.19.0"],
    ["tsx", "^4.20.0"],
    ["typescript", "^5.9.3"],
    ...Object.entries(RUNNER_PACKAGES[test]),
    ...Object.entries(test === "vitest" && decorators === "standard" ? { esbuild: "^0.28.0" } : {}),
  ];
}
