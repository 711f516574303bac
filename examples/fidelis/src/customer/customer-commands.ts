import { Command, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";
import { Customer } from "./customer";

@domain.command({ partOf: Customer })
export class RegisterCustomer extends Command(
  { name: z.string(), email: z.string(), city: z.string() },
  { returns: identifier() },
) {}

@domain.command({ partOf: Customer })
export class ChangeEmail extends Command({ customerId: identifier(), email: z.string() }) {}

@domain.command({ partOf: Customer })
export class MoveCustomer extends Command({ customerId: identifier(), city: z.string() }) {}

/** Opens an account in the name of a customer, and notes it as hers. */
@domain.command({ partOf: Customer })
export class OpenCustomerAccount extends Command(
  { customerId: identifier(), accountNumber: z.string(), openingDeposit: z.number() },
  { returns: identifier() },
) {}

/** Deletes a customer who has no account. */
@domain.command({ partOf: Customer })
export class ForgetCustomer extends Command({ customerId: identifier() }) {}
