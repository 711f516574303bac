import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import type { Outcome } from "./captured-io";

/** A process of Node without jest in it, which runs the built program as often as asked. Loads TypeScript as the command does. */
export class ProgramInNode implements Disposable {
  private readonly child: ChildProcess = fork(join(__dirname, "fixtures/program-in-node.js"));

  async run(args: readonly string[], cwd: string): Promise<Outcome> {
    this.child.send({ args, cwd });
    const [outcome] = await once(this.child, "message");
    return outcome as Outcome;
  }

  [Symbol.dispose](): void {
    this.child.kill();
  }
}
