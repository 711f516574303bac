import type { Connections } from "./connections";
import type { Statement } from "./work";

/** The channel of all schemas in a database; the payload is the schema's name. */
export const CHANNEL = "tidemark_appended";

/** Within an append's transaction, a notification would queue its commit behind all others; so it follows, once for many. */
const DEBOUNCE_MS = 2;

const NOTIFY: Statement = { name: "notify", text: `SELECT pg_notify('${CHANNEL}', $1)` };

/** Tells listeners, in whatever process, that events were appended. */
export class AppendAnnouncer {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connections: Connections,
    private readonly schemaName: string,
  ) {}

  announce(): void {
    this.timer ??= setTimeout(() => void this.send(), DEBOUNCE_MS);
  }

  /** Sends what is due. */
  async close(): Promise<void> {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    await this.send();
  }

  private async send(): Promise<void> {
    this.timer = undefined;
    // A notification that is lost delays a listener until it looks by itself; the append it tells of is stored all the same.
    await this.connections.perform(NOTIFY, [this.schemaName]).catch(() => undefined);
  }
}
