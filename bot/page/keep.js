// What this device remembers, and nothing else: whose device it is, the session's token, the number of the last
// message that arrived by itself, a draft. Never what was said.
//
// An own device keeps it in localStorage. A shared one, and one nobody has spoken for yet, keeps it in
// sessionStorage, which ends with the tab.

const PREFIX = "lachan.";
const NAMES = ["device", "session", "last", "draft", "seen"];
const IDLE = 15 * 60 * 1000; // ms without a sign of life, after which a shared device forgets

/** A stand-in for browsers that refuse storage: it ends with the page, which is the safe side. */
function memory() {
  const held = new Map();
  return {
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => held.set(key, value),
    removeItem: (key) => held.delete(key),
  };
}

function box(name) {
  try {
    window[name].getItem(PREFIX); // throws where a browser's privacy settings forbid it
    return window[name];
  } catch {
    return memory();
  }
}

const own = box("localStorage");
const tab = box("sessionStorage");

const here = () => (own.getItem(`${PREFIX}device`) === "own" ? own : tab);
const read = (name) => here().getItem(PREFIX + name);

function write(name, value, into = here()) {
  try {
    if (value === null || value === "") into.removeItem(PREFIX + name);
    else into.setItem(PREFIX + name, String(value));
  } catch {
    // A full or forbidden storage costs a draft or a resumption, never the talk.
  }
}

export const session = () => read("session");
export const setSession = (token) => write("session", token);
export const last = () => read("last") ?? "";
export const setLast = (id) => write("last", id);
export const draft = () => read("draft") ?? "";
export const setDraft = (text) => write("draft", text);

/** "own", "shared", or null while the person hasn't said: then it is treated as shared. */
export const device = () => read("device");

/** Move what is kept to where it belongs on such a device. */
export function setDevice(kind) {
  const held = NAMES.map((name) => [name, read(name)]);
  forget();
  const into = kind === "own" ? own : tab;
  for (const [name, value] of held) write(name, value, into);
  write("device", kind, into);
}

/** Is there anything here that the next person shouldn't find? */
export const anything = () => ["device", "session", "draft"].some((name) => read(name) !== null);

/** Note a sign of life; on an own device there is nothing to run out. */
export function touch(now = Date.now()) {
  if (here() === tab) write("seen", now);
}

/** How long nobody has been here, in ms; 0 on an own device. */
export function idleFor(now = Date.now()) {
  return here() === tab ? now - Number(read("seen") ?? now) : 0;
}

export const idleOut = (now = Date.now()) => idleFor(now) >= IDLE;
export const idleLeft = (now = Date.now()) => IDLE - idleFor(now);

/** Everything goes, from both storages: what quick exit and End do. */
export function forget() {
  for (const name of NAMES) {
    own.removeItem(PREFIX + name);
    tab.removeItem(PREFIX + name);
  }
}

/** Whether a `storage` event says that another tab has forgotten everything: then this one shows nothing either. */
export const forgottenElsewhere = ({ key, newValue }) => key === `${PREFIX}device` && newValue === null;
