import { openShop, type Shop } from "../subscriptions/shop";

const LOCAL = "127.0.0.1:0";

let shop: Shop;
afterEach(() => shop.domain.close());

interface Verdict {
  readonly status: number;
  readonly reasons?: readonly string[];
}

async function ask(address: string | undefined, path: string): Promise<Verdict> {
  const response = await fetch(`http://${address}${path}`);
  return { status: response.status, ...((await response.json()) as object) };
}

const metrics = async (address: string | undefined) => await (await fetch(`http://${address}/metrics`)).text();

describe("the health of a server", () => {
  it("is told while it serves, at the address that is configured", async () => {
    shop = await openShop({ config: { server: { embedded: false, health: LOCAL } } });
    const server = await shop.domain.serve();
    expect(server.health).toMatch(/^127\.0\.0\.1:\d+$/);
    expect((await ask(server.health, "/livez")).status).toBe(200);
    expect((await ask(server.health, "/readyz")).status).toBe(200);
    await server.close();
    await expect(ask(server.health, "/livez")).rejects.toThrow("fetch failed");
  });

  it("is told nowhere without an address, and where the options say so", async () => {
    shop = await openShop({ config: { server: { embedded: false, health: LOCAL } } });
    expect((await shop.domain.serve({ health: false })).health).toBeUndefined();
    await expect(shop.domain.serve({ health: "8080" })).rejects.toThrow(
      '"health" must be a host and a port, such as "127.0.0.1:8080", "[::1]:8080", "localhost:8080" or ":8080", or false; found "8080"',
    );
  });

  it("is told by an embedded server, and ends with the domain", async () => {
    shop = await openShop({ config: { server: { embedded: true, health: "127.0.0.1:28461" } } });
    expect((await ask("127.0.0.1:28461", "/readyz")).status).toBe(200);
    const other = await openShop().then(({ domain }) => domain);
    await expect(other.serve({ health: "127.0.0.1:28461" })).rejects.toMatchObject({ code: "ADDRESS_UNAVAILABLE" });
    await other.close();
    await shop.domain.close();
    await expect(ask("127.0.0.1:28461", "/readyz")).rejects.toThrow("fetch failed");
  });

  it("is told at one address by all servers of a process, until the last has ended", async () => {
    shop = await openShop({ config: { server: { embedded: false, health: LOCAL } } });
    const one = await shop.domain.serve({ lanes: ["mail"] });
    const two = await shop.domain.serve({ lanes: ["default"] });
    expect(two.health).toBe(one.health);
    await one.close();
    expect((await ask(two.health, "/readyz")).status).toBe(200);
    await two.close();
  });

  it("says that a server has not caught up while a handler is at work, and that it closes", async () => {
    let end = () => {};
    const held = new Promise<void>((resolve) => (end = resolve));
    shop = await openShop({ mail: () => held });
    await shop.place("o-1");
    const server = await shop.domain.serve({ health: LOCAL });
    expect((await ask(server.health, "/readyz")).status).toBe(200);
    expect(await ask(server.health, "/readyz?caught-up")).toMatchObject({
      status: 503,
      reasons: [expect.stringMatching(/^Mail has 1 event\(s\) to do, the first of them \d s old$/)],
    });
    const closing = server.close();
    expect(await ask(server.health, "/readyz")).toMatchObject({ status: 503, reasons: ["the server closes"] });
    expect((await ask(server.health, "/livez")).status).toBe(200);
    end();
    await closing;
  });

  it("counts what this process has done", async () => {
    shop = await openShop();
    await shop.place("o-1", "o-2");
    await using server = await shop.domain.serve({ health: LOCAL });
    await shop.domain.catchUp();
    const text = await metrics(server.health);
    expect(text).toMatch(/^tidemark_server_events_total\{subscription="Mail"\} 2$/m);
    expect(text).toMatch(/^tidemark_server_batch_duration_seconds_count\{subscription="Orders.v1"\} [1-9]\d*$/m);
    expect(text).toMatch(/^tidemark_subscription_free_buckets\{subscription="Mail",.*\} 0$/m);
    expect(text).toMatch(/^tidemark_server_buckets\{subscription="Mail"\} [1-9]\d*$/m);
    expect(text).toMatch(/^tidemark_server_lease_age_seconds [\d.]+$/m);
  });

  it("tells what is due in the queue of commands, and which timers are", async () => {
    shop = await openShop();
    const entry = { id: "c-1", lane: "later", type: "Shop.Note.v1", priority: 0, number: 0, data: "{}" };
    await shop.store.operations.flush([
      { kind: "enqueue", entry: { ...entry, line: undefined, due: { at: 0 } } },
      { kind: "setTimer", timer: { owner: "shop::delivery-1", name: "expiry", data: "{}" }, due: { afterMs: 60_000 } },
    ]);
    await using server = await shop.domain.serve({ health: LOCAL });
    const text = await metrics(server.health);
    expect(text).toMatch(/^tidemark_command_queue_entries\{lane="later",state="waiting"\} 1$/m);
    expect(text).toMatch(/^tidemark_command_queue_due_entries\{lane="later"\} 1$/m);
    expect(text).toMatch(/^tidemark_command_queue_due_seconds\{lane="later"\} \d{9}\d*(\.\d+)?$/m);
    expect(text).toMatch(/^tidemark_timers_due 0$/m);
  });
});
