import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";

@domain.event({ partOf: "Customer" })
export class CustomerRegistered extends DomainEvent({ customerId: identifier(), name: z.string() }) {}

@domain.event({ partOf: "Customer" })
export class CustomerMoved extends DomainEvent({ customerId: identifier(), city: z.string() }) {}
