import { z } from "zod";

import { type ProcessActions, ProcessManagerRoot, whileActing } from "../../src/elements/process-manager";
import { Command, identifier, ProcessManager } from "../../src/index";

class Note extends Command({ text: z.string() }) {}

class Greeting extends ProcessManager({ id: identifier(), count: z.number().default(0) }) {
  greet(): string {
    this.issue(new Note({ text: "hello" }), { priority: 5 });
    this.setTimer("expiry", { after: "10m" });
    this.cancelTimer("reminder");
    this.complete();
    return "greeted";
  }

  note(): void {
    this.issue(new Note({ text: "late" }));
  }

  wait(): void {
    this.setTimer("expiry", { after: "10m" });
  }

  forget(): void {
    this.cancelTimer("expiry");
  }

  end(): void {
    this.complete();
  }
}

function recorder(): { readonly calls: unknown[][]; readonly actions: ProcessActions } {
  const calls: unknown[][] = [];
  const record =
    (call: string) =>
    (...given: unknown[]) =>
      void calls.push([call, ...given]);
  const actions = {
    issue: record("issue"),
    setTimer: record("setTimer"),
    cancelTimer: record("cancelTimer"),
    complete: record("complete"),
  };
  return { calls, actions };
}

const REFUSED = (call: string) =>
  `Greeting cannot ${call}() here: it is called in a @handle, @rejected or @timer method, before that returns`;

describe("an instance of a process manager", () => {
  it("does while a method runs what somebody else carries out, and gives what the method returns", () => {
    const { calls, actions } = recorder();
    const greeting = new Greeting();
    expect(whileActing(greeting, actions, () => greeting.greet())).toBe("greeted");
    expect(calls).toEqual([
      ["issue", new Note({ text: "hello" }), { priority: 5 }],
      ["setTimer", "expiry", { after: "10m" }],
      ["cancelTimer", "reminder"],
      ["complete"],
    ]);
  });

  it.each([
    ["issue", "note"],
    ["setTimer", "wait"],
    ["cancelTimer", "forget"],
    ["complete", "end"],
  ] as const)("cannot %s() outside of a method", (call, method) => {
    expect(() => new Greeting()[method]()).toThrow(REFUSED(call));
  });

  it("cannot go on after its method has returned, or has thrown", () => {
    const { calls, actions } = recorder();
    const greeting = new Greeting();
    whileActing(greeting, actions, () => undefined);
    expect(() => greeting.note()).toThrow(REFUSED("issue"));
    expect(() =>
      whileActing(greeting, actions, () => {
        throw new RangeError("no");
      }),
    ).toThrow(new RangeError("no"));
    expect(() => greeting.note()).toThrow(REFUSED("issue"));
    expect(calls).toEqual([]);
  });

  it("does nothing for another instance", () => {
    const { calls, actions } = recorder();
    const other = new Greeting();
    expect(() => whileActing(new Greeting(), actions, () => other.note())).toThrow(REFUSED("issue"));
    expect(calls).toEqual([]);
  });
});

describe("the class that ProcessManager({…}) returns", () => {
  it("extends the root of all process managers, and has the shape", () => {
    expect(new Greeting()).toBeInstanceOf(ProcessManagerRoot);
    expect(Greeting.shape.keys).toEqual(["id", "count"]);
  });

  it.each(["issue", "setTimer", "cancelTimer", "complete", "constructor"])(
    "has no field %s, whose name is taken",
    (name) => {
      expect(() => ProcessManager({ id: identifier(), [name]: z.string() })).toThrow(
        `field "${name}": the name is taken`,
      );
    },
  );

  it("holds what can be stored", () => {
    expect(() => ProcessManager({ id: identifier(), call: z.function() as never })).toThrow('field "call"');
  });
});
