import { inDatabase, inDatabaseOn } from "../postgres-database";
import { inTemporaryFolder } from "../temporary-folder";
import type { Place, StoreName } from "./place";

type Where = Pick<Place, "folder" | "url">;

/** Gives `body` an empty store, which is gone afterwards. */
export function inStore<T>(store: StoreName, body: (where: Where) => Promise<T>): Promise<T> {
  return store === "postgres"
    ? inDatabase((url) => body({ folder: "", url }))
    : inTemporaryFolder((folder) => body({ folder, url: "" }));
}

/** Gives `body` another empty store beside a first one: on PostgreSQL a database of the same server. */
export function inStoreBeside<T>(first: Where, body: (where: Where) => Promise<T>): Promise<T> {
  return first.url === ""
    ? inTemporaryFolder((folder) => body({ folder, url: "" }))
    : inDatabaseOn(first.url, (url) => body({ folder: "", url }));
}
