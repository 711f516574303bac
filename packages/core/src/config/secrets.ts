import type { SettingPath } from "./setting-path";

const SECRET_KEY = /pass|pwd|secret|token|credential|auth|(^|_)key$|url|uri|dsn|connection/i;
const SECRET_VALUE = /:\/\/[^/\s]*@|(pass|pwd|secret|token|key)\w*\s*[=:]/i;

/** True for a setting that may hold a secret, such as a password: no message shows its value. In doubt it is one. */
export function looksSecret(path: SettingPath, value: unknown): boolean {
  if (path.some((key) => typeof key === "string" && SECRET_KEY.test(key))) return true;
  return typeof value === "string" && SECRET_VALUE.test(value);
}
