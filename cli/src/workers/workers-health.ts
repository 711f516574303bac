import { get } from "node:http";

import type { HealthAnswers, Reasons } from "@tidemark/core/config";

import { mergedMetrics } from "./merged-metrics";

/** How long a worker may take to answer. */
const LIMIT_MS = 5_000;

/** A worker, as far as its health is asked for. */
interface AskedWorker {
  /** From 1. */
  readonly number: number;
  /** Where it tells its health; undefined while it starts. */
  readonly health: string | undefined;
}

/** Tells of several workers as of one server, by asking each of them. */
export class WorkersHealth implements HealthAnswers {
  constructor(private readonly workers: () => readonly AskedWorker[]) {}

  /** Workers that start count as alive: their supervisor sees to them. */
  async live(): Promise<Reasons> {
    return await this.ask("/livez", () => []);
  }

  async ready({ caughtUp }: { readonly caughtUp: boolean }): Promise<Reasons> {
    return await this.ask(caughtUp ? "/readyz?caught-up" : "/readyz", () => ["it starts"]);
  }

  async metrics(): Promise<string> {
    const texts = new Map<number, string>();
    await Promise.all(
      this.workers().map(async ({ number, health }) => {
        const answer = health && (await ask(health, "/metrics").catch(() => undefined));
        if (answer) texts.set(number, answer.body);
      }),
    );
    return mergedMetrics(new Map([...texts].sort(([a], [b]) => a - b)));
  }

  private async ask(path: string, whileItStarts: () => Reasons): Promise<Reasons> {
    const reasons = await Promise.all(
      this.workers().map(async ({ number, health }) => {
        const found = health === undefined ? whileItStarts() : await reasonsOf(health, path);
        return found.map((reason) => `worker ${number}: ${reason}`);
      }),
    );
    return reasons.flat();
  }
}

async function reasonsOf(health: string, path: string): Promise<Reasons> {
  try {
    const { status, body } = await ask(health, path);
    if (status === 200) return [];
    const { reasons = [`it answers ${status}`] } = JSON.parse(body) as { readonly reasons?: Reasons };
    return reasons;
  } catch (error) {
    return [`it does not answer: ${(error as Error).message}`];
  }
}

function ask(health: string, path: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asking = get(`http://${health}${path}`, { agent: false, timeout: LIMIT_MS }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    asking.on("timeout", () => asking.destroy(new Error(`no answer for ${LIMIT_MS} ms`)));
    asking.on("error", reject);
  });
}
