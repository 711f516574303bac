import { DomainEvent, identifier, ProcessManager, ValidationError } from "@tidemark/core";
import { fixedClock, given, rejected, timer } from "@tidemark/testing";

import { transfers } from "./fixtures/transfers";

const NOON = new Date("2026-02-20T12:00:00Z");
const minutesLater = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);
const MINUTE = 60_000;

const { domain, told, FundsTransfer, Withdraw, Deposit, Refund, ...events } = transfers({ clock: fixedClock(NOON) });
const { asked, withdrawn, dayEnded, completed } = events;

const withdraw = (reference: string, amount = 5) => new Withdraw({ reference, amount });
const deposit = (reference: string) => new Deposit({ reference });
const refund = (reference: string, reason = "late") => new Refund({ reference, reason });
const closed = new ValidationError({ status: ["Account is closed"] });

beforeEach(() => told.splice(0));

describe("given a process manager", () => {
  it("tells its state, its commands and its timers after the given events", async () => {
    const { state, completed: isOver, commands, timers } = await given(FundsTransfer, asked("t-1"));
    expect(state).toBeInstanceOf(FundsTransfer);
    expect(state).toEqual({ transferId: "t-1", amount: 5, step: "asked", notes: [] });
    expect(isOver).toBe(false);
    expect(commands).toEqual([withdraw("t-1")]);
    expect(timers).toEqual([
      { name: "reminder", dueAt: minutesLater(5), afterMs: 5 * MINUTE },
      { name: "expiry", dueAt: minutesLater(10), afterMs: 10 * MINUTE },
    ]);
  });

  it("can be looked at without waiting, because its steps wait for nothing", () => {
    const taking = given(FundsTransfer, asked("t-1")).when(withdrawn("t-1"));
    expect(taking.state?.step).toBe("taken");
    expect(taking.completed).toBe(false);
    expect(taking.commands).toEqual([deposit("t-1")]);
    expect(taking.allCommands).toEqual([withdraw("t-1"), deposit("t-1")]);
    expect(taking.timers.map(({ name }) => name)).toEqual(["expiry"]);
  });

  it("tells the commands of all given events, and of the last when alone", async () => {
    const past = given(FundsTransfer, asked("t-1"), withdrawn("t-1"));
    expect((await past).commands).toEqual([withdraw("t-1"), deposit("t-1")]);
    const ended = await past.when(completed("t-1"));
    expect(ended.commands).toEqual([]);
    expect(ended.allCommands).toEqual([withdraw("t-1"), deposit("t-1")]);
    const both = await past.when(dayEnded(["t-1"], "first"), dayEnded(["t-1"], "second"));
    expect(both.commands).toEqual([refund("t-1", "first"), refund("t-1", "second")]);
  });

  it("tells how its commands are to be carried out", async () => {
    const beginning = given(FundsTransfer, asked("t-1"));
    expect((await beginning).issued).toEqual([
      { command: withdraw("t-1"), priority: 5, lane: "money", expiresAt: minutesLater(60) },
    ]);
    expect((await beginning.when(dayEnded(["t-1"]))).issued).toEqual([
      { command: refund("t-1"), priority: 0, lane: "slow", expiresAt: undefined },
    ]);
  });

  it("goes on from one beginning several times", async () => {
    const beginning = given(FundsTransfer, asked("t-1"));
    const [over, taken] = await Promise.all([beginning.when(timer("expiry")), beginning.when(withdrawn("t-1"))]);
    expect([over.completed, taken.completed, (await beginning).completed]).toEqual([true, false, false]);
  });

  it("has no state and no timers after its end, and passes over what comes then", async () => {
    const end = given(FundsTransfer, asked("t-1")).when(completed("t-1"));
    expect(await end).toMatchObject({ state: undefined, completed: true, commands: [], timers: [] });
    const late = await end.when(withdrawn("t-1"), timer("expiry"), rejected(deposit("t-1"), closed));
    expect(late).toMatchObject({ state: undefined, completed: true, commands: [], timers: [] });
  });

  it("has no state before its start, and handles what it has kept right behind it", async () => {
    const early = given(FundsTransfer, withdrawn("t-1"), dayEnded(["t-1"]));
    expect(await early).toMatchObject({ state: undefined, completed: false, commands: [], timers: [] });
    const started = await early.when(asked("t-1"));
    expect(started.commands).toEqual([withdraw("t-1"), deposit("t-1"), refund("t-1")]);
    expect(started.state).toMatchObject({ step: "taken", notes: ["late"] });
    expect(started.timers.map(({ name }) => name)).toEqual(["expiry"]);
  });

  it("keeps dates and changes nothing that it has shown", async () => {
    const beginning = given(FundsTransfer, asked("t-1", 5, NOON), dayEnded(["t-1"], "first"));
    const { state } = await beginning;
    expect(state?.askedOn).toEqual(NOON);
    expect(Object.isFrozen(state)).toBe(true);
    const later = await beginning.when(dayEnded(["t-1"], "second"), withdrawn("t-1"));
    expect(later.commands.at(-1)).toEqual(new Deposit({ reference: "t-1", on: NOON }));
    expect([state?.notes, later.state?.notes]).toEqual([["first"], ["first", "second"]]);
  });
});

