export { CountingProxy } from "./postgres-server/counting-proxy";
export { PrivateServer, type ServerSettings } from "./postgres-server/private-server";
