import "./global-setup";

export default async function stopCluster(): Promise<void> {
  await globalThis.tidemarkCluster?.stop();
}
