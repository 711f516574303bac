import "./global-setup";

export default async function stopServer(): Promise<void> {
  await globalThis.tidemarkPostgresServer?.stop();
}
