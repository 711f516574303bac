import { tableNameOf, viewNameOf } from "../../model/projection-tables";
import type { OperationStores } from "../../ports/operation-stores";
import { viewedVersion } from "../projection-table";
import type { StoredDeclaration, StoredDeclarations } from "../stored-declarations";

/** A version of a projection that a store knows, declared in this code or not. */
export interface StoredVersion {
  readonly name: string;
  readonly version: number;
  readonly subscription: string;
  readonly declaration: StoredDeclaration;
  readonly table: string;
  readonly view: string;
  /** The version that the view shows; undefined where there is no view. */
  readonly shownVersion: number | undefined;
}

const SUBSCRIPTION = /^(.+)\.v(\d+)$/;

/** Finds the versions of projections that a store knows: those with a record of how they are declared. */
export class StoredVersions {
  constructor(
    private readonly declarations: StoredDeclarations,
    private readonly operations: Pick<OperationStores, "subscriptions" | "readModels">,
  ) {}

  /** Lists them by name and version. */
  async all(): Promise<readonly StoredVersion[]> {
    const subscriptions = await this.operations.subscriptions.subscriptions();
    const found = await Promise.all(subscriptions.map((subscription) => this.#of(subscription)));
    return found
      .filter((version) => version !== undefined)
      .sort((a, b) => (a.name === b.name ? a.version - b.version : a.name < b.name ? -1 : 1));
  }

  /** Lists the versions of one projection. */
  async named(name: string): Promise<readonly StoredVersion[]> {
    return (await this.all()).filter((version) => version.name === name);
  }

  async #of(subscription: string): Promise<StoredVersion | undefined> {
    const [, name, digits] = SUBSCRIPTION.exec(subscription) ?? [];
    if (name === undefined) return undefined;
    const declaration = await this.declarations.of(subscription);
    if (declaration === undefined) return undefined;
    const version = Number(digits);
    const view = viewNameOf({ name });
    const viewed = await this.operations.readModels.viewedTable(view);
    const shownVersion = viewed === undefined ? undefined : viewedVersion({ name }, viewed);
    return { name, version, subscription, declaration, table: tableNameOf({ name, version }), view, shownVersion };
  }
}
