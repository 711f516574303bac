import { Entity } from "@tidemark/core";
import { z } from "zod";

/** The quantity reserved for one order. Its id is the id of the order. */
export class Reservation extends Entity({ quantity: z.number().int().positive() }) {}
