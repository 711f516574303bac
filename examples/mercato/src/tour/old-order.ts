import { type Printer, table } from "@tidemark/example-tour";
import { domain, Order } from "../domain";
import { ORDER_17, restoreOrder17 } from "./order-17";

/** Shows how events of earlier releases are read: they stay as they were written, and are upcast. */
export async function oldOrder({ heading, line }: Printer): Promise<void> {
  heading("An order of earlier releases");
  await restoreOrder17();
  const rows: string[][] = [];
  for await (const recorded of domain.eventStore.read(domain.streamFor(Order, ORDER_17))) {
    rows.push([recorded.type, domain.eventFrom(recorded)?.constructor.name ?? "nothing: it is skipped"]);
  }
  const columns = [
    ["stored as", "left"],
    ["read as", "left"],
  ] as const;
  for (const text of table(columns, rows)) line(`  ${text}`);
  line();

  const order = await domain.repositoryFor(Order).get(ORDER_17);
  line(`  Loaded, it is ${order.status}, costs ${order.total} and goes to`);
  line(`  ${order.address}.`);
  const [present, old] = await domain.snapshotsFor(Order).list(ORDER_17);
  line(`  Its snapshot of schema version ${old?.schemaVersion} was carried over to version ${present?.schemaVersion}.`);
  line();
}
