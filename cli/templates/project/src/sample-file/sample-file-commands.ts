import { Command, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../domain";
import { Sample } from "./sample-file";

/** Gives the id of what it registers. */
@domain.command({ partOf: Sample })
export class RegisterSample extends Command({ name: z.string() }, { returns: z.string() }) {}

@domain.command({ partOf: Sample })
export class RenameSample extends Command({ sampleId: identifier(), name: z.string() }) {}
