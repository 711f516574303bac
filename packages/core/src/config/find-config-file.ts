import { lstatSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const CONFIG_FILE_NAME = "domain.toml";

/** Returns the absolute path of the nearest domain.toml in `root` or a folder above it; undefined where there is none. */
export function findConfigFile(root: string): string | undefined {
  for (let folder = resolve(root); ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE_NAME);
    if (exists(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}

/** True for a broken link and an unreadable file too: skipping them silently would run the domain on its defaults. */
function exists(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}
