import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { ConfigurationError } from "../../src/errors/configuration-error";

const made: string[] = [];

/** A folder of its own for one test, holding the files that are given by their relative paths. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "tidemark-config-")));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The faults that an action throws, with the folder's path cut off; none when it throws nothing. */
export function faultsOf(action: () => unknown, folder: string): readonly string[] {
  try {
    action();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.faults.map((fault) => fault.replaceAll(`${folder}/`, ""));
  }
}
