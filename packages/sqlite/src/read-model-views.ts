import { ConfigurationError } from "@tidemark/core";
import type { View } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";

/** The views of read models. What a view shows is read from its definition, which SQLite keeps as it was given. */
export class ReadModelViews {
  private readonly definition;
  private readonly type;
  private readonly views;

  constructor(private readonly database: Database) {
    this.definition = database.values<[string], string>(
      "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?",
    );
    this.type = database.values<[string], string>("SELECT type FROM sqlite_schema WHERE name = ?");
    this.views = database.values<[], string>("SELECT name FROM sqlite_schema WHERE type = 'view'");
  }

  has(view: View): boolean {
    return this.definition.get(view.name) === definitionOf(view);
  }

  /** @throws ConfigurationError where something else has the name. */
  create(view: View): void {
    const { name } = view;
    const type = this.type.get(name);
    if (type !== undefined && type !== "view") throw new ConfigurationError(`the name ${name} is that of a ${type}`);
    this.database.exec(`DROP VIEW IF EXISTS "${name}"; ${definitionOf(view)}`);
  }

  /** The table that a view shows; undefined where there is no such view, or one that somebody else made. */
  viewed(name: string): string | undefined {
    const [, table] =
      /^CREATE VIEW "\w+" AS SELECT (?:"\w+", )*"\w+" FROM "(\w+)"$/.exec(this.definition.get(name) ?? "") ?? [];
    return table;
  }

  /** Drops all views of a table. */
  dropOf(table: string): void {
    for (const name of this.views.all()) if (this.viewed(name) === table) this.database.exec(`DROP VIEW "${name}"`);
  }
}

function definitionOf({ name, table, columns }: View): string {
  return `CREATE VIEW "${name}" AS SELECT ${columns.map((column) => `"${column}"`).join(", ")} FROM "${table.name}"`;
}
