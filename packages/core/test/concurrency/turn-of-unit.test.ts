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
});
