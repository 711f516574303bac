import { metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";

import { bank } from "../fixtures/bank";

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
const provider = new MeterProvider({ readers: [reader] });

beforeAll(() => metrics.setGlobalMeterProvider(provider));
afterAll(() => provider.shutdown());

/** Each metric's points: a counter's value, a histogram's count and sum. */
async function collected(): Promise<Record<string, unknown[]>> {
  exporter.reset();
  await provider.forceFlush();
  const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return Object.fromEntries(
    all.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ attributes, value }) => {
        const { count, sum } = value as { count?: number; sum?: number };
        return { ...attributes, ...(count === undefined ? { value } : { count, sum }) };
      }),
    ]),
  );
}

it("metrics count hits, misses by reason and failed writes, and measure replays and writes", async () => {
  const warn = jest.fn();
  const { domain, Account } = bank({ config: { snapshot_threshold: 0 }, logger: { warn } });
  await domain.init();
  const accounts = domain.repositoryFor(Account);
  for (const id of ["1", "2"]) await accounts.add(Account.open("ACC-1", "Alice", 10, id));
  await domain.createSnapshot(Account, "1");
  for (const id of ["1", "1", "2"]) await accounts.get(id);
  const stream = "fidelis::account:snapshot-1";
  const snapshot = await domain.eventStore.readLast(stream);
  const broken = { ...(snapshot?.data as object), checksum: 1 };
  await domain.eventStore.append([{ stream, events: [{ type: "SNAPSHOT", data: broken }] }]);
  await accounts.get("1");

  const metricsNow = await collected();
  const account = { "tidemark.aggregate": "Account" };
  expect(metricsNow["tidemark.snapshot.hits"]).toEqual([{ ...account, value: 2 }]);
  expect(metricsNow["tidemark.snapshot.misses"]).toEqual([
    { ...account, "tidemark.reason": "none", value: 2 },
    { ...account, "tidemark.reason": "damaged", value: 1 },
  ]);
  expect(metricsNow["tidemark.aggregate.replay.events"]).toEqual([{ ...account, count: 5, sum: 3 }]);
  expect(metricsNow["tidemark.aggregate.replay.duration"]).toMatchObject([{ ...account, count: 5 }]);
  expect(metricsNow["tidemark.snapshot.write.duration"]).toMatchObject([{ ...account, count: 1 }]);
  expect(metricsNow["tidemark.snapshot.write.size"]).toEqual([
    { ...account, count: 1, sum: JSON.stringify(snapshot?.data.state).length },
  ]);
  expect(metricsNow).not.toHaveProperty(["tidemark.snapshot.write_failures", 0]);
  expect(warn).toHaveBeenCalledTimes(1);
  await domain.close();
});
