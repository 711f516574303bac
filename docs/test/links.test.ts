import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { ALL_PAGES, REPOSITORY, read } from "./pages";

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
  const targets = [...read(page).replace(CODE, "").matchAll(LINK)].map(([, target = ""]) => target);
  const broken = targets.filter((target) => {
    if (/^(https?|mailto):/.test(target)) return false;
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(REPOSITORY, file))) return true;
    return anchor !== undefined && !anchors(read(file)).includes(anchor);
  });
  expect(broken).toEqual([]);
});
