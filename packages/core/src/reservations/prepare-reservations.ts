import { ConfigurationError } from "../errors/configuration-error";
import { OperationConflictError } from "../errors/operation-conflict-error";
import type { AggregateModel } from "../model/aggregate-model";
import { usesReservations } from "../model/reservation-tables";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operation-stores";
import { constraintName } from "./reservation-keys";
import { ReservationRecord } from "./reservation-record";
import { reservationTable } from "./reservation-table";

interface PrepareParts {
  readonly models: Iterable<AggregateModel>;
  readonly log: Pick<EventLog, "listStreams">;
  readonly operations: Pick<OperationStores, "flush" | "readModels">;
}

/**
 * Prepares the tables of reservations.
 * @throws ConfigurationError listing every class with a constraint that its stored aggregates were not checked for.
 */
export async function prepareReservations({ models, ...stores }: PrepareParts): Promise<void> {
  const faults = await Promise.all(Array.from(models, (model) => faultOf(model, stores)));
  const found = faults.filter((fault) => fault !== undefined);
  if (found.length > 0) throw new ConfigurationError(found, "the unique constraints");
}

async function faultOf(model: AggregateModel, stores: Omit<PrepareParts, "models">): Promise<string | undefined> {
  const table = reservationTable(model);
  const { readModels } = stores.operations;
  const isThere = await readModels.has(table.name);
  const declared = usesReservations(model) ? model.storage.unique : [];
  if (!isThere && declared.length === 0) return undefined;
  const record = new ReservationRecord(table, stores.operations);
  const read = isThere ? await record.read() : NEW;
  const unchecked = declared.filter((fields) => !read.kept.has(constraintName(fields)));
  if (unchecked.length === 0 && read.kept.size === declared.length) return undefined;
  if (unchecked.length > 0 && (await hasStreams(model, stores.log))) return uncheckedFault(model, unchecked);
  if (!isThere) await readModels.createTable(table);
  try {
    await record.put(declared, read);
    return undefined;
  } catch (error) {
    // Another process prepares the same table: it is looked at once more.
    if (error instanceof OperationConflictError) return await faultOf(model, stores);
    throw error;
  }
}

const NEW = { kept: new Set<string>(), revision: null };

async function hasStreams({ category }: AggregateModel, log: PrepareParts["log"]): Promise<boolean> {
  return (await log.listStreams(category, { limit: 1 })).length > 0;
}

function uncheckedFault({ name }: AggregateModel, unchecked: readonly (readonly string[])[]): string {
  const constraints = unchecked.map((fields) => fields.join(" and ")).join(", and by ");
  return `${name} is unique by ${constraints}, which its stored aggregates were not checked for: run "domain aggregate verify ${name} --repair" before this release is started`;
}
