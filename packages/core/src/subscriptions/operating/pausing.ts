import type { Clock } from "../../elements/clock";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { ControlRecord } from "../control-record";
import type { Engine } from "../engine";
import { consumersNamed } from "./consumers-named";

/** Who pauses a subscription, and why. */
export interface PauseOptions {
  readonly by?: string;
  readonly reason?: string;
}

/** Pauses subscriptions on all servers, and lets them go on. */
export class Pausing {
  constructor(
    private readonly parts: { readonly engine: Engine; readonly controls: ControlRecord; readonly clock: Clock },
  ) {}

  /** @throws IncorrectUsageError for a name that no subscription has. */
  async pause(name: string, { by, reason }: PauseOptions = {}): Promise<void> {
    const { engine, controls, clock } = this.parts;
    consumersNamed(name, engine.consumers, "Cannot pause");
    const at = clock.now().toISOString();
    await controls.pause(name, { at, ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) });
    await engine.watch.obey();
  }

  /**
   * @returns whether it was paused, or had halted.
   * @throws IncorrectUsageError for a name that no subscription has, and for one that domain.toml pauses.
   */
  async resume(name: string): Promise<boolean> {
    const { engine, controls } = this.parts;
    const consumers = consumersNamed(name, engine.consumers, "Cannot resume");
    if (engine.parts.settings.isPaused(name))
      throw new IncorrectUsageError(
        `Cannot resume ${JSON.stringify(name)}: [subscriptions.${name}] of domain.toml pauses it; remove paused there`,
        { subscription: name },
      );
    const isResumed = await controls.resume(
      name,
      consumers.map(({ subscription }) => subscription),
    );
    await engine.watch.obey();
    return isResumed;
  }
}
