import { MemoryEventStore, type Operation } from "../../src/adapter";
import { ExpectedVersionError, IncorrectUsageError } from "../../src/index";
import type { Participant } from "../../src/unit-of-work/participant";
import { UnitOfWork } from "../../src/unit-of-work/unit-of-work";
import { UnitsOfWork } from "../../src/unit-of-work/units-of-work";

const now = new Date("2026-02-20T12:00:00Z");
const clock = { now: () => now };

function request(id: string, expectedVersion = -1) {
  const message = { id: `event-${id}`, type: "Noted", time: now.getTime(), data: "{}", metadata: "{}" };
  return { stream: `note-${id}`, category: "note", expectedVersion, messages: [message] };
}

const timer = (name: string): Operation => ({
  kind: "setTimer",
  timer: { owner: "order-1", name, data: "{}" },
  due: { at: 5 },
});

function observed(name: string, calls: string[], hooks: Participant = {}): Participant {
  const noted = <A extends unknown[], R>(hook: string, body?: (...args: A) => R) => {
    return (...args: A) => {
      calls.push(`${name} ${hook}`);
      return body?.(...args) as R;
    };
  };
  return {
    check: noted("check", hooks.check),
    requests: noted("requests", hooks.requests ?? (() => [])),
    also: noted("also", hooks.also ?? (() => [])),
    confirm: noted("confirm", hooks.confirm),
    committed: noted("committed", hooks.committed),
    failed: noted("failed", hooks.failed),
    ended: noted("ended", hooks.ended),
  };
}

function opened() {
  const adapter = new MemoryEventStore();
  return { adapter, unit: new UnitOfWork({ adapter, clock }), calls: [] as string[] };
}

const stored = async (adapter: MemoryEventStore) =>
  adapter.log.readAll({ after: 0, limit: 10 }).messages.map(({ stream }) => stream);

/** What is already there when it is asked for throws at once. */
const committed = async (unit: UnitOfWork) => await unit.commit();

