import { SqliteTeller } from "../tellers/sqlite-teller";
import { SNAPSHOTS_BY_HAND } from "../tellers/teller";

// What `domain snapshot create` does, as a script for one bank.
const teller = new SqliteTeller({ path: process.env.BANK_PATH ?? "", synchronous: "normal" }, SNAPSHOTS_BY_HAND);
process.stdout.write(`Created ${teller.snapshotAll()} snapshot(s) for Account.\n`);
teller.close();
