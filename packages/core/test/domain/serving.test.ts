import {
  Aggregate,
  apply,
  Command,
  type ConfigInput,
  Domain,
  DomainEvent,
  type EventContext,
  handle,
  identifier,
  MemoryEventStore,
} from "../../src/index";

type Handle = (id: string, context: EventContext) => Promise<void> | void;

/** A shop with two handlers of the same event: "Mail" in a lane of its own, and "Statistics". */
async function shop(config: ConfigInput = {}, mail: Handle = () => {}): Promise<Shop> {
  const handled: string[] = [];
  const logger = { warn: () => undefined };
  const domain = new Domain("shop", { eventStore: new MemoryEventStore(), logger, config });

  @domain.event({ partOf: "Order" })
  class Placed extends DomainEvent({ orderId: identifier() }) {}

  @domain.aggregate({ eventSourced: true })
  class Order extends Aggregate({}) {
    @apply(Placed)
    onPlaced(): void {}
  }

  @domain.command({ partOf: Order })
  class Place extends Command({ orderId: identifier() }) {}

  @domain.commandHandler({ partOf: Order })
  class _Handler {
    @handle(Place)
    async place({ orderId }: Place): Promise<void> {
      const order = Order.createNew({ id: orderId });
      order.raise(new Placed({ orderId }));
      await domain.repositoryFor(Order).add(order);
    }
  }

  domain.on(
    Placed,
    { name: "Mail", lane: "mail", startFrom: "beginning", onFailure: "halt", retry: { attempts: 0 } },
    async (event, context) => {
      await mail(event.orderId, context);
      handled.push(`Mail ${event.orderId}`);
    },
  );
  domain.on(Placed, { name: "Statistics", startFrom: "beginning" }, (event) => {
    handled.push(`Statistics ${event.orderId}`);
  });
  return {
    domain,
    handled,
    place: async (...ids) => {
      for (const orderId of ids) await domain.process(new Place({ orderId }));
    },
  };
}

interface Shop {
  readonly domain: Domain;
  readonly handled: readonly string[];
  readonly place: (...ids: readonly string[]) => Promise<void>;
}

const refuse = () => {
  throw new Error("550");
};

describe("init", () => {
  it("starts no server where it is told so, whatever the store and domain.toml say", async () => {
    const { domain, place } = await shop({ server: { embedded: true } });
    await domain.init({ embedded: false });
    await place("o-1");
    expect(await domain.subscriptions()).toMatchObject([
      { name: "Mail", state: "idle", position: 0, lag: 1 },
      { name: "Statistics", state: "idle", position: 0, lag: 1 },
    ]);
    await domain.close();
  });
});

describe("catchUp", () => {
  it("ends the other subscriptions when one has stopped, and rejects with the error of that one", async () => {
    const { domain, place, handled } = await shop({}, refuse);
    await domain.init({ embedded: false });
    await place("o-1", "o-2");
    await expect(domain.catchUp()).rejects.toMatchObject({ code: "SUBSCRIPTION_STOPPED", subscription: "Mail" });
    expect(handled).toEqual(["Statistics o-1", "Statistics o-2"]);
    await domain.close();
  });

  it("runs the lanes that it is given", async () => {
    const { domain, place, handled } = await shop();
    await domain.init({ embedded: false });
    await place("o-1");
    await domain.catchUp({ lanes: ["mail"] });
    expect(handled).toEqual(["Mail o-1"]);
    await expect(domain.catchUp({ lanes: ["male"] })).rejects.toThrow(
      'Cannot catch up with lane "male": no subscription is in it; did you mean "mail"?',
    );
    await domain.close();
  });

  it("ends early by its signal, after what is in hand", async () => {
    const { signal, abort } = abortable();
    const { domain, place, handled } = await shop({ subscriptions: { batch: 1 } }, (id) => {
      if (id === "o-2") abort("enough");
    });
    await domain.init({ embedded: false });
    await place("o-1", "o-2", "o-3");
    await expect(domain.catchUp({ lanes: ["mail"], signal })).rejects.toBe("enough");
    expect(handled).toEqual(["Mail o-1", "Mail o-2"]);
    await expect(domain.catchUp({ signal })).rejects.toBe("enough");
    await domain.close();
  });
});

describe("serve", () => {
  it("tells of a subscription that stops, and runs the others", async () => {
    const { domain, place } = await shop({}, refuse);
    await domain.init({ embedded: false });
    await place("o-1");
    let tell: (stopped: unknown) => void;
    const stopped = new Promise((resolve) => {
      tell = resolve;
    });
    const server = await domain.serve({
      onStopped: (name, { message }) => tell({ name, message, running: server.running }),
    });
    expect(await stopped).toEqual({
      name: "Mail",
      message: expect.stringMatching(
        /^Event handler Mail has stopped: Mail failed on event "Shop.Placed.v1" .* 550\. /,
      ),
      running: ["Statistics"],
    });
    await domain.close();
  });

  it("names what it runs, and what it has given up", async () => {
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const deaf = (): Promise<void> => {
      begin();
      return new Promise(() => {});
    };
    const { domain, place } = await shop({ server: { shutdown: "1s" } }, deaf);
    await domain.init({ embedded: false });
    await place("o-1");
    const server = await domain.serve();
    await begun;
    expect([server.running, server.givenUp]).toEqual([["Mail", "Statistics"], []]);
    await server.close();
    expect([server.running, server.givenUp]).toEqual([[], ["Mail"]]);
  });
});

function abortable(): { signal: AbortSignal; abort: (reason: string) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}
