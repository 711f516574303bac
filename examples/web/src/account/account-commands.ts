import { Command, command, identifier } from "@tidemark/core";
import { z } from "zod";

/** What a client is told of an account. The version becomes its `ETag`. */
const accountView = z.object({
  id: z.string(),
  holder: z.string(),
  balance: z.number(),
  version: z.number(),
});

export type AccountView = z.output<typeof accountView>;

@command({ partOf: "Account" })
export class OpenAccount extends Command({ holder: z.string() }, { returns: accountView }) {}

@command({ partOf: "Account" })
export class MoveMoney extends Command(
  { accountId: identifier(), amount: z.number(), versions: z.array(z.number()).optional() },
  { returns: accountView },
) {}

@command({ partOf: "Account" })
export class RenameHolder extends Command(
  { accountId: identifier(), holder: z.string(), versions: z.array(z.number()).optional() },
  { returns: accountView },
) {}
