import { z } from "zod";

import { Command, handle } from "../../src/index";
import { type Case, faultsOf, sound, wrong } from "./faults-of";

const CASES: readonly Case[] = [
  [
    "an idempotency key in no field",
    (domain) => {
      const { Account } = sound(domain);
      class Close extends Command({ requestId: z.string() }) {}
      domain.command(wrong({ partOf: Account, idempotencyKey: "requestID" }))(Close);
      class Shut extends Command({}) {}
      domain.command(wrong({ partOf: Account, idempotencyKey: 5 }))(Shut);
    },
    [
      'Shut has a bad option "idempotencyKey": must be the name of a field',
      'Close has no field "requestID" to take its idempotency key from',
    ],
  ],
  [
    "a handler for a command that is not registered",
    (domain) => {
      const { Account } = sound(domain);
      class Close extends Command({}) {}
      @domain.commandHandler({ partOf: Account })
      class Closing {
        @handle(Close)
        close(_command: Close): void {}
      }
      return Closing;
    },
    ["Closing.close handles Close, which is not a registered command"],
  ],
  [
    "two handlers for one command, in two classes and in one",
    (domain) => {
      const { Account, Open } = sound(domain);
      @domain.command({ partOf: Account })
      class Close extends Command({}) {}
      @domain.commandHandler({ partOf: Account })
      class Closing {
        @handle(Open)
        open(_command: InstanceType<typeof Open>): void {}
        @handle(Close)
        close(_command: Close): void {}
        @handle
        closeAgain(_command: Close): void {}
      }
      return Closing;
    },
    [
      "Open is handled twice, by Handler.open and by Closing.open",
      "Close is handled twice, by Closing.close and by Closing.closeAgain",
    ],
  ],
  [
    "two commands with the same type",
    (domain) => {
      const { Account } = sound(domain);
      domain.command({ partOf: Account })(class Fill extends Command({}) {});
      domain.command({ partOf: Account, name: "Fill" })(class Refill extends Command({}) {});
    },
    ["2 commands go by Fidelis.Fill.v1; give one another name"],
  ],
];

describe("the compilation of commands", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});
