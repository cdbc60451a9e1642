// The chat page, put together: what a person does, what the server answers, what the screen shows.
// The talk's text lives in the page only; after a reload the server is asked for the screen that stands.

import { uuid } from "./api.js";
import { deliver } from "./conversation.js";
import { Events } from "./events.js";
import { Field } from "./field.js";
import { Idle } from "./idle.js";
import * as keep from "./keep.js";
import { quickExit } from "./leave.js";
import { Notice } from "./notice.js";
import { Queue } from "./queue.js";
import { Talk } from "./talk.js";
import { word } from "./words.js";

const AID = "/giup"; // first aid and help lines: opens without network
const AID_AFTER = 4000; // ms that urgent help may take before the page opens what needs no server
const DOUBLE = 700; // ms within which a second tap on the same button is the first one, trembling

const $ = (id) => document.getElementById(id);
const talk = new Talk($("talk"), tapped);
const field = new Field($("say"), say, saveDraft);
const notice = new Notice($("notice"));
const queue = new Queue(send, settled);
const events = new Events(arrived);
const tappedAt = new WeakMap();

/** Whether the screen that stands is private; null until the server has said: it, or the first word, may be. */
let hidden = null;

function begin() {
  if (keep.idleOut()) keep.forget();
  field.text = keep.draft();
  if (!navigator.onLine) notice.trouble("offline");
  if (keep.session() !== null) put({ action: "resume" });
  else if (keep.device() !== null) put({ action: "start" });
  else askDevice();
  heading();
  events.update();
}

/** Empty the screen and stop what is under way; what the device keeps stays. */
function wipe() {
  queue.clear();
  clear();
  field.text = "";
}

/** Empty the screen; what the person said and is on its way goes on. */
function clear() {
  events.close();
  talk.clear();
  notice.clear();
  $("news").hidden = true;
  hidden = null;
}

/** End the conversation for good; the next person starts afresh. */
function end() {
  keep.forget();
  wipe();
  window.scrollTo(0, 0);
}

const heading = () => ($("end").hidden = keep.device() === "own" || !keep.anything());

// What a person does

function put(message) {
  keep.touch();
  queue.add({ id: uuid(), ...message });
  saveDraft();
}

function say(text) {
  put({ text, bubble: talk.mine(text) });
}

function tapped(button, element, event) {
  const twice = event.detail > 1 || event.timeStamp - (tappedAt.get(element) ?? -Infinity) < DOUBLE;
  if (twice || queue.waiting.some((item) => item.element === element)) return;
  tappedAt.set(element, event.timeStamp);
  element.closest(".choices").querySelector(".chosen")?.classList.remove("chosen");
  element.classList.add("chosen");
  const own = OWN_ACTIONS[button.action];
  if (own) own(button);
  else put({ action: button.action, bubble: talk.mine(button.label), element });
}

function urgentHelp(event) {
  if (!navigator.onLine || queue.stuck) return aside(event);
  event.preventDefault();
  const late = setTimeout(() => location.assign(AID), AID_AFTER);
  put({ action: "help", bubble: talk.mine($("sos").textContent), late });
}

/** The plain link to what needs no server; beside this page while something waits here, which leaving would lose. */
function aside(event) {
  if (queue.waiting.length === 0) return;
  event.preventDefault();
  window.open(AID, "_blank", "noopener");
}

const OWN_ACTIONS = {
  "page:own": () => chooseDevice("own"),
  "page:shared": () => chooseDevice("shared"),
  "page:begin": () => restart(),
};

function askDevice() {
  const buttons = [
    { label: word("own"), action: "page:own" },
    { label: word("shared"), action: "page:shared" },
  ];
  talk.show(talk.bot([{ title: word("device"), body: word("deviceWhy"), buttons }]));
}

/** Before the first word this is the first answer; later it only moves what is kept, and the talk goes on. */
function chooseDevice(kind) {
  const talking = keep.session() !== null || queue.waiting.length > 0;
  keep.setDevice(kind);
  if (talking) notice.tell(kind === "own" ? "nowOwn" : "nowShared");
  else {
    talk.mine(word(kind));
    put({ action: "start", follow: true });
  }
  saveDraft();
  heading();
}

function restart() {
  end();
  begin();
  focusFirst();
}

function focusFirst() {
  $("talk").firstElementChild?.focus({ preventScroll: true });
}

// What the server answers

function send(item, signal) {
  talk.typing(true);
  return deliver(item, signal, over);
}

