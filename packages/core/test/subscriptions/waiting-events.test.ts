import { WaitingEvents } from "../../src/subscriptions/operating/waiting-events";
import { KnownEvents } from "../../src/subscriptions/reading/known-events";
import { accountEvents, RecordingConsumer } from "./shop-engine";

async function parkedAccount() {
  const events = accountEvents();
  const { adapter, append, deposit, engineOf, model } = events;
  await append("Fidelis.AccountOpened.v1", { accountId: "a-1", holderName: "Alice" });
  for (const id of ["a-1", "a-2", "a-1", "a-1"]) await deposit(10, id);
  const consumer = new RecordingConsumer(model);
  const engine = engineOf([consumer]);
  const [key] = consumer.keysOf(new KnownEvents([model]).shared(await messageAt(adapter, 2)));
  const parked = {
    subscription: consumer.subscription,
    key: key!,
    position: 2,
    state: "parked",
    attempts: 1,
    data: "{}",
  } as const;
  await adapter.operations!.flush([{ kind: "putParked", parked, expected: null }]);
  return { ...events, consumer, key: key!, waiting: new WaitingEvents(engine, new KnownEvents([model])) };
}

async function messageAt(adapter: ReturnType<typeof accountEvents>["adapter"], position: number) {
  const { messages } = await adapter.log.readAll({ after: position - 1, limit: 1 });
  return messages[0]!;
}

describe("WaitingEvents", () => {
  it("counts the events of a key behind the one that failed, and no others", async () => {
    const { waiting, consumer, key } = await parkedAccount();
    expect(await waiting.count({ subscription: consumer.name, key })).toBe(2);
  });

  it("counts events of types that the code does not know: they wait too", async () => {
    const { waiting, consumer, key, append } = await parkedAccount();
    await append("Fidelis.AccountRenamed.v1", { accountId: "a-1" });
    expect(await waiting.count({ subscription: consumer.name, key })).toBe(3);
  });

  it("counts nothing for a key that is not set aside", async () => {
    const { waiting, consumer } = await parkedAccount();
    expect(await waiting.count({ subscription: consumer.name, key: "a-9" })).toBe(0);
  });

  it("refuses a name that no subscription has", async () => {
    const { waiting } = await parkedAccount();
    await expect(waiting.count({ subscription: "Nobody", key: "a-1" })).rejects.toThrow(
      'Cannot count what waits for "Nobody": there is no subscription of this name',
    );
  });
});
