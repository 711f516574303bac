import { type Diagnosis, pause } from "@tidemark/core/adapter";
import type { Client } from "pg";

import { danger, fine, warning } from "./verdicts";

const NAME = "pooler";

/** `pg` keeps the number of the server process that it was told as it connected, and does not declare it. */
type Connected = Client & { readonly processID: number };

/**
 * Looks for a pooler between this process and the server by what it does: it gives out numbers of its own as a connection is made, and in
 * transaction mode lets several connections take turns on one of the server.
 *
 * @param pid of the server process that has answered on `client`.
 * @param another makes a second connection, which is needed behind a pooler alone.
 */
export async function pooler(client: Client, pid: number, another: () => Promise<Client>): Promise<Diagnosis> {
  if ((client as Connected).processID === pid) return fine(NAME, "Nothing stands between this process and the server.");
  const second = await another();
  try {
    const answers = await Promise.race([answersOf(client, second), pause(PATIENCE_MS, { ref: false })]);
    return verdictOn(answers ?? { first: [], second: [], areStatementsLost: false });
  } finally {
    void second.end().catch(() => undefined);
  }
}

/** In session mode the second connection may have to wait until the first one ends. */
const PATIENCE_MS = 2_000;

interface Answers {
  /** The server processes that have answered on each connection. */
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** Whether a statement was there that this connection had not prepared, or was not there although it had. */
  readonly areStatementsLost: boolean;
}

/** Each connection is used twice in a row: a pooler takes either the server connection that was free last, or the next one. */
async function answersOf(first: Client, second: Client): Promise<Answers> {
  let areStatementsLost = false;
  const pidsOf = async (client: Client) => {
    const pids: number[] = [];
    for (let time = 0; time < 2; time++) {
      try {
        const { rows } = await client.query<{ pid: number }>({
          name: "tidemark_doctor",
          text: "SELECT pg_backend_pid() AS pid",
        });
        pids.push(rows[0]!.pid);
      } catch (error) {
        if (!isLostStatement(error)) throw error;
        areStatementsLost = true;
      }
    }
    return pids;
  };
  return { first: await pidsOf(first), second: await pidsOf(second), areStatementsLost };
}

/** By SQLSTATE: a prepared statement of this name exists already, or does not exist. */
function isLostStatement(error: unknown): boolean {
  return ["42P05", "26000"].includes((error as { code?: string }).code ?? "");
}

function verdictOn({ first, second, areStatementsLost }: Answers): Diagnosis {
  if (areStatementsLost)
    return danger(
      NAME,
      "A pooler in transaction mode stands in front of the server and mixes up prepared statements: commands fail, now this one and now that one.",
      "Set pool_mode = session for this database; or use PgBouncer 1.21 or newer with max_prepared_statements = 200.",
    );
  const isShared = new Set(first).size > 1 || new Set(second).size > 1 || first.some((pid) => second.includes(pid));
  if (!isShared)
    return fine(NAME, "A pooler stands in front of the server, and each connection has one of the server for itself.");
  return warning(
    NAME,
    "A pooler in transaction mode stands in front of the server: processes hear of new events up to a second late, since LISTEN does not work through it; and after a failover that lost events, readers are not told that positions are given out again, and may miss some.",
    "Set pool_mode = session for this database, or connect to the server itself.",
  );
}
