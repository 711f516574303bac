import type { Answer } from "@tidemark/core/adapter";

import type { PlainCustomer } from "./plain-customer";

/**
 * Keeps a register of customers, whose present state is stored, not their events: Tidemark, or the least code that reads and changes the
 * same columns. Whoever saves a customer proves that nobody else has saved it since it was loaded.
 */
export interface Registrar {
  /** Registers new customers, in as few commits as it can. */
  register(customerIds: readonly string[]): Answer<void>;
  /** Loads a customer. */
  customer(customerId: string): Answer<PlainCustomer>;
  /** Loads a customer, changes two fields, and saves it, with an event in one commit if it raises any. @throws when another writer was faster. */
  visit(customerId: string): Answer<void>;
  /** How many events of a customer are in the log. */
  events(customerId: string): Answer<number>;
  close(): Answer<void>;
}

export interface RegistrarOptions {
  /** Whether each visit has an event in the log. */
  readonly raisesEvents: boolean;
  /** Whether Tidemark counts a visit in the handler of a command, or by its repository alone. */
  readonly byCommand: boolean;
}
