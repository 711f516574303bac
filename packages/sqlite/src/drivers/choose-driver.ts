import { loadBetterSqlite3 } from "./better-sqlite3";
import type { Driver, DriverName } from "./database";
import { loadNodeSqlite } from "./node-sqlite";

/** No driver can be loaded. The message says why, and what to do. */
export class NoDriver extends Error {}

/** By the driver that was asked for; undefined for any. */
const loaded = new Map<DriverName | undefined, Driver>();

/**
 * Loads the driver that was asked for; where none was, better-sqlite3, and Node's own SQLite where that cannot be loaded.
 * @throws NoDriver
 */
export function chooseDriver(asked?: DriverName): Driver {
  const known = loaded.get(asked);
  if (known !== undefined) return known;
  const driver = asked === "node" ? nodeSqlite() : betterSqlite3(asked);
  loaded.set(asked, driver);
  return driver;
}

function nodeSqlite(): Driver {
  const driver = loadNodeSqlite();
  if (driver !== undefined) return driver;
  throw new NoDriver(`Node ${process.versions.node} has no node:sqlite; ${NEWER_NODE}, or use driver "better-sqlite3"`);
}

function betterSqlite3(asked: DriverName | undefined): Driver {
  try {
    return loadBetterSqlite3();
  } catch (error) {
    const node = loadNodeSqlite();
    if (asked === undefined && node !== undefined) return node;
    const other = node === undefined ? `or ${NEWER_NODE}` : 'or use driver "node"';
    throw new NoDriver(`${whyNotLoaded(error)}, ${other}`, { cause: error });
  }
}

const NEWER_NODE = "use Node 22.13 or later";

/** Version 13 ends the process of Node 20. */
const INSTALL = `npm install better-sqlite3${Number.parseInt(process.versions.node, 10) < 22 ? "@12" : ""}`;

function whyNotLoaded(error: unknown): string {
  const { code, message: text } = error as NodeJS.ErrnoException;
  const [message = ""] = text.split("\n");
  if (code === "MODULE_NOT_FOUND" && /[ '"]better-sqlite3[ '",]/.test(message))
    return `better-sqlite3 is not installed; run ${INSTALL}`;
  // Its install script did not run, as where a package manager blocks scripts, or ran for another version of Node.
  if (code === "ERR_DLOPEN_FAILED" || /^Could not locate the bindings file/.test(message))
    return "better-sqlite3 has no binary for this version of Node; allow its install script and run npm rebuild better-sqlite3";
  return `better-sqlite3 cannot be loaded (${message}); install another version of it`;
}
