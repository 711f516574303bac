import { ValueObject } from "@tidemark/core";
import { z } from "zod";

/** The address of a parcel. */
export class Address extends ValueObject({
  street: z.string().min(1),
  postcode: z.string().min(1),
  city: z.string().min(1),
  country: z.string().regex(/^[A-Z]{2}$/, "Country must be two capital letters, such as IT"),
}) {
  /** `Via Roma 1, 00184 Rome, IT` */
  override toString(): string {
    return `${this.street}, ${this.postcode} ${this.city}, ${this.country}`;
  }
}
