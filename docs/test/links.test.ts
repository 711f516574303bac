import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { ALL_PAGES, PACKAGE_PAGES, REPOSITORY, read } from "./pages";

/** `[text](target)` and `![text](target)`; code in which brackets look like one is left out before. */
const LINK = /\]\(([^)\s]+)\)/g;

const CODE = /^```[\s\S]*?^```$|`[^`\n]*`/gm;

/** What GitHub makes of a heading: `## The port, method by method` is `#the-port-method-by-method`. */
function anchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

it.each(ALL_PAGES)("%s links to what there is", (page) => {
  expect(targetsOf(page).filter((target) => !/^(https?|mailto):/.test(target) && isBroken(page, target))).toEqual([]);
});

it.each(PACKAGE_PAGES)("%s links to what there is in the repository", (page) => {
  const { homepage } = JSON.parse(read("package.json"));
  const files = homepage.replace("#readme", "/blob/main/");
  const targets = targetsOf(page).filter((target) => target !== homepage && !target.startsWith("https://zod.dev"));
  expect(targets.length).toBeGreaterThan(0);
  expect(
    targets.filter((target) => !target.startsWith(files) || isBroken("README.md", target.slice(files.length))),
  ).toEqual([]);
});

function targetsOf(page: string): string[] {
  return [...read(page).replace(CODE, "").matchAll(LINK)].map(([, target = ""]) => target);
}

function isBroken(page: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(REPOSITORY, file))) return true;
  return anchor !== undefined && !anchors(read(file)).includes(anchor);
}
