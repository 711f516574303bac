import { ConfigurationError } from "../../errors/configuration-error";
import type { AggregateModel } from "../../model/aggregate-model";
import { hasRow, isOpen } from "../../model/aggregate-storage";
import { aggregateTableName, aggregateViewName } from "../../model/aggregate-tables";
import type { EventLog } from "../../ports/event-log";
import type { ReadModelStore } from "../../ports/read-model-store";
import { tableWithRows } from "./former-rows";

interface Stores {
  readonly log: Pick<EventLog, "listStreams">;
  readonly readModels: Pick<ReadModelStore, "columnsOf" | "count" | "has" | "viewedTable">;
}

/**
 * Refuses classes whose aggregates an earlier release has stored in another way: they would all be missing.
 * @throws ConfigurationError listing every such class.
 */
export async function refuseFormerStorage(models: Iterable<AggregateModel>, stores: Stores): Promise<void> {
  const faults = await Promise.all(
    Array.from(models, (model) => (hasRow(model.storage) ? leftInEvents(model, stores) : leftInRows(model, stores))),
  );
  const found = faults.filter((fault) => fault !== undefined);
  if (found.length > 0) throw new ConfigurationError(found, "the aggregates");
}

async function leftInRows(model: AggregateModel, { readModels }: Stores): Promise<string | undefined> {
  const table = await tableWithRows(model, readModels);
  if (table === undefined) return undefined;
  const { name } = model;
  return `${name} is stored as events, and the table ${table} still has rows of it: run "domain aggregate convert ${name}" before this release is started`;
}

/** Where its state is the truth, an aggregate without a row is none. That there was never a table tells it from one that was deleted. */
async function leftInEvents(model: AggregateModel, { log, readModels }: Stores): Promise<string | undefined> {
  const { name, category, storage } = model;
  if (!isOpen(storage)) return undefined;
  const wasThere = (await readModels.viewedTable(aggregateViewName(model))) ?? aggregateTableName(model);
  if (await readModels.has(wasThere)) return undefined;
  const [stream] = await log.listStreams(category, { limit: 1 });
  if (stream === undefined) return undefined;
  const steps = `first release it with stored: "both", truth: "events", and run "domain aggregate verify ${name} --repair", which writes their rows`;
  return `${name} is stored as its state, and it has aggregates that are in their events alone, such as ${JSON.stringify(stream)}: ${steps}`;
}
