import { commands } from "./commands";
import { load } from "./load";
import { replay } from "./replay";

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = { load, replay, commands };

/** `npm run benchmark`, or `npm run benchmark -- replay commands` for some of them. */
async function main(asked: readonly string[]): Promise<void> {
  const known = Object.keys(BENCHMARKS);
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no benchmark ${unknown.join(", ")}; there are ${known.join(", ")}\n`);
    process.exitCode = 2;
    return;
  }
  for (const name of asked.length > 0 ? asked : known) await BENCHMARKS[name]?.();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
