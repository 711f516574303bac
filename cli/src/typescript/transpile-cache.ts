import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Raised when what is kept under the same key would be different. */
const FORMAT = 1;

/**
 * Keeps transpiled files between runs, one entry for each source file.
 *
 * The key of an entry holds everything that its code depends on, so a changed file has another key. Entries are written beside
 * their place and moved there, so several processes can use one folder. An entry that was damaged, or cannot be read or
 * written, is as good as none.
 */
export class TranspileCache {
  constructor(private readonly folder: string) {}

  /** @param dependencies everything besides the path that decides about the code: text, settings, versions. */
  get(path: string, dependencies: readonly unknown[], transpile: () => string): string {
    const key = hash(JSON.stringify([FORMAT, path, ...dependencies]));
    const file = join(this.folder, `${hash(path).slice(0, 32)}.js`);
    const kept = read(file, key);
    if (kept !== undefined) return kept;
    const code = transpile();
    this.write(file, `// ${key} ${hash(code)}\n${code}`);
    return code;
  }

  private write(file: string, text: string): void {
    const draft = `${file}.${randomUUID()}.tmp`;
    try {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(draft, text, { flag: "wx" });
      renameSync(draft, file);
    } catch {
      // Read-only, full, or no folder: the next run transpiles again.
      remove(draft);
    }
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Where there is no folder, there is no file.
  }
}

function read(file: string, key: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const end = text.indexOf("\n");
  const code = text.slice(end + 1);
  return text.slice(0, end) === `// ${key} ${hash(code)}` ? code : undefined;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Returns where to keep what belongs to a file: beside the packages of its project, else in the user's folder for such things. */
export function cacheFolder(file: string, env: NodeJS.ProcessEnv): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const packages = join(folder, "node_modules");
    if (existsSync(packages)) return join(packages, ".cache/tidemark");
    if (folder === dirname(folder)) break;
  }
  const own = env.XDG_CACHE_HOME || env.LOCALAPPDATA || join(homedir(), ".cache");
  return join(own, "tidemark");
}
