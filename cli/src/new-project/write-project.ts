import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { CommandError } from "../command-error";

/** What may stand in a folder already: a repository that was made first. */
const ALLOWED: ReadonlySet<string> = new Set([".git", ".DS_Store"]);

/** @throws CommandError for a folder with something in it, before anything is written; for one that cannot be written to. */
export function writeProject(folder: string, files: ReadonlyMap<string, string>): void {
  const quoted = JSON.stringify(folder);
  const found = contentOf(folder).find((name) => !ALLOWED.has(name));
  if (found !== undefined) {
    throw new CommandError(
      `Cannot create a project in ${quoted}: it holds ${JSON.stringify(found)} already; take an empty folder, with --directory`,
    );
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { flag: "wx" });
  }
}

/** Of a folder that does not exist, nothing. */
function contentOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    const reason = code === "ENOTDIR" ? "it is no folder" : message;
    throw new CommandError(`Cannot create a project in ${JSON.stringify(folder)}: ${reason}`, { cause: error });
  }
}
