const SPIN_MS = 10;
const BUSY_SHARE = 0.1;

/** Notices when other programs take the processor away from this one. */
export class BusyMachine {
  private spun = 0;
  private missed = 0;

  /** Computes for a moment, and compares the time that passed with the time that the processor gave. */
  look(): void {
    const began = performance.now();
    const cpu = process.cpuUsage();
    while (performance.now() - began < SPIN_MS);
    const elapsed = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    this.spun += elapsed;
    this.missed += Math.max(0, elapsed - (user + system) / 1_000);
  }

  /** A sentence for whoever reads the figures; undefined when the machine was quiet. */
  get warning(): string | undefined {
    const share = this.missed / this.spun;
    if (!(share > BUSY_SHARE)) return undefined;
    return `The machine was busy: other programs had ${Math.round(100 * share)} % of the processor. Trust the ratios more than the figures, and neither much.`;
  }
}
