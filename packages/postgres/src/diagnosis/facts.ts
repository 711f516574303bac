/** What one look at a server has found. A part that this role may not read is undefined. */
export interface Facts {
  readonly server?: ServerFacts | undefined;
  /** By name; a setting that the server does not have is absent. */
  readonly settings?: Readonly<Record<string, SettingFacts>> | undefined;
  readonly standbys?: readonly StandbyFacts[] | undefined;
  /** Null without a schema. */
  readonly sequence?: SequenceFacts | null | undefined;
  /** The highest global position in use, 0 without an event; null where the role may not read events. */
  readonly highest?: number | null | undefined;
  /** The tables and sequences that a crash of the server empties. */
  readonly unlogged?: readonly string[] | undefined;
  readonly writers?: readonly WriterFacts[] | undefined;
  readonly connections?: ConnectionFacts | undefined;
  /** The version of the schema. */
  readonly version?: number | undefined;
}

interface ServerFacts {
  /** Such as 150018 for 15.18. */
  readonly version: number;
  readonly isStandby: boolean;
  readonly encoding: string;
  readonly role: string;
  readonly database: string;
}

interface SettingFacts {
  /** In the server's own unit, which is milliseconds for time-outs. */
  readonly value: string;
  /** Where it was set, in the words of `pg_settings.source`. */
  readonly source: string;
}

/** A connection that copies the server's log; a role that does not see others sees that it is there, and the rest is null. */
export interface StandbyFacts {
  readonly name: string | null;
  readonly state: string | null;
  readonly sync: string | null;
  readonly lagBytes: number | null;
  /** How long ago it has answered last, by its own clock against the server's. */
  readonly answeredMs: number | null;
}

interface SequenceFacts {
  readonly cache: number;
  readonly increment: number;
  readonly cycles: boolean;
  /** The last number that was drawn; null where none was, or where the role may not see it. */
  readonly last: number | null;
  readonly seesLast: boolean;
}

/** A transaction that has written events and is open. */
export interface WriterFacts {
  /** Null for a prepared transaction, which has no connection. */
  readonly pid: number | null;
  readonly name: string | null;
  /** Of a prepared transaction. */
  readonly gid: string | null;
  /** Null where the role may not see it. */
  readonly ageMs: number | null;
}

interface ConnectionFacts {
  readonly used: number;
  /** -1 for none. */
  readonly roleLimit: number;
  /** -1 for none. */
  readonly databaseLimit: number;
}
