import { z } from "zod";

import { commandOfQueue, encodedCommand } from "../../../src/commands/later/command-in-queue";
import { UnreadableCommandError } from "../../../src/commands/later/refusal";
import { CommandResult } from "../../../src/elements/command-result";
import { Command } from "../../../src/index";
import type { CommandModel } from "../../../src/model/command-model";
import type { QueueEntry } from "../../../src/ports/command-queue";

class Pay extends Command({ till: z.string(), amount: z.bigint(), at: z.date() }) {}
class PayNow extends Command({
  till: z.string(),
  amount: z.bigint(),
  at: z.date(),
  currency: z.string().default("EUR"),
}) {}

const modelOf = (type: typeof Pay | typeof PayNow): CommandModel => ({
  type,
  name: "Shop.Pay.v1",
  shape: type.shape as CommandModel["shape"],
  result: new CommandResult("Shop.Pay.v1", undefined),
  recordCategory: "shop:command",
});

function entry(data: string): QueueEntry {
  const rest = {
    lane: "default",
    priority: 0,
    dueAt: 0,
    number: 0,
    attempts: 0,
    claims: 1,
    begins: 0,
    revision: 1,
  } as const;
  return { id: "c-1", type: "Shop.Pay.v1", state: "waiting", data, ...rest };
}

const PAY = new Pay({ till: "a", amount: 5n, at: new Date(7) });

/** Writes the command with some metadata. */
function encoded(metadata: object = {}): string {
  const own = { correlationId: "r-1", causationId: "c-1", commandType: "Shop.Pay.v1", ...metadata };
  return encodedCommand({ command: PAY, model: modelOf(Pay) }, JSON.stringify(own), { keepsResult: true });
}

const read = (data: string, type: typeof Pay | typeof PayNow = Pay) =>
  commandOfQueue(entry(data), new Map([["Shop.Pay.v1", modelOf(type)]]));

describe("a command of the queue", () => {
  it("comes out as an instance of its class, frozen, with the cause that it was put in with", () => {
    const extensions = { user: "ann" };
    const { command, cause } = read(encoded({ extensions, traceparent: "00-a-b-01" }));
    expect(command).toEqual(PAY);
    expect(command).toBeInstanceOf(Pay);
    expect(Object.isFrozen(command)).toBe(true);
    expect(cause).toMatchObject({ correlationId: "r-1", causationId: "c-1", extensions });
    expect(cause.commands).toEqual([{ id: "c-1", type: "Shop.Pay.v1" }]);
    // Its events are stored in another trace.
    expect(JSON.parse(cause.metadata)).not.toHaveProperty("traceparent");
  });

  it("has the defaults of fields that its class has got since", () => {
    expect(read(encoded(), PayNow).command).toEqual(new PayNow({ till: "a", amount: 5n, at: new Date(7) }));
  });

  it("carries some of the commands that led to it, however many those were", () => {
    const outerCommands = Array.from({ length: 30 }, (_, n) => ({ id: `o-${n}`, type: "Shop.Pay.v1" }));
    const { commands } = read(encoded({ outerCommands })).cause;
    expect(commands.map(({ id }) => id)).toEqual([...outerCommands.slice(-10).map(({ id }) => id), "c-1"]);
  });

  it("cannot be read where its data are damaged, or do not fit its class", () => {
    expect(() => read("{")).toThrow(UnreadableCommandError);
    const broken = JSON.parse(encoded()) as { command: object };
    expect(() => read(JSON.stringify({ ...broken, command: { till: 5 } }))).toThrow("does not fit its class any more");
  });

  it("waits for another server where no class of this one is for it", () => {
    expect(() => commandOfQueue(entry(encoded()), new Map())).toThrow(
      'no command "Shop.Pay.v1" is registered here: does a newer version of the application run?',
    );
  });
});
