import { Entity } from "@tidemark/core";
import { z } from "zod";

export class Picture extends Entity({ url: z.url(), caption: z.string().max(200).optional() }) {}
