import { parseArgs } from "node:util";

/** What a run is asked for on the command line. */
export interface Options {
  /** For how long the bank's writers write, apart from the time in which the cluster has no leader. */
  readonly seconds: number;
  /** Patroni's ttl: for how many seconds a leader that is lost keeps its key. */
  readonly ttlSeconds: number;
  /** Whether the bank goes to the servers themselves, and not through HAProxy. */
  readonly byHosts: boolean;
  readonly isHelp: boolean;
}

export const HELP = `Runs a bank on a PostgreSQL cluster, kills machines of the cluster, and counts what is left of the bank's events.

  npm run example:cluster -- [options]

  --seconds <n>   for how long the bank is at work while all is well (default 24, at least 8)
  --ttl <n>       Patroni's ttl in seconds: how long a leader that is lost keeps its place (default 6, at least 5)
  --hosts         the bank is given the addresses of the three servers, in place of the one of HAProxy
  --help          this text

The status is 0 where everything that was acknowledged is stored once, and everybody who follows has seen it.
npm run cluster:install installs what it needs.
`;

/** @throws Error naming the option and what is expected. */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "24" },
      ttl: { type: "string", default: "6" },
      hosts: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    seconds: wholeNumber("--seconds", values.seconds, 8),
    ttlSeconds: wholeNumber("--ttl", values.ttl, 5),
    byHosts: values.hosts,
    isHelp: values.help,
  };
}

function wholeNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isInteger(number) && number >= least) return number;
  throw new Error(`${option} has to be a whole number of seconds, at least ${least}; found "${text}"`);
}