/** Everything about this conversation is erased: nothing of it stays here. What was said since begins a new one. */
function over(text) {
  keep.forget();
  clear();
  const said = queue.waiting;
  if (!said.length) field.text = "";
  const buttons = said.length ? [] : [{ label: word("again"), action: "page:begin" }];
  talk.bot([{ body: text || word("erased"), buttons }]);
  talk.again(said.map(({ bubble }) => bubble).filter(Boolean));
  if (!said.length) focusFirst();
}

function settled(item, outcome) {
  talk.typing(false);
  if (outcome.kind !== "later" || item.late) clearTimeout(item.late);
  OUTCOMES[outcome.kind](item, outcome);
  saveDraft();
  heading();
}

const OUTCOMES = {
  answer(item, { messages, hidden: isPrivate }) {
    hidden = isPrivate;
    talk.mark(item.bubble, "");
    if (!queue.waiting.length) notice.well();
    present(talk.bot(messages), item);
    events.update();
  },
  later(item, { why, messages }) {
    if (item.late) return location.assign(AID);
    for (const { bubble } of queue.waiting) talk.mark(bubble, "waiting");
    if (why === "busy") notice.trouble("busy");
    else notice.trouble(navigator.onLine ? "unreachable" : "offline");
    if (messages.length && !item.shown) present(talk.bot(messages), item);
    item.shown = true;
  },
  overtaken(item) {
    talk.mark(item.bubble, "unsent");
    item.element?.classList.remove("chosen");
  },
  refused(item, { long, text }) {
    talk.mark(item.bubble, "unsent");
    present(talk.bot([{ body: text || word(long ? "tooLong" : "refused") }]), item);
    if (item.text && !field.text) field.text = item.text; // it isn't lost: it can be shortened
  },
  erased: (_item, { text }) => over(text),
};

/** Bring an answer into sight. The focus follows a tap, so that the keyboard goes on from there. */
function present(items, item) {
  talk.show(items);
  if (!items.length || field.focused || !(item.bubble || item.follow)) return;
  items[0].focus({ preventScroll: true });
}

/** A message that came by itself: it doesn't move the text from under the eyes of someone who reads further up. */
function arrived(message) {
  const near = talk.atEnd();
  const items = talk.bot([message]);
  if (near) return talk.show(items);
  $("news").hidden = false;
  $("news").onclick = () => {
    $("news").hidden = true;
    talk.show(items);
    items[0].focus({ preventScroll: true });
  };
}

/**
 * What isn't sent yet survives a reload as a draft; on a private screen nothing is kept. Until it is known what stands,
 * a draft from before stays as it is, unless the person empties the field, and nothing new is kept.
 */
function saveDraft() {
  const unsent = [...queue.waiting.map(({ text }) => text), field.text].filter(Boolean).join("\n");
  if (hidden === null && unsent) return;
  keep.setDraft(hidden ? "" : unsent);
}

// What happens around the page

function netChanged() {
  if (!navigator.onLine) notice.trouble("offline");
  else if (queue.waiting.length) queue.kick();
  else notice.well();
  events.update();
}

function looked() {
  if (document.visibilityState === "visible") queue.kick();
  events.update();
}

/** Without the plain link's entry in the history, which quick exit would leave behind. */
function toField(event) {
  event.preventDefault();
  field.focus();
}

/** The browser may keep the page as it was for the back button: it keeps it empty. */
function putAway(event) {
  if (event.persisted) wipe();
}

new Idle({
  warn: () => notice.still(),
  back: () => notice.here(),
  out: () => {
    end();
    heading();
    talk.bot([{ body: word("idle"), buttons: [{ label: word("begin"), action: "page:begin" }] }]);
  },
});
history.scrollRestoration = "manual"; // what stood further up isn't there any more after a reload
quickExit($("leave"), wipe);
$("news").textContent = word("news");
$("skip").addEventListener("click", toField);
$("sos").addEventListener("click", urgentHelp);
$("end").addEventListener("click", restart);
new ResizeObserver(() => talk.keepEnd()).observe($("say").parentElement);
window.addEventListener("resize", () => talk.keepEnd());
window.addEventListener("online", netChanged);
window.addEventListener("offline", netChanged);
window.addEventListener("pagehide", putAway);
window.addEventListener("pageshow", (event) => event.persisted && begin());
window.addEventListener("storage", (event) => keep.forgottenElsewhere(event) && restart());
document.addEventListener("visibilitychange", looked);
navigator.serviceWorker?.register("/sw.js");
begin();
