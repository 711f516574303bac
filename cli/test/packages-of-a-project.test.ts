import { readFileSync } from "node:fs";
import { join } from "node:path";

import { REPOSITORY } from "./project";

interface LockedPackage {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(REPOSITORY, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

/** Returns where the lock file has a package that one at `from` depends on: in the nearest node_modules above. */
function placeOf(name: string, from: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const place = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
    const found = packages[place];
    if (found !== undefined) return found.link ? (found.resolved as string) : place;
    if (folder === "") throw new Error(`The lock file has no ${name} for ${from}`);
  }
}

it("are at most 30 with core, sqlite and the command line", () => {
  const left = ["packages/core", "packages/sqlite", "cli"];
  const installed = new Set<string>();
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    if (installed.has(place)) continue;
    installed.add(place);
    const from = place;
    left.push(...Object.keys(packages[place]?.dependencies ?? {}).map((name) => placeOf(name, from)));
  }
  expect([...installed]).toEqual(expect.arrayContaining(["packages/core", "node_modules/commander"]));
  expect(installed.size).toBeLessThanOrEqual(30);
});
