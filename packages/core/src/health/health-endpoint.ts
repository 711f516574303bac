import type { ListenAddress } from "../config/listen-address";
import type { HealthReport, HealthyServer } from "./health-report";
import { HealthServer } from "./health-server";

/** One server of the process for those who ask for its health. */
export interface HealthMember {
  /** Where its health can be asked for. */
  readonly address: string;
  /** Notes that it serves, and the end of the log at that moment. */
  started(position: number): void;
  /** Notes that it ends what is in hand: it is ready no more. */
  closing(): void;
  /** Ends the answers, with the last server. */
  leave(): Promise<void>;
}

/** Where the health of the servers of one process can be asked for: one address, as long as there is a server. */
export class HealthEndpoint {
  readonly #servers = new Set<Member>();
  #listening: Promise<HealthServer> | undefined;

  constructor(private readonly report: HealthReport) {}

  /** The servers of the process. */
  get servers(): readonly HealthyServer[] {
    return [...this.#servers];
  }

  /** Adds a server. The first one opens the address. @throws AddressUnavailableError */
  async join(
    address: ListenAddress,
    { lanes, keepAlive }: { readonly lanes: readonly string[]; readonly keepAlive: boolean },
  ): Promise<HealthMember> {
    const member = new Member(lanes, keepAlive);
    this.#servers.add(member);
    try {
      this.#listening ??= this.#listen(address);
      const http = await this.#listening;
      this.#keepAlive(http);
      return {
        address: http.address,
        started: (position) => (member.startedAt = position),
        closing: () => (member.isClosing = true),
        leave: async () => {
          this.#servers.delete(member);
          if (this.#servers.size === 0) await this.close();
          else this.#keepAlive(http);
        },
      };
    } catch (error) {
      this.#servers.delete(member);
      this.#listening = undefined;
      throw error;
    }
  }

  /** Notes that all servers end what is in hand. */
  closing(): void {
    for (const member of this.#servers) member.isClosing = true;
  }

  async close(): Promise<void> {
    this.#servers.clear();
    const listening = this.#listening;
    this.#listening = undefined;
    if (listening === undefined) return;
    this.report.close();
    await (await listening).close();
  }

  async #listen(address: ListenAddress): Promise<HealthServer> {
    const http = await HealthServer.listen(address, this.report);
    this.report.open();
    return http;
  }

  #keepAlive(http: HealthServer): void {
    http.keepsAlive = [...this.#servers].some(({ keepAlive }) => keepAlive);
  }
}

class Member implements HealthyServer {
  startedAt: number | undefined;
  isClosing = false;

  constructor(
    readonly lanes: readonly string[],
    readonly keepAlive: boolean,
  ) {}
}
