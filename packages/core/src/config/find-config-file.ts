import { lstatSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export const CONFIG_FILE_NAME = "domain.toml";

/** The absolute path of the nearest domain.toml in `root` or a folder above it; undefined when there is none. */
export function findConfigFile(root: string): string | undefined {
  for (let folder = resolve(root); ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE_NAME);
    if (exists(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}

/** A broken link or a file out of reach exists: passing over it in silence would run the domain on its defaults. */
function exists(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}
