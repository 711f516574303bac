import { openCustomers } from "../fixtures/customers";
import { recordedSpans } from "./recorded-spans";

describe("the spans of aggregates with rows", () => {
  const exporter = recordedSpans();
  const attributesOf = (name: string) =>
    exporter
      .getFinishedSpans()
      .filter((span) => span.name === name)
      .map(({ attributes }) => attributes);

  it("tell of a load from the row, which folds nothing", async () => {
    const { customers, Customer } = await openCustomers();
    await customers.add(Customer.join("ann", "ann@example.org"));
    await customers.get("ann");
    expect(attributesOf("tidemark.aggregate.load")).toEqual([
      { "tidemark.aggregate": "Customer", "tidemark.stream": "shop::customer-ann", "tidemark.version": 0 },
    ]);
  });

  it("tell of each save, with events and without, and of none that stores nothing", async () => {
    const { customers, Customer } = await openCustomers();
    await customers.add(Customer.join("ann", "ann@example.org"));
    await customers.update("ann", (ann) => ann.move("Rome"));
    await customers.update("ann", () => undefined);
    const saves = attributesOf("tidemark.aggregate.save");
    expect(saves.map((attributes) => attributes["tidemark.events.saved"])).toEqual([0, 1]);
    expect(saves[0]).toMatchObject({ "tidemark.aggregate": "Customer", "tidemark.stream": "shop::customer-ann" });
  });

  it("carry the error of a refused save", async () => {
    const { customers, Customer } = await openCustomers();
    await customers.add(Customer.join("ann", "ann@example.org"));
    exporter.reset();
    await expect(customers.add(Customer.join("eve", "ann@example.org"))).rejects.toThrow("which must be unique");
    const [span] = exporter.getFinishedSpans().filter(({ name }) => name === "tidemark.aggregate.save");
    expect(span?.status.message).toContain("which must be unique");
  });

  it("mark the events of a save", async () => {
    const { customers, Customer, domain } = await openCustomers();
    await customers.add(Customer.join("ann", "ann@example.org"));
    exporter.reset();
    await customers.update("ann", (ann) => ann.move("Rome"));
    const [span] = exporter.getFinishedSpans().filter(({ name }) => name === "tidemark.aggregate.save");
    const event = await domain.eventStore.readLast("shop::customer-ann");
    expect(event?.metadata.traceparent).toContain(span?.spanContext().spanId);
  });
});
