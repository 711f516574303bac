/** What Patroni says of one node. A node of which it says nothing has the role and the state "unknown". */
export interface MemberState {
  readonly name: string;
  readonly role: "leader" | "sync_standby" | "replica" | "unknown";
  /** Patroni's word: "running", "streaming", "starting", "stopped" … */
  readonly state: string;
  readonly timeline?: number;
  /** How far the node's replication is behind, in bytes; absent of a leader, and while it is unknown. */
  readonly lagBytes?: number;
}

const ROLES = ["leader", "sync_standby", "replica"] as const;

/** Reads Patroni's answer to GET /cluster: the members that it knows, by name. */
export function memberStates(body: string): ReadonlyMap<string, MemberState> {
  const { members } = JSON.parse(body) as { members: readonly Record<string, unknown>[] };
  return new Map(members.map((member) => [String(member.name), memberState(member)]));
}

function memberState({ name, role, state, timeline, lag }: Record<string, unknown>): MemberState {
  return {
    name: String(name),
    role: ROLES.find((known) => known === role) ?? "unknown",
    state: String(state ?? "unknown"),
    ...(typeof timeline === "number" ? { timeline } : {}),
    ...(typeof lag === "number" ? { lagBytes: lag } : {}),
  };
}
