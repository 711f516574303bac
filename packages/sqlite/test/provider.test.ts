import { existsSync } from "node:fs";
import { join } from "node:path";

import { provider } from "../src";
import { temporaryFolder } from "./temporary-folder";

describe("provider", () => {
  it("fills in what durability asks for", () => {
    expect(provider.settings.parse({ path: "a.db" })).toEqual({
      path: "a.db",
      synchronous: "full",
      busy_timeout_ms: 5_000,
    });
  });

  it.each([
    {},
    { path: "" },
    { path: 5 },
    { path: "a.db", synchronous: "off" },
    { path: "a.db", busy_timeout_ms: 0 },
    { path: "a.db", busy_timeout_ms: 1.5 },
    { path: "a.db", pth: "b.db" },
  ])("refuses %j", (settings) => {
    expect(provider.settings.safeParse(settings).success).toBe(false);
  });

  it("takes a path from the root", async () => {
    const root = temporaryFolder();
    const store = provider.create(provider.settings.parse({ path: "data/bank.db" }), { root, domain: "bank" });
    await store.open();
    expect(existsSync(join(root, "data/bank.db"))).toBe(true);
    expect(store.abilities).toEqual({ durable: true, sharedByProcesses: true, detectsDamage: true });
    await store.close();
  });

  it("keeps :memory: in memory", async () => {
    const root = temporaryFolder();
    const store = provider.create(provider.settings.parse({ path: ":memory:" }), { root, domain: "bank" });
    await store.open();
    expect(existsSync(join(root, ":memory:"))).toBe(false);
    expect(store.abilities.durable).toBe(false);
    await store.close();
  });
});
