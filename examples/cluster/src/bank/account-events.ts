import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "./bank";

@domain.event({ partOf: "Account" })
export class AccountOpened extends DomainEvent({ accountId: identifier(), openingDeposit: z.number() }) {}

/** `reference` names the command of a writer: the count looks for each one in the log. */
@domain.event({ partOf: "Account" })
export class DepositMade extends DomainEvent({ accountId: identifier(), amount: z.number(), reference: z.string() }) {}

@domain.event({ partOf: "Account" })
export class MoneySent extends DomainEvent({ accountId: identifier(), amount: z.number(), transferId: z.string() }) {}

@domain.event({ partOf: "Account" })
export class MoneyReceived extends DomainEvent({
  accountId: identifier(),
  amount: z.number(),
  transferId: z.string(),
}) {}

@domain.event({ partOf: "Account" })
export class MoneyReturned extends DomainEvent({
  accountId: identifier(),
  amount: z.number(),
  transferId: z.string(),
}) {}