describe("the participants of a unit of work", () => {
  it("take part hook by hook, each in the order in which they were enlisted", async () => {
    const { unit, calls } = opened();
    unit.enlist(observed("a", calls, { requests: () => [request("a")] }));
    unit.enlist(observed("b", calls, { requests: () => [request("b")] }));
    await unit.commit();
    unit.end();
    const hooks = ["check", "requests", "also", "confirm", "committed", "ended"];
    const pairs = hooks.flatMap((hook) => [`a ${hook}`, `b ${hook}`]);
    // A participant gives its requests and its operations together.
    expect(calls).toEqual([...pairs.slice(0, 2), "a requests", "a also", "b requests", "b also", ...pairs.slice(6)]);
  });

  it("say what an error of the store means, the first one that can", async () => {
    const { adapter, unit, calls } = opened();
    await adapter.log.append([request("a")]);
    const other = { ...request("a"), messages: [{ ...request("a").messages[0]!, id: "other" }] };
    unit.enlist({ requests: () => [other], explain: () => undefined });
    unit.enlist({ explain: (error) => new Error(`lost: ${(error as ExpectedVersionError).actual}`) });
    unit.enlist({ explain: () => new Error("too late") });
    unit.enlist({ failed: (error) => void calls.push((error as Error).message) });
    await expect(committed(unit)).rejects.toThrow("lost: 0");
    expect(calls).toEqual(["lost: 0"]);
  });

  it("say what an error means that refused operations without events", async () => {
    const { adapter, unit } = opened();
    const state = { stream: "cart-1", category: "cart", version: 1, data: "{}" };
    unit.enlist({
      also: () => [{ kind: "putState", state, expectedVersion: 0 }],
      explain: (error) => new IncorrectUsageError(`because ${(error as Error).name}`),
    });
    await expect(committed(unit)).rejects.toThrow("because ExpectedVersionError");
    expect(await stored(adapter)).toEqual([]);
  });

  it("are given the time of the commit, and positions of everything that was appended", async () => {
    const { unit, calls } = opened();
    const seen: unknown[] = [];
    const hooks: Participant = {
      requests: (at) => {
        seen.push(at);
        return [request("a")];
      },
      committed: (appended) => void seen.push(appended),
    };
    unit.enlist(observed("a", calls, hooks));
    unit.enlist(observed("b", calls, { requests: () => [request("b")] }));
    const appended = [
      { stream: "note-a", version: 0, globalPosition: 1 },
      { stream: "note-b", version: 0, globalPosition: 2 },
    ];
    expect(await unit.commit()).toEqual(appended);
    expect(seen).toEqual([now.getTime(), appended]);
  });

  it("store events and operations together", async () => {
    const { adapter, unit, calls } = opened();
    unit.enlist(observed("a", calls, { requests: () => [request("a")], also: () => [timer("expiry")] }));
    await unit.commit();
    expect(await stored(adapter)).toEqual(["note-a"]);
    expect((await adapter.operations.timers.ofOwner("order-1")).map(({ name }) => name)).toEqual(["expiry"]);
  });

  it("store operations alone where nothing is appended", async () => {
    const { adapter, unit, calls } = opened();
    unit.enlist(observed("a", calls, { also: () => [timer("expiry")] }));
    expect(await unit.commit()).toEqual([]);
    expect((await adapter.operations.timers.ofOwner("order-1")).map(({ name }) => name)).toEqual(["expiry"]);
    expect(calls).toContain("a committed");
  });

  it("store nothing when one of them forbids the commit, before or after it knows the requests", async () => {
    for (const hook of ["check", "confirm"] as const) {
      const { adapter, unit, calls } = opened();
      const refusal = () => {
        throw new IncorrectUsageError(`not ${hook}ed`);
      };
      unit.enlist(observed("a", calls, { requests: () => [request("a")], also: () => [timer("expiry")] }));
      unit.enlist(observed("b", calls, { [hook]: refusal }));
      await expect(committed(unit)).rejects.toThrow(`not ${hook}ed`);
      expect(await stored(adapter)).toEqual([]);
      expect(await adapter.operations.timers.ofOwner("order-1")).toEqual([]);
      expect(calls.filter((call) => /committed|failed/.test(call))).toEqual([]);
    }
  });

  it("learn of a commit that failed, and of the end", async () => {
    const { adapter, unit, calls } = opened();
    await adapter.log.append([request("a")]);
    const errors: unknown[] = [];
    const hooks: Participant = { requests: () => [{ ...request("a"), messages: request("b").messages }] };
    unit.enlist(observed("a", calls, { ...hooks, failed: (error) => void errors.push(error) }));
    await expect(committed(unit)).rejects.toThrow(ExpectedVersionError);
    unit.end();
    expect(errors).toEqual([expect.any(ExpectedVersionError)]);
    expect(calls.slice(-2)).toEqual(["a failed", "a ended"]);
    expect(calls).not.toContain("a committed");
  });

  it("are asked for nothing after a failure inside the unit", async () => {
    const { unit, calls } = opened();
    unit.enlist(observed("a", calls, { requests: () => [request("a")] }));
    unit.fail(new Error("first"));
    unit.fail(new Error("second"));
    await expect(committed(unit)).rejects.toThrow("first");
    expect(calls).toEqual([]);
  });

  it("may surround the commit: the first one that can does", async () => {
    const { unit, calls } = opened();
    const surrounding = (name: string): Participant => ({
      requests: () => [request(name)],
      surround: async (commit) => {
        calls.push(`${name} before`);
        const result = await commit();
        calls.push(`${name} after`);
        return result;
      },
      committed: () => void calls.push(`${name} committed`),
    });
    unit.enlist(surrounding("a"));
    unit.enlist(surrounding("b"));
    await unit.commit();
    expect(calls).toEqual(["a before", "a after", "a committed", "b committed"]);
  });

  it("of a class are one a unit", () => {
    class Notes implements Participant {
      check(): void {}
    }
    const { unit } = opened();
    expect(unit.find(Notes)).toBeUndefined();
    const notes = unit.participant(Notes);
    expect(unit.participant(Notes)).toBe(notes);
    expect(unit.find(Notes)).toBe(notes);
    expect(opened().unit.participant(Notes)).not.toBe(notes);
  });
});

describe("units of work", () => {
  it("know the highest position that they appended", async () => {
    const adapter = new MemoryEventStore();
    const units = new UnitsOfWork({ adapter, clock, ids: { next: () => "id" } });
    const note = (id: string) => units.run(() => void units.current?.unit.enlist({ requests: () => [request(id)] }));
    expect(units.position).toBe(0);
    await note("a");
    await note("b");
    await adapter.log.append([request("elsewhere")]);
    expect(units.position).toBe(2);
    await expect(note("a")).resolves.toBeUndefined();
    expect(units.position).toBe(2);
  });
});
