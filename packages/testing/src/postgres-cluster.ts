/**
 * A PostgreSQL cluster for tests: three machines under Patroni, HAProxy in front, and what can befall them.
 *
 * @module @tidemark/testing/postgres-cluster
 */

export { ClusterNode } from "./postgres-cluster/cluster-node";
export type { MemberState } from "./postgres-cluster/member-state";
export { type ClusterSettings, PostgresCluster } from "./postgres-cluster/postgres-cluster";
