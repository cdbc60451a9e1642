// The three addresses of the chat. Failures are values: status 0 means that no answer came.

const ROOT = "/chat/api/sessions";
const PATIENCE = 20_000; // ms; after that an answer is taken for lost, and the same id is sent again

/** An id for one message; made by hand because randomUUID is missing on plain-http addresses of a school's net. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** A new session's token: `{status, body: {session}, wait}`. */
export const open = (signal) => call(ROOT, {}, signal);

/** Send one message; sending the same id again is always safe. */
export const post = (session, { id, text, action }, signal) =>
  call(`${ROOT}/${encodeURIComponent(session)}/messages`, text === undefined ? { id, action } : { id, text }, signal);

/** Where messages arrive by themselves; `last` is the number of the last one seen. */
export const eventsAddress = (session, last) =>
  `${ROOT}/${encodeURIComponent(session)}/events${last ? `?last=${encodeURIComponent(last)}` : ""}`;

async function call(address, body, signal) {
  const giveUp = new AbortController();
  const stop = () => giveUp.abort();
  const timer = setTimeout(stop, PATIENCE);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const response = await fetch(address, request(body, giveUp.signal));
    return {
      status: response.status,
      body: await response.json().catch(() => ({})),
      wait: Number(response.headers.get("Retry-After") ?? 0) * 1000 || 0,
    };
  } catch {
    return { status: 0, body: {}, wait: 0 };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

const request = (body, signal) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
  credentials: "omit",
  cache: "no-store",
  referrerPolicy: "no-referrer",
  signal,
});
