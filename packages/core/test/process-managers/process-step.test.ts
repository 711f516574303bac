import { IncorrectUsageError } from "../../src/index";
import type { ProcessEvent } from "../../src/process-managers/process-event";
import { MAX_KEPT, type ProcessStep, ProcessSteps } from "../../src/process-managers/process-step";
import { StepFailure } from "../../src/process-managers/step-failure";
import type { StoredProcess } from "../../src/process-managers/stored-process";
import { orders } from "./orders";

/** Makes one step after the other. @returns the last one. */
function after(steps: ProcessSteps, ...events: readonly ProcessEvent[]): ProcessStep {
  let step: ProcessStep | undefined;
  for (const event of events) step = steps.step("o-1", step?.process, event);
  return step!;
}

/** What a step fails with, and where. */
function failureOf(steps: ProcessSteps, process: StoredProcess | undefined, event: ProcessEvent) {
  try {
    steps.step("o-1", process, event);
  } catch (error) {
    const { error: cause, place } = error as StepFailure;
    expect(error).toBeInstanceOf(StepFailure);
    return { message: (cause as Error).message, place, cause };
  }
  throw new Error("The step has not failed");
}

describe("a step of a process manager", () => {
  it("starts an instance with its id and the defaults of its fields, and stores it as its shape encodes it", () => {
    const { steps, placed } = orders();
    const event = placed("a", "b");
    expect(steps.step("o-1", undefined, event)).toEqual({
      outcome: "handled",
      place: "Shipping.placed",
      starts: true,
      ends: false,
      commands: [],
      timers: [],
      process: {
        process: "Shipping",
        version: 1,
        status: "running",
        state: { orderId: "o-1", lines: ["a", "b", "from the method"], changes: 0, at: null },
        steps: 1,
        commands: 0,
        startedAt: event.time,
        changedAt: event.time,
      },
    });
  });

  it("gives a field that is new since the state was stored its default", () => {
    const { steps, placed, changed } = orders();
    const { process } = after(steps, placed("a"));
    const { changes: _new, at: _newToo, ...older } = process!.state as Record<string, unknown>;
    const next = steps.step(
      "o-1",
      { ...process!, state: older },
      changed(() => undefined),
    );
    expect(next.process?.state).toEqual({ ...process!.state, changes: 1 });
  });

  it("changes neither the event nor the instance that it was given, and is the same when it is made again", () => {
    const { steps, placed, changed, Ship } = orders();
    const event = placed("a");
    const before = JSON.stringify(event);
    const { process } = steps.step("o-1", undefined, event);
    expect(JSON.stringify(event)).toBe(before);
    const change = changed((shipping) => {
      shipping.lines.push("c");
      shipping.at = new Date(5);
      shipping.ship(new Ship({ orderId: "o-1" }));
      shipping.set("expiry", { after: "10m" });
    });
    const stored = JSON.stringify(process);
    const first = steps.step("o-1", process, change);
    expect(JSON.stringify(process)).toBe(stored);
    expect(steps.step("o-1", process, change)).toEqual(first);
    expect(first.process?.state).toEqual({
      orderId: "o-1",
      lines: ["a", "from the method", "c"],
      changes: 1,
      at: "1970-01-01T00:00:00.005Z",
    });
  });

  it("is refused a command for a lane that no server runs", () => {
    const { model, domainModel, placed, changed, Ship } = orders();
    const steps = new ProcessSteps(model, domainModel.commands, () => ["default", "slow"]);
    const started = after(steps, placed());
    const shipIn = (lane: string) => changed((shipping) => shipping.ship(new Ship({ orderId: "o-1" }), { lane }));
    expect(steps.step("o-1", started.process, shipIn("slow")).commands).toMatchObject([{ lane: "slow" }]);
    expect(failureOf(steps, started.process, shipIn("slaw"))).toMatchObject({
      message: 'Cannot issue Shop.Ship.v1 in Shipping.changed: no lane is called "slaw"; did you mean "slow"?',
    });
  });

  it("numbers the commands of an instance, and gives each an id of its own", () => {
    const { steps, placed, changed, Ship } = orders({ lane: "bulk" });
    const twice = changed((shipping) => {
      shipping.ship(new Ship({ orderId: "o-1" }));
      shipping.ship(new Ship({ orderId: "o-1" }), {
        priority: 7,
        lane: "urgent",
        deadline: { at: new Date(9) },
      });
    });
    const first = after(steps, placed(), twice);
    const second = steps.step(
      "o-1",
      first.process,
      changed((shipping) => shipping.ship(new Ship({ orderId: "o-1" }))),
    );
    const issued = [...first.commands, ...second.commands];
    expect(issued.map(({ number, priority, lane, expires }) => ({ number, priority, lane, expires }))).toEqual([
      { number: 0, priority: 0, lane: "bulk", expires: undefined },
      { number: 1, priority: 7, lane: "urgent", expires: { at: 9 } },
      { number: 2, priority: 0, lane: "bulk", expires: undefined },
    ]);
    expect(new Set(issued.map(({ id }) => id)).size).toBe(3);
    expect(issued[0]!.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(second.process).toMatchObject({ steps: 3, commands: 3 });
  });

  it("counts what a method says last of a timer", () => {
    const { steps, placed, changed } = orders();
    const step = after(
      steps,
      placed(),
      changed((shipping) => {
        shipping.cancel("expiry");
        shipping.set("expiry", { after: "1s" });
        shipping.set("expiry", { after: "2d" });
        shipping.set("reminder", { at: new Date(77) });
        shipping.cancel("reminder");
      }),
    );
    expect(step.timers).toEqual([
      { kind: "set", name: "expiry", timerId: expect.any(String), due: { afterMs: 2 * 86_400_000 } },
    ]);
    expect(step.process?.timers).toEqual({ expiry: (step.timers[0] as { timerId: string }).timerId });
  });

  it("cancels all timers and drops the state at the end, by whatever it comes", () => {
    const { steps, placed, changed, closed } = orders();
    const set = changed((shipping) => {
      shipping.set("expiry", { after: "1h" });
      shipping.set("reminder", { after: "1h" });
    });
    const completed = changed((shipping) => {
      shipping.finish();
      shipping.set("reminder", { after: "2h" });
    });
    for (const end of [closed(), completed]) {
      const step = after(steps, placed(), set, end);
      expect(step.ends).toBe(true);
      expect(step.timers).toEqual([
        { kind: "cancelled", name: "expiry" },
        { kind: "cancelled", name: "reminder" },
      ]);
      expect(step.process).toEqual({
        process: "Shipping",
        version: 1,
        status: "ended",
        steps: 3,
        commands: 0,
        startedAt: expect.any(Number),
        changedAt: end.time,
        endedAt: end.time,
      });
    }
  });

  it("takes a timer that the instance waits for, and passes over others", () => {
    const { steps, placed, changed, own } = orders();
    const { process } = after(
      steps,
      placed(),
      changed((shipping) => shipping.set("expiry", { after: "1h" })),
    );
    const timerId = process!.timers!.expiry!;
    const fired = own("timerFired", { name: "expiry", timerId, dueAt: 5 });
    const step = steps.step("o-1", process, fired);
    expect(step).toMatchObject({ outcome: "handled", place: "Shipping.expired", process: { steps: 3 } });
    expect(step.process?.timers).toBeUndefined();
    const others = [
      own("timerFired", { name: "expiry", timerId: "another", dueAt: 5 }),
      own("timerFired", { name: "reminder", timerId, dueAt: 5 }),
      own("timerFired", { name: "constructor", timerId, dueAt: 5 }),
    ];
    for (const other of others) expect(steps.step("o-1", process, other)).toMatchObject({ outcome: "passed", process });
    expect(steps.step("o-1", step.process, fired).outcome).toBe("passed");
    expect(steps.step("o-1", undefined, fired)).toMatchObject({ outcome: "passed", process: undefined });
  });

  it("takes the refusal of a command with the command as it was, and warns of one behind the end", () => {
    const { steps, placed, closed, own } = orders();
    const reason = { name: "OutOfStock", code: "OUT_OF_STOCK", message: "nothing is left", details: { left: 0 } };
    const refused = own("commandRejected", {
      commandId: "c-1",
      commandType: "Shop.Ship.v1",
      command: { orderId: "o-1", weight: "41" },
      reason,
    });
    const { process } = after(steps, placed());
    expect(steps.step("o-1", process, refused).process?.state).toMatchObject({ reason: "42 OUT_OF_STOCK" });
    const ended = after(steps, placed(), closed());
    expect(steps.step("o-1", ended.process, refused)).toMatchObject({
      outcome: "passed",
      warning: 'Shop.Ship.v1 (c-1), which Shipping "o-1" had issued, was refused after its end: nothing is left',
    });
  });

  it("passes over the refusal of a command of a former life of the instance", () => {
    const { steps, placed, changed, closed, own, Ship } = orders({ ended: "restart" });
    const ship = changed((shipping) => shipping.ship(new Ship({ orderId: "o-1" })));
    const { process } = after(steps, placed(), ship, closed(), placed("anew"), ship);
    expect(process).toMatchObject({ status: "running", commands: 2, firstCommand: 1 });
    const refused = (number: number) =>
      own("commandRejected", {
        ...{ commandId: `c-${number}`, number, commandType: "Shop.Ship.v1", command: { orderId: "o-1", weight: "1" } },
        reason: { name: "DomainError", code: "NO", message: "no", details: {} },
      });
    expect(steps.step("o-1", process, refused(0))).toMatchObject({ outcome: "passed", warning: expect.any(String) });
    expect(steps.step("o-1", process, refused(1))).toMatchObject({ outcome: "handled", place: "Shipping.refused" });
  });

  it("keeps events until the start, up to a limit, without reading them", () => {
    const { steps, changed } = orders({ missing: "keep" });
    const [first, second] = [changed("nothing"), changed("nothing")];
    const { process, outcome } = after(steps, first, second);
    expect([outcome, process?.status, process?.kept, process?.steps]).toEqual([
      "kept",
      "awaiting",
      [first.globalPosition, second.globalPosition],
      0,
    ]);
    const full: StoredProcess = { ...process!, kept: Array.from({ length: MAX_KEPT }, (_, index) => index) };
    expect(failureOf(steps, full, changed("nothing")).message).toMatch(
      /^Cannot keep Shop\.Changed\.v1 for Shipping "o-1": it keeps 1000 events already, and has not started$/,
    );
  });

  it("fails where its method throws or returns a promise, with the place", () => {
    const { steps, placed, changed } = orders();
    const { process } = after(steps, placed());
    const boom = new RangeError("boom");
    const thrown = failureOf(
      steps,
      process,
      changed(() => {
        throw boom;
      }),
    );
    expect(thrown).toMatchObject({ cause: boom, place: "Shipping.changed" });
    const promised = failureOf(
      steps,
      process,
      changed(async () => undefined),
    );
    expect(promised.message).toBe(
      "Shipping.changed returned a promise: a method of a process manager decides at once, and waits for nothing",
    );
  });

  it("fails where the state does not fit its fields, or has another id", () => {
    const { steps, placed, changed } = orders();
    const { process } = after(steps, placed());
    const messages = [
      changed((shipping) => void Object.assign(shipping, { changes: "many" })),
      changed((shipping) => void Object.assign(shipping, { extra: 1 })),
      changed((shipping) => void Object.assign(shipping, { orderId: "o-2" })),
    ].map((event) => failureOf(steps, process, event).message);
    for (const message of messages)
      expect(message).toMatch(/^Cannot store the state of Shipping "o-1" after Shipping\.changed: /);
    expect(messages[0]).toMatch(/changes: .*expected number/);
    expect(messages[1]).toMatch(/extra/);
    expect(messages[2]).toMatch(/orderId: the id of an instance never changes$/);
  });

  it("fails where a method issues what is no command, or sets what is no timer", () => {
    const { steps, placed, changed, Ship, Unknown } = orders();
    const { process } = after(steps, placed());
    const messages = [
      changed((shipping) => shipping.ship({})),
      changed((shipping) => shipping.ship(new Unknown({ orderId: "o-1" }))),
      changed((shipping) => shipping.ship(new Ship({ orderId: "o-1" }), { priority: 0.5 })),
      changed((shipping) => shipping.set("expirey", { after: "1h" })),
      changed((shipping) => shipping.set("expiry", { after: "soon" })),
      changed((shipping) => shipping.set("expiry", { at: new Date(Number.NaN) })),
      changed((shipping) => shipping.set("expiry", { after: "1h", at: new Date() })),
      changed((shipping) => shipping.set("expiry", undefined)),
      changed((shipping) => shipping.cancel("toString")),
    ].map((event) => {
      const { cause, message } = failureOf(steps, process, event);
      expect(cause).toBeInstanceOf(IncorrectUsageError);
      return message;
    });
    expect(messages.map((message) => message.slice(0, 60))).toMatchInlineSnapshot(`
[
  "Cannot issue a plain object in Shipping.changed: it takes a ",
  "Cannot issue Unknown in Shipping.changed: it is not a regist",
  "Cannot issue Shop.Ship.v1 in Shipping.changed: its priority ",
  "Cannot set timer "expirey" in Shipping.changed: Shipping has",
  "Cannot take the time of timer "expiry": "after" must be a du",
  "Cannot take the time of timer "expiry": "at" must be a valid",
  "Cannot take the time of timer "expiry": it takes { after: "1",
  "Cannot take the time of timer "expiry": it takes { after: "1",
  "Cannot cancel timer "toString" in Shipping.changed: Shipping",
]
`);
  });

  it("cannot act outside of its methods", () => {
    const { Shipping, Ship } = orders();
    const shipping = new Shipping();
    expect(() => shipping.ship(new Ship({ orderId: "o-1" }))).toThrow(/Shipping cannot issue\(\) here/);
  });
});
