import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../domain";

@domain.event({ partOf: "Account" })
export class AccountOpened extends DomainEvent({ accountId: identifier(), holderName: z.string() }) {}

@domain.event({ partOf: "Account" })
export class DepositMade extends DomainEvent({ accountId: identifier(), amount: z.number() }) {}