describe("a timer", () => {
  it("fires at its time: what is set then is due later", async () => {
    const reminded = await given(FundsTransfer, asked("t-1")).when(timer("reminder"));
    expect(reminded.state?.notes).toEqual(["reminded"]);
    expect(reminded.timers).toEqual([
      { name: "expiry", dueAt: minutesLater(10), afterMs: 10 * MINUTE },
      { name: "reminder", dueAt: minutesLater(10), afterMs: 5 * MINUTE },
    ]);
  });

  it("that is cancelled, or has fired, does nothing", async () => {
    const { state, timers } = await given(FundsTransfer, asked("t-1"), withdrawn("t-1")).when(timer("reminder"));
    expect(state?.notes).toEqual([]);
    expect(timers.map(({ name }) => name)).toEqual(["expiry"]);
    const twice = await given(FundsTransfer, asked("t-1"), withdrawn("t-1"))
      .when(timer("expiry"))
      .when(timer("expiry"));
    expect(twice.timers).toEqual([]);
    expect(twice.state?.step).toBe("taken");
  });

  it("without method, without instance and without name is refused", async () => {
    const beginning = given(FundsTransfer, asked("t-1"));
    await expect(beginning.when(timer("expirey"))).rejects.toThrow(
      'Cannot fire timer "expirey": FundsTransfer has no @timer("expirey") method; did you mean "expiry"?',
    );
    await expect(given(FundsTransfer).when(timer("expiry"))).rejects.toThrow(
      'Timer "expiry" fires in no instance of FundsTransfer: nothing given before is for one; give what starts it first',
    );
    expect(() => timer(5 as never)).toThrow("timer takes the name of a timer");
  });
});

describe("a refused command", () => {
  it("comes with the error as it is stored", async () => {
    const { state, commands } = await given(FundsTransfer, asked("t-1"), withdrawn("t-1")).when(
      rejected(deposit("t-1"), closed),
    );
    expect(state?.step).toBe("back");
    expect(commands).toEqual([refund("t-1", "status: Account is closed")]);
    expect(told.at(-1)).toEqual([true, "ValidationError", "VALIDATION_FAILED", closed.details]);
  });

  it("for which there is no method is thrown, as a server would park the instance", async () => {
    await expect(given(FundsTransfer, asked("t-1")).when(rejected(withdraw("t-1"), closed))).rejects.toThrow(
      'Transfers.Withdraw.v1, which FundsTransfer "t-1" had issued, was refused: status: Account is closed; write a @rejected(Withdraw) method',
    );
  });

  it("is a registered command and an error of the domain", async () => {
    const beginning = given(FundsTransfer, asked("t-1"));
    await expect(beginning.when(rejected(asked("t-1") as never, closed))).rejects.toThrow(
      "Cannot have an instance of TransferAsked rejected: it is no registered command",
    );
    expect(() => rejected(deposit("t-1"), new Error("no") as never)).toThrow(
      "rejected(Deposit, …) takes an error of the domain second, such as a ValidationError",
    );
    expect(() => rejected(undefined as never, closed)).toThrow("rejected takes a command");
  });
});

