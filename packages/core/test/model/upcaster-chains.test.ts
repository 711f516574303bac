import {
  Aggregate,
  aggregate,
  apply,
  Domain,
  DomainEvent,
  type EventOptions,
  event,
  MemoryEventStore,
  upcaster,
} from "../../src/index";

/** Returns the faults of an event of version `declared` with upcasters between these versions. */
async function faults(declared: number, ...steps: readonly (readonly [from: number, to: number])[]): Promise<string[]> {
  const domain = new Domain("fidelis", { root: "/", config: {} });
  domain.register(...account({ partOf: "Account", version: declared }));
  for (const [from, to] of steps) {
    class Upcast {
      upcast(data: Record<string, unknown>) {
        return data;
      }
    }
    Object.defineProperty(Upcast, "name", { value: `From${from}To${to}` });
    domain.upcaster({ event: "Opened", from, to })(Upcast);
  }
  return await initFaults(domain);
}

async function initFaults(domain: Domain): Promise<string[]> {
  try {
    await domain.init();
    await domain.close();
    return [];
  } catch (error) {
    return [...(error as { faults: readonly string[] }).faults];
  }
}

function account(options: EventOptions) {
  @event(options)
  class Opened extends DomainEvent({}) {}

  @aggregate({ eventSourced: true })
  class Account extends Aggregate({}) {
    @apply(Opened)
    onOpened(): void {}
  }
  return [Opened, Account] as const;
}

describe("upcasters", () => {
  it("lead from every earlier version to the declared one", async () => {
    expect(await faults(1)).toEqual([]);
    expect(await faults(3, [1, 2], [2, 3])).toEqual([]);
    expect(await faults(3, [2, 3], [1, 3])).toEqual([]);
  });

  it("must not leave a gap", async () => {
    expect(await faults(2)).toEqual(["Opened declares version 2, but no upcaster leads on from version 1"]);
    expect(await faults(3, [2, 3])).toEqual(["Opened declares version 3, but no upcaster leads on from version 1"]);
    expect(await faults(4, [1, 2], [3, 4])).toEqual([
      "Opened declares version 4, but no upcaster leads on from version 2",
    ]);
    expect(await faults(2_000_000_000)).toHaveLength(3);
  });

  it("must not start twice from one version", async () => {
    expect(await faults(3, [1, 2], [2, 3], [1, 3])).toEqual([
      "From1To3 and From1To2 both upcast Opened from version 1",
    ]);
  });

  it("must lead to a later version, and not beyond the declared one", async () => {
    expect(await faults(2, [2, 1], [1, 1], [1, 2], [2, 3])).toEqual([
      "From2To1 upcasts from version 2 to 1: an upcaster leads to a later version",
      "From1To1 upcasts from version 1 to 1: an upcaster leads to a later version",
      "From2To3 upcasts Opened to version 3, but Opened declares version 2",
    ]);
  });

  it("must name a registered event, and have an upcast() that waits for nothing", async () => {
    const domain = new Domain("fidelis", { root: "/", config: {} });
    domain.register(...account({ partOf: "Account", version: 2 }));
    const sound = { event: "Opened", from: 1, to: 2 };

    @domain.upcaster({ ...sound, event: "Openned" })
    class Misnamed {
      upcast(data: Record<string, unknown>) {
        return data;
      }
    }
    class Late {
      async upcast(data: Record<string, unknown>) {
        return data;
      }
    }
    class Needy extends Misnamed {
      constructor() {
        super();
        throw new Error("no clock");
      }
    }
    class Stranger extends DomainEvent({}) {}
    domain.upcaster({ ...sound, event: Stranger })(class Strange extends Misnamed {});
    domain.upcaster(sound)(Late as never);
    domain.upcaster(sound)(class Idle {} as never);
    domain.upcaster(sound)(Needy);
    domain.upcaster({ event: 5, from: 0, until: 3 } as never)(class Further extends Misnamed {});
    expect(await initFaults(domain)).toEqual([
      'Further has a bad option "event": must be an event class or its name',
      'Further has a bad option "from": must be a whole number of at least 1',
      'Further needs the option "to"',
      'Further has an unknown option "until"',
      'Misnamed upcasts "Openned", which is not a registered event; did you mean "Opened"?',
      "Strange upcasts Stranger, which is not a registered event",
      "Late has an async upcast(): a load cannot wait for an upcaster",
      "Idle has no method upcast(data)",
      "Needy cannot be constructed without arguments: no clock",
      "Opened declares version 2, but no upcaster leads on from version 1",
    ]);
  });

  it("are collected by domain.register", async () => {
    const seen: unknown[] = [];
    const [Opened, Account] = account({ partOf: "Account", version: 2 });

    @upcaster({ event: Opened, from: 1, to: 2 })
    class WithoutOwner {
      upcast({ owner, ...data }: { readonly owner?: string }) {
        seen.push(owner);
        return data;
      }
    }

    const domain = new Domain("fidelis", { root: "/", eventStore: new MemoryEventStore() });
    domain.register(WithoutOwner, Opened, Account);
    await domain.init();
    const events = [{ type: "Fidelis.Opened.v1", data: { owner: "Alice" } }];
    await domain.eventStore.append([{ stream: "fidelis::account-1", events }]);
    expect((await domain.repositoryFor(Account).get("1")).version).toBe(0);
    expect(seen).toEqual(["Alice"]);
    await domain.close();
  });
});
