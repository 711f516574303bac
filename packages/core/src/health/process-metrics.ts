import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";

import type { MetricFamily } from "./prometheus-text";

/** Measures the process: time, memory, and how late its event loop is. Under the names that Prometheus clients use. */
export class ProcessMetrics {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution: 20 });

  /** Begins to measure the event loop. */
  open(): void {
    this.#delay.enable();
  }

  families(): readonly MetricFamily[] {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, heapTotal } = process.memoryUsage();
    const delay = (value: number) => (Number.isFinite(value) ? value / 1e9 : 0);
    const families = [
      single("process_cpu_seconds_total", "counter", "Time of CPUs that the process has used", (user + system) / 1e6),
      single("process_resident_memory_bytes", "gauge", "Resident memory", rss),
      single(
        "process_start_time_seconds",
        "gauge",
        "When the process started, since 1970",
        Math.round(Date.now() / 1_000 - process.uptime()),
      ),
      single("nodejs_heap_size_used_bytes", "gauge", "Memory of the JavaScript heap that is in use", heapUsed),
      single("nodejs_heap_size_total_bytes", "gauge", "Memory of the JavaScript heap", heapTotal),
      single(
        "nodejs_eventloop_lag_mean_seconds",
        "gauge",
        "How late the event loop was on average since the last look",
        delay(this.#delay.mean),
      ),
      single(
        "nodejs_eventloop_lag_max_seconds",
        "gauge",
        "How late the event loop was at most since the last look",
        delay(this.#delay.max),
      ),
    ];
    this.#delay.reset();
    return families;
  }

  close(): void {
    this.#delay.disable();
  }
}

function single(name: string, type: "gauge" | "counter", help: string, value: number): MetricFamily {
  return { name, help, type, samples: [{ value }] };
}
