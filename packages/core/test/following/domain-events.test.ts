import { openTill } from "../commands/till";

describe("domain.events", () => {
  it("is the map of the registered events, before and after init()", async () => {
    const { domain } = await openTill();
    const names = [...domain.events.keys()];
    expect(names.length).toBeGreaterThan(0);
    expect(domain.events.size).toBe(names.length);
    expect([...domain.events]).toEqual(names.map((name) => [name, domain.events.get(name)]));
    expect([...domain.events.values()].map(({ name }) => name)).toEqual(names);
    expect(domain.events.has("nothing")).toBe(false);
    await domain.close();
  });

  it("reads nothing of a domain that is closed", async () => {
    const { domain } = await openTill();
    const feed = domain.events({ follow: true });
    await domain.close();
    expect(() => domain.events()).toThrow('Domain "shop" is closed: await domain.init() opens it again');
    await expect(feed.next()).resolves.toEqual({ done: true, value: undefined });
  });
});
