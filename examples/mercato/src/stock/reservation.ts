import { Entity } from "@tidemark/core";
import { z } from "zod";

/** What is set aside for one order, which its id is that of. */
export class Reservation extends Entity({ quantity: z.number().int().positive() }) {}
