// One session with the server: made when it is first needed, renewed silently when the server doesn't know it.

import * as api from "./api.js";
import * as keep from "./keep.js";

/**
 * Hand one message over. Tells what came of it:
 * `{kind: "answer", messages, hidden}` (hidden: the screen that stands is private),
 * `{kind: "later", why, wait, messages}` (to be sent again; why: offline | server | busy; messages: what the
 * server can say even so, such as first aid),
 * `{kind: "erased", text}`, `{kind: "refused", long, text}`.
 */
export async function deliver(item, signal, renewed = false) {
  const session = keep.session();
  if (session === null) {
    const failed = await begin(item, signal);
    if (failed) return failed;
  }
  const token = keep.session();
  const reply = await api.post(token, item, signal);
  if (reply.status !== 404 || renewed || signal.aborted) return outcome(reply, item);
  if (keep.session() === token) keep.setSession(null);
  return deliver(item.action === "resume" ? { ...item, action: "start" } : item, signal, true);
}

/** A new session. What the person said is its first message: nothing that must be kept stands before a question. */
async function begin(item, signal) {
  const opened = await api.open(signal);
  if (opened.status !== 201) return outcome(opened, item);
  if (signal.aborted) return later("offline", 0); // ended meanwhile: a token must not outlive that
  keep.setSession(opened.body.session);
  return null;
}

const later = (why, wait, messages = []) => ({ kind: "later", why, wait, messages });

function outcome({ status, body, wait }, item) {
  if (status === 200) return { kind: "answer", messages: body.messages ?? [], hidden: body.private === true };
  if (status === 410) return { kind: "erased", text: body.message ?? "" };
  if (status === 0) return later("offline", 0);
  if (status === 429) return later("busy", wait);
  if (status >= 500 && item.action === "help" && body.messages) return { kind: "answer", messages: body.messages, hidden: true };
  if (status >= 500) return later("server", wait, body.messages);
  return { kind: "refused", long: status === 413, text: body.message ?? "" };
}
