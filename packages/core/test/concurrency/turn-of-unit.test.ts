import { StreamTurns } from "../../src/concurrency/stream-turns";
import { TurnOfUnit } from "../../src/concurrency/turn-of-unit";
import { UnitOfWork } from "../../src/unit-of-work/unit-of-work";

describe("a unit of work", () => {
  it("takes one turn only, so that no two wait for each other, and passes it on when it ends", async () => {
    const turns = new StreamTurns();
    const unit = new UnitOfWork({} as never);
    const first = await turns.take("account-1");
    const waiting = unit.participant(TurnOfUnit).lineUp("account-1", turns, undefined);
    await turns.take("account-2");
    expect(unit.participant(TurnOfUnit).lineUp("account-2", turns, undefined)).toBeUndefined();
    first.pass();
    await waiting;
    expect(turns.isContested("account-1")).toBe(true);
    unit.end();
    expect(turns.isContested("account-1")).toBe(false);
  });

  it("takes no turn where whoever runs the unit has one", async () => {
    const turns = new StreamTurns();
    await turns.take("account-1");
    const unit = new UnitOfWork({} as never);
    unit.participant(TurnOfUnit).isHeldByRunner({ stream: "account-1" });
    expect(unit.participant(TurnOfUnit).lineUp("account-1", turns, undefined)).toBeUndefined();
    unit.end();
    expect(turns.isContested("account-1")).toBe(true);
  });

  it("passes on at once a turn that comes after its end", async () => {
    const turns = new StreamTurns();
    const unit = new UnitOfWork({} as never);
    const first = await turns.take("account-1");
    const waiting = unit.participant(TurnOfUnit).lineUp("account-1", turns, undefined);
    unit.end();
    first.pass();
    await waiting;
    expect(turns.isContested("account-1")).toBe(false);
  });

  it("that begins before any race waits for nobody ahead of it, and passes its turn on when it ends", async () => {
    const turns = new StreamTurns();
    const [one, other] = [new UnitOfWork({} as never), new UnitOfWork({} as never)];
    const early = { turns, signal: undefined, onlyRead: () => undefined };
    expect(one.participant(TurnOfUnit).begin("account-1", early)).toBeUndefined();
    const waiting = other.participant(TurnOfUnit).begin("account-1", early);
    expect(other.participant(TurnOfUnit).begin("account-2", early)).toBeUndefined();
    expect([turns.isWaitedFor("account-1"), turns.isWaitedFor("account-2")]).toEqual([true, false]);
    one.end();
    await waiting;
    other.end();
    expect(turns.areIdle).toBe(true);
  });

  const stored = (stream: string) => ({ stream, version: 1, globalPosition: 1 });
  const committing = (turn: TurnOfUnit, ...streams: readonly string[]) => {
    turn.check();
    turn.committed(streams.map(stored));
  };
  const failing = (turn: TurnOfUnit) => {
    turn.check();
    turn.failed();
  };
  it.each<[string, (turn: TurnOfUnit) => void, number]>([
    ["commits nothing", (turn) => turn.check(), 1],
    ["appends to another stream", (turn) => committing(turn, "account-2"), 1],
    ["appends to its stream", (turn) => committing(turn, "account-2", "account-1"), 0],
    ["changes a row", (turn) => committing(turn), 0],
    ["fails in its commit", failing, 0],
    ["fails before its commit", () => undefined, 0],
  ])("that %s tells whether it need not have taken its turn", (_, happens, times) => {
    const onlyRead = jest.fn();
    const turn = new TurnOfUnit();
    turn.begin("account-1", { turns: new StreamTurns(), signal: undefined, onlyRead });
    happens(turn);
    turn.ended();
    expect(onlyRead).toHaveBeenCalledTimes(times);
  });
});