describe("a failing step", () => {
  it("is thrown when it is awaited and when it is looked at, as it was thrown", async () => {
    const failing = given(FundsTransfer, asked("t-1", -1)).when(withdrawn("t-1"));
    await expect(failing).rejects.toThrow(new RangeError("nothing to take"));
    expect(() => failing.commands).toThrow(new RangeError("nothing to take"));
  });
});

describe("several instances", () => {
  it("are told apart", async () => {
    const both = given(FundsTransfer, asked("t-1"), asked("t-2", 7)).when(dayEnded(["t-2", "t-1"]));
    const one = await both.instance("t-1");
    const other = await both.instance("t-2").when(timer("expiry"));
    expect([one.state?.amount, one.completed, one.commands]).toEqual([5, false, [refund("t-1")]]);
    expect([other.state, other.completed]).toEqual([undefined, true]);
    expect(other.allCommands).toEqual([withdraw("t-2", 7), refund("t-2")]);
  });

  it("have to be told apart", async () => {
    const both = given(FundsTransfer, asked("t-1"), asked("t-2"));
    const advice =
      'Cannot tell which FundsTransfer is meant: the given events are for "t-1", "t-2"; say which: given(FundsTransfer, …).instance("t-1")';
    await expect(both).rejects.toThrow(advice);
    await expect(both.when(timer("expiry"))).rejects.toThrow(advice);
  });
});

describe("given events", () => {
  it("happened to the aggregate that they name, or that was said, in an order", async () => {
    await given(FundsTransfer, asked("t-1"), withdrawn("t-2"), withdrawn("t-1")).instance("t-1");
    expect(told).toEqual([["acc-1", "transfers::account-acc-1", 1, 3, "given-2"]]);
    told.splice(0);
    await given(FundsTransfer, dayEnded(["t-1"]), asked("t-1"), withdrawn("t-1")).withId("acc-7");
    expect(told).toEqual([["acc-7", "transfers::account-acc-7", 1, 3, "given-2"]]);
  });

  it("may be for no instance, and of no interest", async () => {
    const other = new events.Other({ transferId: "t-1" });
    expect(await given(FundsTransfer, other)).toMatchObject({ state: undefined, completed: false });
    const unrelated = new events.Withdrawn({ accountId: "acc-1" });
    expect((await given(FundsTransfer, asked("t-1"), unrelated)).state?.step).toBe("asked");
  });

  it("are instances of registered classes", async () => {
    await expect(given(FundsTransfer, events.Other as never)).rejects.toThrow(
      "given(FundsTransfer, …) takes instances of events after the process manager",
    );
    class Unknown extends DomainEvent({ transferId: identifier() }) {}
    await expect(given(FundsTransfer, new Unknown({ transferId: "t-1" }))).rejects.toThrow(
      "Cannot tell FundsTransfer of an instance of Unknown: it is no registered event",
    );
  });
});

describe("the domain of a process manager", () => {
  it("may be said where several have registered it, and opens no store", async () => {
    const other = transfers({ config: { event_store: { provider: "no-such-provider" } } });
    const { state } = await given(other.domain, other.FundsTransfer, other.asked("t-1"));
    expect(state?.transferId).toBe("t-1");
    await expect(given(domain, other.FundsTransfer)).rejects.toThrow(
      'the class FundsTransfer is not a registered process manager of domain "transfers"',
    );
  });

  it("says everything that is wrong with it", async () => {
    const faulty = transfers();
    faulty.domain.processManager({})(class Idle extends ProcessManager({ id: identifier() }) {});
    await expect(given(faulty.FundsTransfer, faulty.asked("t-1"))).rejects.toMatchObject({
      faults: ["Idle has no @handle method"],
    });
  });
});
