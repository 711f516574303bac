import { existsSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";

/** The folder that holds the folder of this package: the repository's, where this package runs from a checkout. */
const ABOVE = join(__dirname, "../../..");

/**
 * Returns what the package.json of a project asks for a package of Tidemark: the version of this one, or its folder where this
 * package runs from a checkout, whose version may not be published.
 */
export function tidemarkPackage(name: string, project: string, above = ABOVE): string {
  const { version } = require("../../package.json") as { version: string };
  if (!isCheckout(above)) return version;
  const [, base = ""] = name.split("/");
  const folder = base === "cli" ? join(above, base) : join(above, "packages", base);
  return `file:${relative(project, folder).split(sep).join(posix.sep)}`;
}

function isCheckout(folder: string): boolean {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return false;
  const { name, workspaces } = JSON.parse(readFileSync(file, "utf8")) as { name?: string; workspaces?: object };
  return name === "tidemark" && workspaces !== undefined;
}
