import { RecentValues } from "@tidemark/core/adapter";
import type { Statement } from "./work";

/** Gives statements names by their texts. Of the texts that were used last each has a name of its own; others lend theirs on. */
export class NamedStatements {
  private readonly kept: RecentValues<Statement>;
  private readonly unused: string[] = [];
  private count = 0;

  /** @param prefix what the names start with. @param room how many names there are, and so how many statements a connection keeps. */
  constructor(
    private readonly prefix: string,
    room: number,
  ) {
    this.kept = new RecentValues(room, ({ name }) => this.unused.push(name));
  }

  of(text: string): Statement {
    return this.kept.get(text, () => ({ name: this.unused.pop() ?? `${this.prefix}_${this.count++}`, text }));
  }
}
