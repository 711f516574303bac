import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";

import * as core from "../../src/index";
import { type ConfigurationError, Domain } from "../../src/index";

const SRC = join(__dirname, "../../src");

/** Declares an order as a module does that is loaded by `load`. */
function orderModule({ Aggregate, apply, Command, DomainEvent, handle }: typeof core, domain: core.Domain) {
  @domain.event({ partOf: "Order" })
  class OrderPlaced extends DomainEvent({ total: z.number() }) {}
  @domain.aggregate({ eventSourced: true })
  class Order extends Aggregate({ total: z.number().default(0) }) {
    @apply(OrderPlaced)
    onPlaced({ total }: OrderPlaced): void {
      this.total = total;
    }
  }
  @domain.command({ partOf: Order })
  class PlaceOrder extends Command({ total: z.number() }) {}
  @domain.commandHandler({ partOf: Order })
  class Orders {
    @handle(PlaceOrder)
    place(_command: PlaceOrder): void {}
  }
  return { Order, OrderPlaced, PlaceOrder, Orders };
}

async function faultsOf(domain: Domain): Promise<readonly string[]> {
  const error: unknown = await domain.init().catch((reason: unknown) => reason);
  return (error as ConfigurationError).faults;
}

const domainOf = () =>
  new Domain("shop", { root: tmpdir(), config: { snapshots: { aggregates: { Order: { threshold: 5 } } } } });
const LOADED_TWICE = "a module was loaded twice, as through a link or from src and dist; import it by one path";

describe("a module that is loaded twice", () => {
  it("is one fault, which names its classes and its file", async () => {
    const domain = domainOf();
    orderModule(core, domain);
    orderModule(core, domain);
    const fault = `"OrderPlaced", "Order", "PlaceOrder": two classes of the same kind, name and shape are registered, in ${JSON.stringify(__filename)}; ${LOADED_TWICE}`;
    expect(await faultsOf(domain)).toEqual([fault]);
    expect((await domain.check()).map(({ message }) => message)).toEqual([fault]);
  });

  it("is no fault where only one domain takes each of its classes", async () => {
    for (const _ of ["first", "second"]) {
      const domain = domainOf();
      orderModule(core, domain);
      await domain.init();
      await domain.close();
    }
  });

  it("is named where only one of the classes is registered", async () => {
    const domain = domainOf();
    const { OrderPlaced } = orderModule(core, domain);
    const { Order: Other, OrderPlaced: OtherPlaced, PlaceOrder: OtherCommand } = orderModule(core, new Domain("other"));
    await domain.init();
    expect(() => domain.repositoryFor(Other)).toThrow(
      `Order is not a registered aggregate of domain "shop", but another class of that name is: ${LOADED_TWICE}`,
    );
    await expect(domain.process(new OtherCommand({ total: 1 }))).rejects.toThrow(
      `Cannot process PlaceOrder: it is not a registered command, but another class of that name is: ${LOADED_TWICE}`,
    );
    expect(() => Other.createNew().raise(new OrderPlaced({ total: 1 }))).toThrow(
      `Order cannot raise OrderPlaced: it folds another class of that name: ${LOADED_TWICE}`,
    );
    await domain.close();

    const mixed = domainOf();
    orderModule(core, mixed);
    @mixed.aggregate({ eventSourced: true })
    class Cart extends core.Aggregate({}) {
      @core.apply(OtherPlaced)
      onPlaced(): void {}
    }
    class OrderPlaced2 extends core.DomainEvent({}) {}
    Object.defineProperty(OrderPlaced2, "name", { value: "OrderPlaced" });
    mixed.event({ partOf: Cart, name: "CartPlaced" })(OrderPlaced2);
    mixed.event({ partOf: Other })(class Lost extends core.DomainEvent({}) {});
    expect(await faultsOf(mixed)).toEqual([
      `Lost is part of Order, which is not a registered aggregate, but another class of that name is: ${LOADED_TWICE}`,
      `Cart.onPlaced applies OrderPlaced, which is not a registered event of Cart, but another class of that name is: ${LOADED_TWICE}`,
      "Cart has no @apply method for its event OrderPlaced",
    ]);
  });
});

describe("a second copy of this package", () => {
  let folder: string;

  beforeAll(() => {
    // Where it finds the same dependencies, and where git sees nothing of it.
    mkdirSync(join(SRC, "../dist"), { recursive: true });
    folder = mkdtempSync(join(SRC, "../dist/copy-"));
    cpSync(SRC, join(folder, "src"), { recursive: true });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  /** Loads the copy in a folder as modules of its own. */
  function copyIn(src: string): typeof core {
    let copy: typeof core | undefined;
    jest.isolateModules(() => {
      copy = require(join(src, "index")) as typeof core;
    });
    return copy as typeof core;
  }

  const INSTALL = "install one version only, and load it by one path (npm ls @tidemark/core)";

  it("is one fault, which names both folders", async () => {
    const domain = domainOf();
    orderModule(copyIn(join(folder, "src")), domain);
    const fault = `"OrderPlaced", "Order", "PlaceOrder" extend classes of another copy of @tidemark/core, in "${join(folder, "src")}", while this code is in "${SRC}": ${INSTALL}`;
    expect(await faultsOf(domain)).toEqual([fault]);
    expect((await domain.check()).map(({ message }) => message)).toEqual([fault]);
  });

  it("may be of the same folder", async () => {
    const domain = domainOf();
    orderModule(copyIn(dirname(require.resolve("../../src/index"))), domain);
    expect(await faultsOf(domain)).toEqual([
      `"OrderPlaced", "Order", "PlaceOrder" extend classes of another copy of @tidemark/core, loaded a second time from "${SRC}": ${INSTALL}`,
    ]);
  });

  it("is named where its classes meet those of the first one", () => {
    const other = copyIn(join(folder, "src"));
    class Money extends other.ValueObject({ amount: z.number() }) {}
    class Lost extends other.DomainEvent({}) {}
    const copies = `another copy of @tidemark/core, in "${join(folder, "src")}", while this code is in "${SRC}": ${INSTALL}`;
    expect(() => core.valueObject(Money as never)).toThrow(
      `valueObject() takes a class that extends ValueObject({…}), not the class Money, which is of ${copies}`,
    );
    class Order extends core.Aggregate({}) {}
    expect(() => Order.createNew().raise(new Lost())).toThrow(
      `Order cannot raise an instance of Lost: the event is of ${copies}`,
    );
  });
});

it("two events of one name and shape that are part of two aggregates are not called the same module", async () => {
  const domain = new Domain("fidelis", { root: tmpdir() });
  for (const partOf of ["Order", "Invoice"]) {
    domain.event({ partOf })(class Closed extends core.DomainEvent({}) {});
    domain.aggregate({ eventSourced: true, name: partOf })(class Declared extends core.Aggregate({}) {});
  }
  const faults = await faultsOf(domain);
  expect(faults).toContain("2 events are stored as Fidelis.Closed.v1; give one another name");
  expect(faults.join()).not.toContain("loaded twice");
});
