import { setTimeout as wait } from "node:timers/promises";

import type { PostgresCluster } from "@tidemark/testing/postgres-cluster";

import type { Picture } from "./picture/picture";
import type { Happening, Machine } from "./picture/scene";
import type { Report } from "./processes/reports";

const FRAME_MS = 250;
const ASK_EVERY_MS = 500;

/** Gathers what is to be seen: from the processes of the bank, and from the cluster. */
export class Stage {
  readonly acknowledged: string[] = [];
  readonly refused: string[] = [];
  readonly #happenings: Happening[] = [];
  readonly #perSecond: number[] = [];
  #longestStallMs = 0;
  #behind: number | undefined;
  #transfersUnderWay = 0;
  #transfersEnded = 0;
  #machines: readonly Machine[];
  #began = performance.now();
  #isOn = false;
  #showing: Promise<void> = Promise.resolve();

  constructor(
    private readonly cluster: PostgresCluster,
    private readonly picture: Picture,
  ) {
    this.#machines = cluster.nodes.map(({ name }) => ({ name, role: "unknown" }));
  }

  /** Whether it is showing something. */
  get isOn(): boolean {
    return this.#isOn;
  }

  get longestStallMs(): number {
    return this.#longestStallMs;
  }

  /** Takes what a process of the bank reports. */
  readonly hear = (report: Report): void => {
    if (report.kind === "written") {
      this.acknowledged.push(...report.acknowledged);
      this.refused.push(...report.refused);
      this.#longestStallMs = report.longestStallMs;
      const second = Math.floor(this.#elapsedMs / 1_000);
      while (this.#perSecond.length <= second) this.#perSecond.push(0);
      this.#perSecond[second] = this.#perSecond[second]! + report.acknowledged.length;
    } else if (report.kind === "watched") {
      this.#behind = report.behind;
      this.#transfersUnderWay = report.transfersUnderWay;
      this.#transfersEnded = report.transfersEnded;
    }
  };

  readonly tell = (text: string, isLoss = false): void => {
    const happening = { atMs: this.#elapsedMs, text, isLoss };
    this.#happenings.push(happening);
    this.picture.tell(happening);
  };

  /** Shows all of it, over and over, until `end`. */
  start(): void {
    this.#isOn = true;
    this.#began = performance.now();
    this.#showing = Promise.all([this.#show(), this.#askTheCluster()]).then(() => undefined);
  }

  /** Shows the last picture, and leaves it there. */
  async end(): Promise<void> {
    this.#isOn = false;
    await this.#showing;
    this.#draw();
    this.picture.end();
  }

  get #elapsedMs(): number {
    return performance.now() - this.#began;
  }

  async #show(): Promise<void> {
    for (; this.#isOn; await wait(FRAME_MS)) this.#draw();
  }

  #draw(): void {
    this.picture.show({
      elapsedMs: this.#elapsedMs,
      machines: this.#machines,
      perSecond: this.#perSecond,
      acknowledged: this.acknowledged.length,
      longestStallMs: this.#longestStallMs,
      behind: this.#behind,
      transfersUnderWay: this.#transfersUnderWay,
      transfersEnded: this.#transfersEnded,
      happenings: this.#happenings,
    });
  }

  async #askTheCluster(): Promise<void> {
    for (; this.#isOn; await wait(ASK_EVERY_MS)) {
      const members = await this.cluster.members().catch(() => []);
      this.#machines = this.cluster.nodes.map(({ name, isRunning }): Machine => {
        if (!isRunning) return { name, role: "killed" };
        const member = members.find((each) => each.name === name);
        // A machine that starts is a replica to Patroni before its server has a timeline.
        if (member?.timeline === undefined) return { name, role: "unknown" };
        return { name, role: member.role, timeline: member.timeline, lagBytes: member.lagBytes };
      });
    }
  }
}
