import type { CommandRoot } from "@tidemark/core";

import type { RecordedCall } from "./recorded-calls";

/** What an event handler did about the events that were given. */
export interface HandledResult {
  /** The commands that it processed by its context, refused ones too, oldest first. */
  readonly commands: readonly CommandRoot[];
  /** The calls of what it was constructed with, oldest first. Those that the resolver gave are not recorded. */
  readonly calls: readonly RecordedCall[];
  /** What a method threw; undefined where none did. Events behind it were not handed over. */
  readonly failure: unknown;
}
