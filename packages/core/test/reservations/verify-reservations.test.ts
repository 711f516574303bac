import type { AppendRequest } from "../../src/adapter";
import type { EventStoreAdapter } from "../../src/index";
import { emptyStore, tenants } from "./tenants";

/** A store with tenants of a release without constraints. */
async function withTenants(...named: readonly (readonly [id: string, email: string | null, slug?: string])[]) {
  const store = emptyStore();
  const { domain, name } = tenants(store, []);
  await domain.init();
  for (const [id, email, slug] of named) await name(id, email, slug);
  await domain.close();
  return store;
}

async function running(store: EventStoreAdapter, ...unique: Parameters<typeof tenants>[1]) {
  const release = tenants(store, unique);
  await release.domain.init();
  return release;
}

/** What a process appends that reserves nothing. */
function renamed(id: string, email: string): AppendRequest {
  const data = JSON.stringify({ email, slug: null });
  const message = { id: `${id} ${email}`, type: "Shop.Named.v1", time: 0, data, metadata: "{}" };
  return { stream: `shop::tenant-${id}`, category: "shop::tenant", messages: [message] };
}

const SOUND = { faults: [], faulty: 0, repaired: 0, failed: [], failing: 0 };

describe("verifyReservations", () => {
  it("finds nothing amiss where aggregates were saved with the constraint", async () => {
    const { name, verify } = await running(emptyStore(), "email");
    await name("t-1", "ann@x");
    await name("t-2", null);
    await name("t-1", "ann@y");
    expect(await verify()).toEqual({ ...SOUND, checked: 2 });
  });

  it("lists what is missing where a constraint is new, and writes nothing", async () => {
    const store = await withTenants(["t-1", "ann@x", "a"], ["t-2", null, "b"]);
    const { verify, domain } = tenants(store, ["email", ["email", "slug"]]);
    expect(await verify()).toEqual({
      ...SOUND,
      checked: 2,
      faults: [
        { kind: "missing", fields: ["email"], id: "t-1" },
        { kind: "missing", fields: ["email", "slug"], id: "t-1" },
      ],
      faulty: 2,
    });
    expect(await store.operations!.readModels.has("shop_tenant_unique")).toBe(false);
    await expect(domain.init()).rejects.toThrow("Tenant is unique by email, and by email and slug, which");
  });

  it("reserves what is missing, after which the domain starts and keeps to the constraint", async () => {
    const store = await withTenants(["t-1", "ann@x"], ["t-2", "bob@x"]);
    const { verify, reserved } = tenants(store, ["email"]);
    expect(await verify({ repair: true })).toMatchObject({ checked: 2, faulty: 2, repaired: 2 });
    expect(await reserved()).toEqual({ 'email:["ann@x"]': "t-1", 'email:["bob@x"]': "t-2" });
    expect(await verify()).toEqual({ ...SOUND, checked: 2 });
    const { name } = await running(store, "email");
    await expect(name("t-3", "bob@x")).rejects.toMatchObject({ code: "UNIQUE_VIOLATION" });
  });

  it.each([false, true])(
    "names aggregates with the same values, which it leaves to the application; repair: %s",
    async (repair) => {
      const store = await withTenants(["t-1", "ann@x"], ["t-2", "ann@x"], ["t-3", "ann@x"]);
      const { verify, domain } = tenants(store, ["email"]);
      const { faults, repaired } = await verify({ repair });
      expect(faults).toEqual([
        { kind: "missing", fields: ["email"], id: "t-1" },
        { kind: "double", fields: ["email"], id: "t-2", other: "t-1" },
        { kind: "double", fields: ["email"], id: "t-3", other: "t-1" },
      ]);
      expect(repaired).toBe(repair ? 1 : 0);
      await expect(domain.init()).rejects.toThrow("which its stored aggregates were not checked for");
    },
  );

  it("starts the domain once the application has told doubles apart", async () => {
    const store = await withTenants(["t-1", "ann@x"], ["t-2", "ann@x"]);
    await tenants(store, ["email"]).verify({ repair: true });
    const former = await running(store);
    await former.name("t-1", "ann@y");
    await former.domain.close();
    const { verify, reserved } = tenants(store, ["email"]);
    expect(await verify({ repair: true })).toMatchObject({ faulty: 2, repaired: 2 });
    expect(await reserved()).toEqual({ 'email:["ann@x"]': "t-2", 'email:["ann@y"]': "t-1" });
    await running(store, "email");
  });

  it("finds and removes what is reserved for aggregates that do not have it", async () => {
    const store = emptyStore();
    const { name, verify, reserved } = await running(store, "email");
    for (const [id, email] of [
      ["t-1", "a@x"],
      ["t-2", "b@x"],
      ["t-3", "c@x"],
    ] as const)
      await name(id, email);
    await store.log.append([renamed("t-2", "c@y")]);
    const faults = [
      { kind: "missing", fields: ["email"], id: "t-2" },
      { kind: "superfluous", fields: ["email"], id: "t-2" },
    ];
    expect(await verify()).toMatchObject({ faults, faulty: 2, repaired: 0 });
    expect(await verify({ repair: true })).toMatchObject({ faults, faulty: 2, repaired: 2 });
    expect(await reserved()).toEqual({ 'email:["a@x"]': "t-1", 'email:["c@y"]': "t-2", 'email:["c@x"]': "t-3" });
    expect(await verify()).toEqual({ ...SOUND, checked: 3 });
  });

  it("takes a reservation from an aggregate that has another value", async () => {
    const store = emptyStore();
    const { name, verify, reserved } = await running(store, "email");
    await name("t-1", "a@x");
    await store.log.append([renamed("t-1", "b@x"), renamed("t-2", "a@x")]);
    expect(await verify({ repair: true })).toMatchObject({
      faults: [
        { kind: "missing", fields: ["email"], id: "t-1" },
        { kind: "missing", fields: ["email"], id: "t-2" },
      ],
      repaired: 2,
    });
    expect(await reserved()).toEqual({ 'email:["a@x"]': "t-2", 'email:["b@x"]': "t-1" });
  });

  it("removes what belongs to a constraint that is no longer declared", async () => {
    const store = emptyStore();
    const { name, domain } = await running(store, "email", "slug");
    await name("t-1", "a@x", "a");
    await domain.close();
    const { verify, reserved } = await running(store, "email");
    expect(await verify({ repair: true })).toMatchObject({
      faults: [{ kind: "superfluous", fields: ["slug"], id: "t-1" }],
      repaired: 1,
    });
    expect(await reserved()).toEqual({ 'email:["a@x"]': "t-1" });
  });

  it("checks only the aggregates that it is given, and does not let the domain start for them", async () => {
    const store = await withTenants(["t-1", "a@x"], ["t-2", "b@x"]);
    const { verify, reserved, domain } = tenants(store, ["email"]);
    expect(await verify({ ids: ["t-2"], repair: true })).toMatchObject({ checked: 1, repaired: 1 });
    expect(await reserved()).toEqual({ 'email:["b@x"]': "t-2" });
    await expect(domain.init()).rejects.toThrow("which its stored aggregates were not checked for");
  });

  it("lists aggregates that cannot be loaded, keeps what is reserved for them, and does not let the domain start", async () => {
    const store = await withTenants(["t-1", "a@x"], ["t-2", "b@x"]);
    const { verify, reserved, domain } = tenants(store, ["email"]);
    await verify({ ids: ["t-1", "t-2"], repair: true });
    await store.log.append([renamed("t-1", "broken")]);
    const { failed, failing, repaired, checked } = await verify({ repair: true });
    expect(failed).toEqual([{ id: "t-1", reason: expect.stringContaining("it is broken") }]);
    expect({ failing, repaired, checked }).toEqual({ failing: 1, repaired: 0, checked: 2 });
    expect(await reserved()).toEqual({ 'email:["a@x"]': "t-1", 'email:["b@x"]': "t-2" });
    await expect(domain.init()).rejects.toThrow("which its stored aggregates were not checked for");
  });

  it("does not take a save of another process meanwhile for a fault", async () => {
    const { name, verify, loader } = await running(emptyStore(), "email");
    await name("t-1", "a@x");
    let isFirst = true;
    const load: typeof loader.load = async (id, options) => {
      const loaded = await loader.load(id, options);
      if (isFirst) {
        isFirst = false;
        await name("t-1", "a@y");
      }
      return loaded;
    };
    expect(await verify({}, { load })).toEqual({ ...SOUND, checked: 1 });
  });

  it.each(["before", "after"])(
    "reserves what an aggregate has in the end that a former release saves %s its repair",
    async (moment) => {
      const store = await withTenants(["t-1", "a@x"]);
      const { verify, reserved, operations } = tenants(store, ["email"]);
      const overtake = () => store.log.append([renamed("t-1", "a@y")]);
      let isFirst = true;
      const flush: typeof operations.flush = async (all) => {
        const isOvertaken = isFirst;
        isFirst = false;
        if (isOvertaken && moment === "before") await overtake();
        await operations.flush(all);
        if (isOvertaken && moment === "after") await overtake();
      };
      expect(await verify({ repair: true }, { flush })).toMatchObject({ checked: 1, failing: 0 });
      expect(await reserved()).toEqual({ 'email:["a@y"]': "t-1" });
    },
  );

  it("ends by its signal", async () => {
    const store = await withTenants(["t-1", "a@x"]);
    const { verify } = tenants(store, ["email"]);
    const reason = new Error("enough");
    await expect(verify({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("tells how many aggregates were checked", async () => {
    const store = await withTenants(...Array.from({ length: 250 }, (_, index) => [`t-${index}`, null] as const));
    const told: number[] = [];
    await tenants(store, ["email"]).verify({ onProgress: (checked) => told.push(checked) });
    expect(told).toEqual([100, 200, 250]);
  });
});
