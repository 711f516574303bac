import type { Facts } from "./facts";

/** Says what to type so that a setting gets another value, by where its present value was set. */
export function changeOfSetting({ settings, server }: Facts, name: string, value: string): string {
  const role = quoted(server?.role ?? "the role");
  const database = quoted(server?.database ?? "the database");
  switch (settings?.[name]?.source) {
    case "client":
      return `Take ${name} out of the options of the url, and out of PGOPTIONS.`;
    case "user":
      return `ALTER ROLE ${role} RESET ${name};`;
    case "database":
      return `ALTER DATABASE ${database} RESET ${name};`;
    case "database user":
      return `ALTER ROLE ${role} IN DATABASE ${database} RESET ${name};`;
    case "global":
      return `ALTER ROLE ALL RESET ${name};`;
    case "command line":
      return `Set ${name} = ${value} in the command line that starts the server (under Patroni: patronictl edit-config), and restart it.`;
    default:
      return `ALTER SYSTEM SET ${name} = ${value}; SELECT pg_reload_conf();`;
  }
}

/** A name in SQL. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Says how this role is let see what the server shows to few. */
export function grantToSee({ server }: Facts): string {
  return `GRANT pg_monitor TO ${quoted(server?.role ?? "the role")};`;
}
