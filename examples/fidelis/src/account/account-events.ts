import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";

@domain.event({ partOf: "Account" })
export class AccountOpened extends DomainEvent({
  accountId: identifier(),
  accountNumber: z.string(),
  holderName: z.string(),
  openingDeposit: z.number(),
}) {}

@domain.event({ partOf: "Account" })
export class DepositMade extends DomainEvent({
  accountId: identifier(),
  amount: z.number(),
  reference: z.string().optional(),
}) {}

@domain.event({ partOf: "Account" })
export class WithdrawalMade extends DomainEvent({
  accountId: identifier(),
  amount: z.number(),
  reference: z.string().optional(),
}) {}

@domain.event({ partOf: "Account" })
export class AccountClosed extends DomainEvent({ accountId: identifier() }) {}
