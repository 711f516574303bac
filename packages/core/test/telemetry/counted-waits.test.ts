import { metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";

import { openBranch } from "../patience/branch";
import { failingFirst } from "../patience/leaving-store";
import { recordedSpans } from "./recorded-spans";

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
const provider = new MeterProvider({ readers: [reader] });
const spans = recordedSpans();

beforeAll(() => metrics.setGlobalMeterProvider(provider));
afterAll(() => provider.shutdown());

it("a call that waits for the store is counted once, and is an event of its span", async () => {
  const { domain, store, Open } = await openBranch();
  failingFirst(store, "log.append", "before", "before");
  await domain.process(new Open({ accountId: "a", name: "Ann" }));
  await domain.close();
  await provider.forceFlush();
  const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const waits = all.find(({ descriptor }) => descriptor.name === "tidemark.store.waits");
  expect(waits?.dataPoints.map(({ value }) => value)).toEqual([1]);
  const events = spans
    .getFinishedSpans()
    .flatMap(({ name, events }) => events.map((event) => ({ span: name, ...event })));
  expect(events).toMatchObject([
    {
      span: "tidemark.aggregate.save",
      name: "tidemark.store.wait",
      attributes: { "tidemark.reason": "Cannot write to the store: it went away" },
    },
  ]);
});
