import { type IncomingHttpHeaders, request } from "node:http";

import type { Backlog } from "../../src/health/backlog";
import { HealthReport } from "../../src/health/health-report";
import { type HealthAnswers, HealthServer } from "../../src/health/health-server";
import { ProcessMetrics } from "../../src/health/process-metrics";
import type { ServerVitals } from "../../src/health/server-vitals";
import type { SubscriptionStatus } from "../../src/subscriptions/operating/subscription-status";
import { ConsumerCounter } from "../../src/telemetry/consumer-counts";

const VITALS: ServerVitals = {
  server: "s-1",
  leaseMs: 10_000,
  leaseAgeMs: 20,
  loopAgeMs: 20,
  workAgeMs: undefined,
  crashed: new Map(),
};

const STATUS: SubscriptionStatus = {
  name: "Mail",
  subscription: "Mail",
  kind: "event handler",
  state: "running",
  position: 40,
  lag: 0,
  isLagExact: true,
  lane: "mail",
  parked: 2,
  waiting: 1,
  buckets: 16,
  owners: [
    { server: "s-1", buckets: 8 },
    { server: "s-2", buckets: 7 },
  ],
};

interface Situation {
  vitals?: Partial<ServerVitals>;
  statuses?: () => Promise<readonly SubscriptionStatus[]>;
  backlog?: () => Promise<Backlog | undefined>;
  servers?: readonly { lanes: readonly string[]; startedAt: number | undefined; isClosing: boolean }[];
  mustCatchUp?: boolean;
}

let server: HealthServer;
let counter: ConsumerCounter;
afterEach(() => server.close());

async function listening({
  vitals,
  statuses = async () => [STATUS],
  backlog = async () => undefined,
  servers = [{ lanes: ["mail"], startedAt: 40, isClosing: false }],
  mustCatchUp = false,
}: Situation = {}): Promise<void> {
  counter = new ConsumerCounter();
  const report = new HealthReport({
    servers: () => servers,
    vitals: () => ({ ...VITALS, ...vitals }),
    statuses,
    backlog,
    counts: new Map([["Mail", counter]]),
    processMetrics: new ProcessMetrics(),
    mustCatchUp,
  });
  server = await HealthServer.listen({ host: "127.0.0.1", port: 0 }, report);
}

