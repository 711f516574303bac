import { mergedMetrics } from "../../src/workers/merged-metrics";

const textOf = (events: number, lag: number) => `# HELP tidemark_subscription_lag_events Events left
# TYPE tidemark_subscription_lag_events gauge
tidemark_subscription_lag_events{subscription="Mail"} ${lag}
# HELP tidemark_server_events_total Events done
# TYPE tidemark_server_events_total counter
tidemark_server_events_total{subscription="Mail {a}"} ${events}
# HELP process_cpu_seconds_total Time of CPUs
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total ${events / 10}
`;

describe("mergedMetrics", () => {
  it("labels what workers measure of themselves, and takes what the store says once", () => {
    expect(
      mergedMetrics(
        new Map([
          [1, textOf(5, 3)],
          [2, textOf(7, 2)],
        ]),
      ),
    ).toBe(`# HELP tidemark_subscription_lag_events Events left
# TYPE tidemark_subscription_lag_events gauge
tidemark_subscription_lag_events{subscription="Mail"} 3
# HELP tidemark_server_events_total Events done
# TYPE tidemark_server_events_total counter
tidemark_server_events_total{worker="1",subscription="Mail {a}"} 5
tidemark_server_events_total{worker="2",subscription="Mail {a}"} 7
# HELP process_cpu_seconds_total Time of CPUs
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total{worker="1"} 0.5
process_cpu_seconds_total{worker="2"} 0.7
`);
  });

  it("is empty without workers", () => {
    expect(mergedMetrics(new Map())).toBe("");
  });
});
