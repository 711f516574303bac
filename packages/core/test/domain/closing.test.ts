import { Aggregate, Domain, MemoryEventStore, useCase } from "../../src/index";
import { openTill } from "../commands/till";

const CLOSING = 'Domain "shop" is closing: it ends what is under way and takes no new work';
const CLOSED = 'Domain "shop" is closed: await domain.init() opens it again';

type Till = Awaited<ReturnType<typeof openTill>>;

/**
 * Closes a domain while the handler of a command waits.
 * @param then what the handler does afterwards, before it adds the till.
 */
async function closeAmidCommand(then: (till: Till) => unknown = () => undefined) {
  const calls: string[] = [];
  const eventStore = new MemoryEventStore();
  const close = eventStore.close.bind(eventStore);
  eventStore.close = () => {
    calls.push("store closed");
    return close();
  };
  const till = await openTill({ eventStore });
  let goOn: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const entered = new Promise<void>((resolve) => {
    till.hooks.before = async () => {
      till.hooks.before = () => undefined;
      resolve();
      await waiting;
      await then(till);
    };
  });
  const command = till.domain.process(new till.Pay({ tillId: "1", amount: 5 })).finally(() => calls.push("command"));
  await entered;
  return { ...till, calls, command, closing: till.domain.close(), goOn };
}

describe("close()", () => {
  it("lets a command under way end, and closes the store then", async () => {
    const { domain, Till, command, closing, goOn, calls } = await closeAmidCommand();
    goOn();
    expect(await command).toBe(5);
    await closing;
    expect(calls).toEqual(["command", "store closed"]);
    await domain.init();
    expect((await domain.repositoryFor(Till).get("1")).sum).toBe(5);
    await domain.close();
  });

  it("lets the command use repositories, further commands and units of work", async () => {
    const { domain, Till, command, closing, goOn } = await closeAmidCommand(async ({ domain, Till, Pay }) => {
      await domain.process(new Pay({ tillId: "2", amount: 7 }));
      await domain.unitOfWork(() => domain.repositoryFor(Till).update("2", (till) => till.pay(1)));
    });
    goOn();
    await command;
    await closing;
    await domain.init();
    expect((await domain.repositoryFor(Till).get("2")).sum).toBe(8);
    await domain.close();
  });

  it("lets a command under way fail, and closes the store all the same", async () => {
    const { domain, command, closing, goOn, calls } = await closeAmidCommand(() => {
      throw new Error("no change");
    });
    goOn();
    await expect(command).rejects.toThrow("no change");
    await closing;
    expect(calls).toEqual(["command", "store closed"]);
    expect(() => domain.eventStore).toThrow(CLOSED);
  });

  it("lets a command under way try again after a conflict", async () => {
    const { domain, runs, Till, command, closing, goOn } = await closeAmidCommand(async ({ domain }) => {
      const message = { id: "other", type: "Shop.Paid.v1", data: { amount: 2 } };
      await domain.eventStore.append([{ stream: "shop::till-1", expectedVersion: -1, events: [message] }]);
    });
    goOn();
    expect(await command).toBe(7);
    expect(runs.at(-1)?.attempt).toBe(2);
    await closing;
    await domain.init();
    expect((await domain.repositoryFor(Till).get("1")).version).toBe(1);
    await domain.close();
  });

  it("refuses new work from its start, and says so", async () => {
    const { domain, tills, Pay, Till, closing, goOn, command } = await closeAmidCommand();
    const refused = expect.objectContaining({
      code: "INCORRECT_USAGE",
      message: CLOSING,
      details: { domain: "shop" },
    });
    await expect(domain.process(new Pay({ tillId: "2", amount: 5 }))).rejects.toThrow(refused);
    await expect(domain.unitOfWork(() => undefined)).rejects.toThrow(refused);
    await expect(tills.add(Till.createNew())).rejects.toThrow(refused);
    await expect(tills.update("1", () => undefined)).rejects.toThrow(refused);
    await expect(domain.createSnapshots(Till)).rejects.toThrow(refused);
    goOn();
    await command;
    await closing;
    await expect(domain.process(new Pay({ tillId: "2", amount: 5 }))).rejects.toThrow(CLOSED);
    await expect(tills.add(Till.createNew())).rejects.toThrow(CLOSING);
    expect(() => domain.repositoryFor(Till)).toThrow(CLOSED);
  });

  it("waits for a use case of a service, and refuses the next", async () => {
    const domain = new Domain("shop", { root: "/", eventStore: new MemoryEventStore() });
    let goOn: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    @domain.aggregate({ eventSourced: true })
    class Till extends Aggregate({}) {}
    @domain.applicationService({ partOf: Till })
    class Counting {
      @useCase
      async count(): Promise<number> {
        await waiting;
        return await domain.repositoryFor(Till).count();
      }
    }
    await domain.init();
    const service = await domain.serviceFor(Counting);
    const counting = service.count();
    const closing = domain.close();
    await expect(service.count()).rejects.toThrow(CLOSING);
    goOn();
    expect(await counting).toBe(0);
    await closing;
  });

  it("called twice closes once, and init() meanwhile opens the domain again afterwards", async () => {
    const { domain, closing, goOn, command, calls, Pay } = await closeAmidCommand();
    const [again, reopened] = [domain.close(), domain.init()];
    goOn();
    await Promise.all([command, closing, again, reopened]);
    expect(calls).toEqual(["command", "store closed"]);
    expect(await domain.process(new Pay({ tillId: "1", amount: 5 }))).toBe(10);
    await domain.close();
    await domain.close();
    expect(calls).toEqual(["command", "store closed", "store closed"]);
  });

  it("is refused in a unit of work of the domain, which it would wait for", async () => {
    const { domain, hooks, Pay, tills } = await openTill();
    hooks.before = () => domain.close();
    await expect(domain.process(new Pay({ tillId: "1", amount: 5 }))).rejects.toThrow(
      'Cannot close domain "shop" in one of its units of work: it would wait for that unit to end',
    );
    expect(await tills.count()).toBe(0);
    await domain.close();
  });
});
