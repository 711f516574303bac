const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s"'<>]*@/gi;

/** Replaces the password of every connection string in a text by `***`. */
export function redact(text: string): string {
  return text.replace(URL_PASSWORD, "$1:***@");
}
