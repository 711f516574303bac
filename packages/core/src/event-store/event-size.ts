import { ValidationError, WHOLE_OBJECT } from "../errors/validation-error";

/** @throws ValidationError when the text takes more bytes of UTF-8 than `max_event_bytes` allows. */
export function checkEventSize(text: string, maxEventBytes: number, subject: string): void {
  if (text.length * 3 <= maxEventBytes) return;
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxEventBytes) return;
  const complaint = `it takes ${bytes} bytes, max_event_bytes allows ${maxEventBytes}; store less, or raise max_event_bytes`;
  throw new ValidationError({ [WHOLE_OBJECT]: [complaint] }, subject);
}
