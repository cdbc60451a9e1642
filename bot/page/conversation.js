// One session with the server: made when it is first needed, renewed silently when the server doesn't know it.

import * as api from "./api.js";
import * as keep from "./keep.js";

const ERASE = "me:erase:yes"; // the button that erases everything

/**
 * Hand one message over. Tells what came of it:
 * `{kind: "answer", messages, hidden}` (hidden: the screen that stands is private),
 * `{kind: "later", why, wait, messages}` (to be sent again; why: offline | server | busy; messages: what the
 * server can say even so, such as first aid),
 * `{kind: "erased", text}` (nothing stands any more), `{kind: "refused", long, text}`.
 *
 * `over(text)` is called when everything was erased elsewhere; it forgets the session, and the message begins a new one.
 */
export async function deliver(item, signal, over, renewed = false) {
  if (keep.session() === null) {
    const failed = await begin(item, signal);
    if (failed) return failed;
  }
  const token = keep.session();
  const reply = await api.post(token, item, signal);
  if (reply.status === 200 && item.action === ERASE) return farewell(token, reply, signal);
  if (renewed || signal.aborted || !renew(item, token, reply, over)) return outcome(reply, item);
  return deliver(item.action === "resume" ? { ...item, action: "start" } : item, signal, over, true);
}

/** Whether the message shall begin a new session, because the server doesn't know this one any more. */
function renew({ action }, token, { status, body }, over) {
  const erased = status === 410 && action !== "resume" && action !== ERASE; // these two mean what is erased
  if (status !== 404 && !erased) return false;
  if (keep.session() !== token) return true; // another tab has begun one
  if (erased) over(body.message);
  else keep.setSession(null);
  return true;
}

/** The wish to erase was answered. Whether it is fulfilled the session itself tells: then the server refuses it. */
async function farewell(token, reply, signal) {
  const after = await api.post(token, { id: api.uuid(), action: "resume" }, signal);
  if (after.status !== 410) return outcome(reply, {});
  return { kind: "erased", text: reply.body.messages?.[0]?.text ?? "" };
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
