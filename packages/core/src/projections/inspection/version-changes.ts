import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { EventLog } from "../../ports/event-log";
import type { OperationStores } from "../../ports/operation-stores";
import type { Operation, RemoveParked, ReplaceCheckpoints } from "../../ports/operations";
import type { ParkedKey } from "../../ports/subscription-store";
import { didYouMean } from "../../wording/did-you-mean";
import { projectionView } from "../projection-table";
import { shadowTable } from "../rebuild/shadow-table";
import type { PreparedProjection } from "../start-projections";
import type { StoredDeclarations } from "../stored-declarations";
import { progressOf } from "./projection-statuses";
import { type StoredVersion, StoredVersions } from "./stored-versions";

interface VersionChangesParts {
  readonly log: EventLog;
  readonly operations: OperationStores;
  readonly declarations: StoredDeclarations;
  /** Finds the projection of a version in this code. */
  readonly declared: (subscription: string) => PreparedProjection | undefined;
}

/** How the subscriptions of rebuilds end. */
const SHADOWS = ["rebuild", "dry-run", "row"] as const;

/** How many keys are removed at once. */
const AT_ONCE = 1_000;

/** Moves views between the versions of projections, and drops versions. */
export class VersionChanges {
  readonly #versions: StoredVersions;

  constructor(private readonly parts: VersionChangesParts) {
    this.#versions = new StoredVersions(parts.declarations, parts.operations);
  }

  /**
   * Moves the view of a projection to one of its versions.
   * @throws IncorrectUsageError for a version that the store does not know, and for one that has not caught up.
   */
  async show(name: string, version: number): Promise<void> {
    const attempted = `Cannot switch the view of ${name} to version ${version}`;
    const { found } = await this.#find(name, version, attempted);
    if (found.shownVersion === version) return;
    const { record } = found.declaration;
    const { position, lag } = await progressOf(found, this.parts.declared(found.subscription), this.parts);
    if (position === undefined)
      throw refusal(
        `${attempted}: it is inline, and this code does not declare it, so its rows may lack events`,
        found,
      );
    if (lag === undefined || record.table === undefined)
      throw refusal(`${attempted}: it was stored by an earlier version of Tidemark; declare it in this code`, found);
    if (lag > 0)
      throw refusal(
        `${attempted}: it stands at global position ${position}, with ${lag} events still to fold; wait until a server has caught up with them`,
        found,
        { position, lag },
      );
    await this.parts.operations.readModels.createView(projectionView({ name }, record.table));
    await this.parts.declarations.change(found.subscription, (before) => ({ ...before, wasShown: true }));
  }

  /**
   * Drops the table of a version, its checkpoints and its keys that are set aside. The view goes too, where it is the last version.
   * @throws IncorrectUsageError for a version that the store does not know, that this code declares, that the view shows beside others, or
   *   that a server runs.
   */
  async drop(name: string, version: number): Promise<void> {
    const attempted = `Cannot drop version ${version} of ${name}`;
    const { found, versions } = await this.#find(name, version, attempted);
    const { subscription, shownVersion } = found;
    if (this.parts.declared(subscription) !== undefined)
      throw refusal(`${attempted}: this code declares it; remove its class first`, found);
    const others = versions.filter((other) => other !== found).map((other) => other.version);
    if (shownVersion === version && others.length > 0)
      throw refusal(`${attempted}: its view shows it; switch the view to version ${others.join(" or ")} first`, found);
    await this.#refuseServed(attempted, found);
    await this.#drop(found);
  }

  async #drop(found: StoredVersion): Promise<void> {
    const { subscriptions, readModels } = this.parts.operations;
    const { subscription, declaration } = found;
    // Whoever starts this version again folds it from the first event on, even if this process ends before the record is gone.
    await this.#replaceCheckpoints(subscription, [{ bucket: 0, position: 0 }], []);
    for (const name of tablesOf(found)) await readModels.dropTable(name);
    for (;;) {
      const parked = await subscriptions.parked({ subscription, limit: AT_ONCE });
      if (parked.length === 0) break;
      await this.parts.operations.flush(parked.map(removed));
    }
    for (const rebuild of rebuildsOf(subscription)) await this.#replaceCheckpoints(rebuild, [], []);
    const latest = (await this.parts.declarations.of(subscription)) ?? declaration;
    await this.#replaceCheckpoints(subscription, [], [this.parts.declarations.removing(latest)]);
  }

  async #replaceCheckpoints(
    subscription: string,
    checkpoints: ReplaceCheckpoints["checkpoints"],
    also: readonly Operation[],
  ): Promise<void> {
    const expected = await this.parts.operations.subscriptions.checkpoints(subscription);
    await this.parts.operations.flush([{ kind: "replaceCheckpoints", subscription, expected, checkpoints }, ...also]);
  }

  async #refuseServed(attempted: string, found: StoredVersion): Promise<void> {
    const { subscription } = found;
    const shares = await this.parts.operations.subscriptions.shares([subscription, ...rebuildsOf(subscription)]);
    const owners = shares.flatMap(({ buckets }) => buckets.flatMap(({ owner }) => owner ?? []));
    const servers = [...new Set([...shares.flatMap((share) => share.servers), ...owners])];
    if (servers.length === 0) return;
    throw refusal(
      `${attempted}: ${servers.length === 1 ? "a server runs it" : `${servers.length} servers run it`}; stop the release that declares it first`,
      found,
      { servers },
    );
  }

  /** @throws IncorrectUsageError for a version that the store does not know. */
  async #find(name: string, version: number, attempted: string) {
    const versions = await this.#versions.named(name);
    const found = versions.find((each) => each.version === version);
    if (found !== undefined) return { found, versions };
    const known = versions.map((each) => each.version).join(", ");
    if (versions.length > 0)
      throw new IncorrectUsageError(`${attempted}: the store has no such version; it has ${known}`, { name, version });
    const names = [...new Set((await this.#versions.all()).map((each) => each.name))];
    throw new IncorrectUsageError(`${attempted}: the store has no such projection${didYouMean(name, names)}`, {
      name,
      version,
    });
  }
}

function refusal(message: string, { name, version }: StoredVersion, facts: object = {}): IncorrectUsageError {
  return new IncorrectUsageError(message, { projection: name, version, ...facts });
}

/** The table of a version, and those that rebuilds have made beside it. */
function tablesOf({ table: name, declaration: { record } }: StoredVersion): readonly string[] {
  const table = record.table ?? { name, columns: [] };
  const tables = (["__new", "__try"] as const).map((suffix) => shadowTable(table, suffix));
  return [name, ...new Set(tables.flatMap(({ indexed, kept }) => [indexed.name, kept]))];
}

/** The subscriptions of rebuilds of a version. */
function rebuildsOf(subscription: string): readonly string[] {
  return SHADOWS.map((kind) => `${subscription}.${kind}`);
}

function removed({ subscription, key, position, revision }: ParkedKey): RemoveParked {
  return { kind: "removeParked", subscription, key, position, expected: revision };
}
