import { inDatabase } from "../postgres-database";
import { inTemporaryFolder } from "../temporary-folder";
import type { Place, StoreName } from "./place";

/** Gives `body` an empty store, which is gone afterwards. */
export function inStore<T>(store: StoreName, body: (where: Pick<Place, "folder" | "url">) => Promise<T>): Promise<T> {
  return store === "postgres"
    ? inDatabase((url) => body({ folder: "", url }))
    : inTemporaryFolder((folder) => body({ folder, url: "" }));
}
