import type { ForgetRequest, ForgottenEvents } from "@tidemark/core/adapter";

import { textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import { READ } from "./unavailable";
import type { Statement } from "./work";

/** Forgets events, by the function `forget_events` of the schema, and says what was forgotten. */
export class Forgetting {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async forget({ category, before, after, upTo, limit }: ForgetRequest): Promise<ForgottenEvents> {
    const values = [category, before, after, upTo, limit];
    const [row] = await this.connections.run("Cannot forget events of", this.statements.forget, values);
    const [events, reached, atEnd] = row!;
    return { events: Number(events), upTo: Number(reached), atEnd: atEnd === "t" };
  }

  async upTo(categories: readonly string[]): Promise<number> {
    const [row] = await this.connections.run(READ, this.statements.upTo, [textArray(categories)]);
    return Number(row![0]);
  }
}

function statementsFor(schema: string) {
  return {
    forget: { name: "forget_events", text: `SELECT * FROM ${schema}.forget_events($1, $2, $3, $4, $5)` },
    upTo: {
      name: "forgotten_up_to",
      text: `SELECT coalesce(max(position), 0) FROM ${schema}.forgotten_categories WHERE category = ANY ($1::text[])`,
    },
  } satisfies Record<string, Statement>;
}
