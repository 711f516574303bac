const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s"'<>]*@/gi;

/** Blanks the passwords of connection strings, wherever in a text they stand. */
export function redact(text: string): string {
  return text.replace(URL_PASSWORD, "$1:***@");
}