interface Asked {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const ask = (path: string, method = "GET") =>
  new Promise<Asked>((resolve, reject) => {
    const asking = request(`http://${server.address}${path}`, { method, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    asking.on("error", reject);
    asking.end();
  });

const verdict = async (path: string) => {
  const { status, body } = await ask(path);
  return { status, ...(JSON.parse(body) as object) };
};

describe("/livez", () => {
  it("says yes while the loop of the lease turns", async () => {
    await listening();
    expect(await verdict("/livez")).toEqual({ status: 200, live: true });
  });

  it("says yes while the store cannot be read: another start would not help", async () => {
    await listening({ statuses: () => Promise.reject(new Error("down")), vitals: { leaseAgeMs: 600_000 } });
    expect(await verdict("/livez")).toEqual({ status: 200, live: true });
  });

  it("says no when the loop of timers and commands stands still", async () => {
    await listening({ vitals: { workAgeMs: 90_000 } });
    expect(await verdict("/livez")).toEqual({
      status: 503,
      live: false,
      reasons: ["the loop that fires timers and runs commands has not turned for 90 s"],
    });
  });

  it("says no when the loop of the lease stands still, and when an unexpected error has ended a worker", async () => {
    await listening({ vitals: { loopAgeMs: 90_000, crashed: new Map([["Mail", new TypeError("x is undefined")]]) } });
    expect(await verdict("/livez")).toEqual({
      status: 503,
      live: false,
      reasons: [
        "Mail was ended by an unexpected error: x is undefined",
        "the loop that keeps the lease has not turned for 90 s",
      ],
    });
  });
});

describe("/readyz", () => {
  it("says yes while the server serves, a standby without buckets included", async () => {
    await listening({ statuses: async () => [{ ...STATUS, owners: [{ server: "s-2", buckets: 16 }] }] });
    expect(await verdict("/readyz")).toEqual({ status: 200, ready: true });
  });

  it("says no before the server serves, and once it closes", async () => {
    await listening({ servers: [{ lanes: ["mail"], startedAt: undefined, isClosing: false }] });
    expect(await verdict("/readyz")).toEqual({ status: 503, ready: false, reasons: ["the server starts"] });
    await server.close();
    await listening({ servers: [{ lanes: ["mail"], startedAt: 40, isClosing: true }] });
    expect(await verdict("/readyz")).toEqual({ status: 503, ready: false, reasons: ["the server closes"] });
  });

  it("says no while the store cannot be read, and when the lease has run out", async () => {
    await listening({ statuses: () => Promise.reject(new Error("down")) });
    expect(await verdict("/readyz")).toMatchObject({ status: 503, reasons: ["the store cannot be read: down"] });
    await server.close();
    await listening({ vitals: { leaseAgeMs: 12_000 } });
    expect(await verdict("/readyz")).toMatchObject({
      status: 503,
      reasons: ["its lease was not renewed for 12 s, and lasts 10 s"],
    });
  });

  describe("?caught-up", () => {
    const behind = { ...STATUS, position: 39, lag: 1, lagSeconds: 0.5 };

    it("says no while what was stored before the start is not done", async () => {
      await listening({ statuses: async () => [behind] });
      expect(await verdict("/readyz")).toMatchObject({ status: 200 });
      expect(await verdict("/readyz?caught-up")).toEqual({
        status: 503,
        ready: false,
        reasons: ["Mail has 1 event(s) to do, the first of them 1 s old"],
      });
    });

    it("says yes while what is left is new, and no when it grows old", async () => {
      await listening({ statuses: async () => [{ ...behind, position: 40 }] });
      expect(await verdict("/readyz?caught-up")).toMatchObject({ status: 200 });
      await server.close();
      await listening({ statuses: async () => [{ ...behind, position: 40, lagSeconds: 11 }] });
      expect(await verdict("/readyz?caught-up")).toMatchObject({ status: 503 });
    });

    it("passes over what is paused, and over other lanes", async () => {
      const others = [
        { ...behind, state: "paused" as const },
        { ...behind, lane: "slow" },
      ];
      await listening({ statuses: async () => others });
      expect(await verdict("/readyz?caught-up")).toMatchObject({ status: 200 });
    });

    it("holds for everybody where domain.toml says so", async () => {
      await listening({ statuses: async () => [behind], mustCatchUp: true });
      expect(await verdict("/readyz")).toMatchObject({ status: 503 });
    });
  });
});

describe("/metrics", () => {
  it("tells lag, keys, buckets and counts", async () => {
    await listening({ statuses: async () => [{ ...STATUS, lag: 7, lagSeconds: 2.5 }] });
    counter.batch(5, 4);
    counter.batch(0, 700, "handler");
    const { status, headers, body } = await ask("/metrics");
    expect([status, headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    const labels = 'subscription="Mail",kind="event handler",lane="mail"';
    for (const line of [
      "tidemark_store_up 1",
      `tidemark_subscription_lag_events{${labels}} 7`,
      `tidemark_subscription_lag_seconds{${labels}} 2.5`,
      `tidemark_subscription_position{${labels}} 40`,
      `tidemark_subscription_parked_keys{${labels}} 2`,
      `tidemark_subscription_waiting_keys{${labels}} 1`,
      `tidemark_subscription_buckets{${labels}} 16`,
      `tidemark_subscription_free_buckets{${labels}} 1`,
      `tidemark_subscription_state{${labels},state="running"} 1`,
      `tidemark_subscription_state{${labels},state="store_unavailable"} 0`,
      'tidemark_server_events_total{subscription="Mail"} 5',
      'tidemark_server_attempts_total{subscription="Mail"} 2',
      'tidemark_server_failures_total{subscription="Mail",class="handler"} 1',
      'tidemark_server_batch_duration_seconds_bucket{subscription="Mail",le="0.005"} 1',
      'tidemark_server_batch_duration_seconds_bucket{subscription="Mail",le="1"} 2',
      'tidemark_server_batch_duration_seconds_bucket{subscription="Mail",le="+Inf"} 2',
      'tidemark_server_batch_duration_seconds_sum{subscription="Mail"} 0.704',
      'tidemark_server_batch_duration_seconds_count{subscription="Mail"} 2',
      'tidemark_server_buckets{subscription="Mail"} 8',
      "tidemark_server_lease_age_seconds 0.02",
      "tidemark_server_lease_seconds 10",
    ])
      expect(body.split("\n")).toContain(line);
    expect(body).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(body).toMatch(/^nodejs_eventloop_lag_max_seconds [\d.e-]+$/m);
  });

  it("tells what lies in the queue of commands, and since when commands and timers are due", async () => {
    const at = Date.UTC(2026, 1, 20);
    await listening({
      backlog: async () => ({
        commands: [
          { lane: "default", state: "waiting", entries: 3 },
          { lane: "mail", state: "parked", entries: 2 },
        ],
        dueCommands: [{ lane: "default", entries: 1, since: at - 1_500 }],
        dueTimers: { timers: 4, since: at - 30_000 },
        at,
      }),
    });
    const { body } = await ask("/metrics");
    for (const line of [
      'tidemark_command_queue_entries{lane="default",state="waiting"} 3',
      'tidemark_command_queue_entries{lane="mail",state="parked"} 2',
      'tidemark_command_queue_due_entries{lane="default"} 1',
      'tidemark_command_queue_due_entries{lane="mail"} 0',
      'tidemark_command_queue_due_seconds{lane="default"} 1.5',
      'tidemark_command_queue_due_seconds{lane="mail"} 0',
      "tidemark_timers_due 4",
      "tidemark_timers_due_seconds 30",
    ])
      expect(body.split("\n")).toContain(line);
  });

  it("is in the format of Prometheus: each line is a comment or a series, each metric is declared once before its series", async () => {
    await listening();
    const declared = new Set<string>();
    for (const line of (await ask("/metrics")).body.trimEnd().split("\n")) {
      const [, name] = /^# TYPE (\S+) (?:gauge|counter|histogram)$/.exec(line) ?? [];
      if (name !== undefined) {
        expect(declared).not.toContain(name);
        declared.add(name);
      } else if (!line.startsWith("# HELP ")) {
        expect(line).toMatch(/^[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? (\d|-|\+)\S*$/);
        expect(declared).toContain(line.replace(/[{ ].*/, "").replace(/_(bucket|sum|count)$/, ""));
      }
    }
    expect(declared.size).toBeGreaterThan(15);
  });

  it("tells of the process where the store cannot be read", async () => {
    const down = () => Promise.reject(new Error("down"));
    await listening({ statuses: down, backlog: down });
    const { status, body } = await ask("/metrics");
    expect(status).toBe(200);
    expect(body).toContain("\ntidemark_store_up 0\n");
    expect(body).toContain("\nprocess_cpu_seconds_total ");
    expect(body).not.toContain("tidemark_subscription_lag_events");
    expect(body).not.toContain("tidemark_timers_due");
  });
});

describe("HTTP", () => {
  it("answers HEAD without a body, other methods with 405, other paths with 404", async () => {
    await listening();
    const head = await ask("/livez", "HEAD");
    expect([head.status, head.body, head.headers["content-length"]]).toEqual([200, "", "14"]);
    const post = await ask("/readyz", "POST");
    expect([post.status, post.headers.allow]).toEqual([405, "GET, HEAD"]);
    const other = await ask("/metric");
    expect([other.status, JSON.parse(other.body)]).toEqual([
      404,
      { error: "There is no /metric: ask for /livez, /readyz or /metrics" },
    ]);
    expect((await ask("/", "DELETE")).status).toBe(404);
  });

  it("refuses an address that is in use, and says what to do", async () => {
    await listening();
    const port = Number(server.address.split(":")[1]);
    const answers: HealthAnswers = { live: () => [], ready: async () => [], metrics: async () => "" };
    await expect(HealthServer.listen({ host: "127.0.0.1", port }, answers)).rejects.toMatchObject({
      code: "ADDRESS_UNAVAILABLE",
      message:
        `Cannot tell the health of this server on 127.0.0.1:${port}: the port is in use; give another one, ` +
        "or end the process that listens there",
    });
  });
});
