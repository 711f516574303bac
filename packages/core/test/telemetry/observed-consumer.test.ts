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

it("counts the events that a handler has done, and its failed attempts", async () => {
  const { domain, AccountOpened, OpenAccount } = bank({ config: { server: { embedded: false } } });
  let attempts = 0;
  domain.on(AccountOpened, { name: "mail", startFrom: "beginning" }, () => {
    if (++attempts === 1) throw new Error("the mail is down");
  });
  await domain.init();
  for (const holderName of ["Alice", "Bob"])
    await domain.process(new OpenAccount({ accountNumber: "N-1", holderName, openingDeposit: 1 }));
  await domain.catchUp();
  await domain.close();

  await provider.forceFlush();
  const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const counts = all
    .filter(({ descriptor }) => descriptor.name.startsWith("tidemark.subscription."))
    .map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints[0]?.attributes, dataPoints[0]?.value]);
  expect(counts).toEqual([
    ["tidemark.subscription.events", { "tidemark.subscription": "mail" }, 2],
    ["tidemark.subscription.failures", { "tidemark.subscription": "mail", "tidemark.failure.class": "handler" }, 1],
  ]);
});
