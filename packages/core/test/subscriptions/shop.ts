import {
  Aggregate,
  apply,
  Command,
  type ConfigInput,
  Domain,
  DomainEvent,
  handle,
  identifier,
  MemoryEventStore,
  on,
  Projection,
} from "../../src/index";

interface ShopParts {
  readonly config?: ConfigInput;
  readonly store?: MemoryEventStore;
  /** What the handler "Mail" does with an order. */
  readonly mail?: (orderId: string) => Promise<void> | void;
  readonly warned?: (message: string, details?: object) => void;
}

export interface Shop {
  readonly domain: Domain;
  readonly store: MemoryEventStore;
  /** The orders that the handler "Mail" was given. */
  readonly mailed: readonly string[];
  place(...orderIds: readonly string[]): Promise<void>;
  /** Places an order, and waits until the projection has it. */
  placeAndSee(orderId: string): Promise<void>;
  /** Appends an event that no subscription takes. */
  note(orderId: string): Promise<void>;
}

/** A shop with the handler "Mail", in a lane of its own, and the projection `Orders`, both of orders that are placed. */
export async function openShop({
  config = {},
  store = new MemoryEventStore(),
  mail = () => {},
  warned = () => {},
}: ShopParts = {}): Promise<Shop> {
  const logger = { warn: warned };
  const domain = new Domain("shop", { eventStore: store, logger, config: { server: { embedded: false }, ...config } });
  const mailed: string[] = [];

  @domain.event({ partOf: "Order" })
  class Placed extends DomainEvent({ orderId: identifier() }) {}

  @domain.event({ partOf: "Order" })
  class Noted extends DomainEvent({ orderId: identifier() }) {}

  @domain.aggregate({ eventSourced: true })
  class Order extends Aggregate({}) {
    @apply(Placed)
    onPlaced(): void {}

    @apply(Noted)
    onNoted(): void {}
  }

  @domain.command({ partOf: Order })
  class Place extends Command({ orderId: identifier() }) {}

  @domain.command({ partOf: Order })
  class Note extends Command({ orderId: identifier() }) {}

  @domain.commandHandler({ partOf: Order })
  class _Handler {
    @handle(Place)
    async place({ orderId }: Place): Promise<void> {
      const order = Order.createNew({ id: orderId });
      order.raise(new Placed({ orderId }));
      await domain.repositoryFor(Order).add(order);
    }

    @handle(Note)
    async note({ orderId }: Note): Promise<void> {
      const order = await domain.repositoryFor(Order).get(orderId);
      order.raise(new Noted({ orderId }));
      await domain.repositoryFor(Order).add(order);
    }
  }

  @domain.projection({})
  class Orders extends Projection({ orderId: identifier() }) {
    @on(Placed, { creates: true })
    placed(): void {}
  }

  domain.on(
    Placed,
    { name: "Mail", lane: "mail", startFrom: "beginning", retry: { attempts: 0 } },
    async ({ orderId }) => {
      await mail(orderId);
      mailed.push(orderId);
    },
  );
  await domain.init();
  return {
    domain,
    store,
    mailed,
    place: async (...orderIds) => {
      for (const orderId of orderIds) await domain.process(new Place({ orderId }));
    },
    placeAndSee: async (orderId) => {
      await domain.process(new Place({ orderId }), { waitFor: [Orders], waitTimeoutMs: 60_000 });
    },
    note: async (orderId) => {
      await domain.process(new Note({ orderId }));
    },
  };
}
