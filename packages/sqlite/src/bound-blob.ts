/** Lies at an address in memory, without which the driver of Node binds null. */
const NO_BYTES = Buffer.alloc(1).subarray(0, 0);

/** Bytes as both drivers bind them: better-sqlite3 takes a Buffer of this process alone. */
export function boundBlob(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? NO_BYTES : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
