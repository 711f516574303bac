import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../domain";

@domain.event({ partOf: "Sample" })
export class SampleRegistered extends DomainEvent({ sampleId: identifier(), name: z.string() }) {}

@domain.event({ partOf: "Sample" })
export class SampleRenamed extends DomainEvent({ sampleId: identifier(), name: z.string() }) {}
