import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";

/**
 * Waits until its input ends, then ends every process that works in the folder, and removes the folder. PostgreSQL is asked
 * to stop at once, so that it gives its shared memory back; whatever is left after three seconds is killed.
 */
const SCRIPT = `
trap "" HUP INT TERM
cat > /dev/null
processes() { find /proc -mindepth 2 -maxdepth 2 -name cwd -lname "$1/*" 2> /dev/null | cut -d / -f 3; }
for pid in $(processes "$1"); do
  read -r name < "/proc/$pid/comm" && if [ "$name" = postgres ]; then kill -QUIT "$pid"; else kill -KILL "$pid"; fi
  kill -CONT "$pid"
done 2> /dev/null
tries=0
while [ -n "$(processes "$1")" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 30 ]; then kill -KILL $(processes "$1") 2> /dev/null; fi
  sleep 0.1
done
rm -rf "$1"
`;

/**
 * Ends the processes of a folder, and removes it, when this process ends: by itself, by a signal, by a kill.
 *
 * It is a process of its own. The end of this one, whatever its reason, closes the pipe between the two.
 */
export class Keeper {
  readonly #process: ChildProcess;

  constructor(folder: string) {
    this.#process = spawn("/bin/sh", ["-c", SCRIPT, "keeper", folder], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#process.unref();
    (this.#process.stdin as Socket).unref();
  }

  /** Resolves when nothing is left. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.ref();
    const ended = once(this.#process, "exit");
    this.#process.stdin!.end();
    await ended;
  }
}
