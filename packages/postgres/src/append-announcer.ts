import { clearTimeout, setTimeout } from "@tidemark/core/adapter";

import type { Connections } from "./connections";
import type { Statement } from "./work";

/** The channel of all schemas in a database; the payload is the schema's name. */
export const CHANNEL = "tidemark_appended";

/** A notification within an append's transaction would make commits wait for one another: one for many follows them instead. */
const DEBOUNCE_MS = 2;

const NOTIFY: Statement = { name: "notify", text: `SELECT pg_notify('${CHANNEL}', $1)` };

/** Notifies listeners, in whatever process, that events were appended. */
export class AppendAnnouncer {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connections: Connections,
    private readonly schemaName: string,
  ) {}

  announce(): void {
    this.timer ??= setTimeout(() => void this.send(), DEBOUNCE_MS);
  }

  /** Sends a notification that is due. */
  async close(): Promise<void> {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    await this.send();
  }

  private async send(): Promise<void> {
    this.timer = undefined;
    // The events are stored. A listener that misses the notification is called by its own timer.
    await this.connections.perform(NOTIFY, [this.schemaName]).catch(() => undefined);
  }
}
