import { ConfigurationError } from "../../errors/configuration-error";
import { reasonOf } from "../../wording/in-words";

/** How many rows an error names. */
const MAX_NAMED = 20;

/** The rows that do not fit the declared shape. */
export class RowFaults {
  readonly #named: string[] = [];
  #count = 0;

  /** Notes what a check of a row throws. */
  async trying(aggregate: string, id: string, table: string, check: () => unknown): Promise<void> {
    try {
      await check();
    } catch (error) {
      this.#count++;
      if (this.#named.length < MAX_NAMED)
        this.#named.push(`${aggregate} ${JSON.stringify(id)} in the table ${table}: ${reasonOf(error)}`);
    }
  }

  /** @throws ConfigurationError naming the first rows, where there is one. */
  throwIfAny(): void {
    if (this.#count === 0) return;
    const rest = this.#count - this.#named.length;
    const faults = rest === 0 ? this.#named : [...this.#named, `${rest.toLocaleString("en-US")} more`];
    throw new ConfigurationError(faults, "the rows of aggregates (none was changed)");
  }
}
