// The talk on the screen: bubbles, what is old, the typing dots, where the screen and the focus go.

import { messageItem } from "./message.js";
import { make } from "./rich.js";
import { word } from "./words.js";

const THINKING = 300; // ms before the dots show: a quick answer needs none
const NEAR = 120; // px from the end that still counts as reading the end
const ABOVE = 12; // px of air over the start of a new answer

export class Talk {
  #list;
  #tapped;
  #dots = null;
  #timer = null;
  #reading = true; // the end of the talk, rather than something further up

  constructor(list, tapped) {
    this.#list = list;
    this.#tapped = tapped;
    window.addEventListener("scroll", () => (this.#reading = this.atEnd()), { passive: true });
  }

  /** When a keyboard, a notice or a growing field takes room away, whoever reads the end goes on seeing it. */
  keepEnd() {
    if (this.#reading) window.scrollTo(0, document.documentElement.scrollHeight);
  }

  /** The person's own words. They aren't read aloud again to the one who said them. */
  mine(text) {
    this.old();
    const item = make("li", "mine new", make("div", "said", make("span", "unseen", `${word("you")} `), text));
    item.setAttribute("aria-live", "off");
    this.#add(item);
    this.toEnd();
    return item;
  }

  /** The person's own words that stood here before, in a new talk. */
  again(items) {
    items.forEach((item) => this.#add(item));
    if (items.length) this.typing(true);
  }

  /** Mark the person's words: waiting to be sent, not sent, or ("") sent. */
  mark(item, state) {
    if (!item) return;
    item.classList.toggle("waiting", state !== "");
    item.querySelector(".state")?.remove();
    if (state) item.append(make("span", "state", word(state)));
    this.keepEnd();
  }

  /** Messages of the bot; returns their elements. Without buttons they leave those that stand as they are. */
  bot(messages) {
    this.typing(false);
    if (messages.some(({ buttons }) => buttons?.length)) this.old();
    const items = messages.map((message) => messageItem(message, this.#tapped));
    for (const item of items.slice(0, -1)) item.querySelector(".choices")?.classList.add("old");
    items.forEach((item) => this.#add(item));
    return items;
  }

  /** Buttons live under the last message; the ones above go grey and still answer. */
  old() {
    for (const box of this.#list.querySelectorAll(".choices:not(.old)")) box.classList.add("old");
    for (const item of this.#list.querySelectorAll(".new")) item.classList.remove("new");
  }

  typing(on) {
    clearTimeout(this.#timer);
    this.#dots?.remove();
    this.#dots = null;
    if (on) this.#timer = setTimeout(() => this.#showDots(), THINKING);
  }

  #showDots() {
    const dots = make("div", "dots", make("i"), make("i"), make("i"));
    this.#dots = make("li", "typing", make("div", "bot", dots));
    this.#dots.setAttribute("aria-hidden", "true");
    const near = this.atEnd();
    this.#list.append(this.#dots);
    if (near) this.toEnd();
  }

  #add(item) {
    if (this.#dots) this.#dots.before(item);
    else this.#list.append(item);
  }

  atEnd() {
    const page = document.documentElement;
    return page.scrollHeight - page.clientHeight - window.scrollY < NEAR;
  }

  toEnd() {
    this.#scroll(document.documentElement.scrollHeight);
  }

  /** Show new messages to the end, but never past the start of the first: a long answer is read from its start. */
  show(items) {
    if (!items.length) return;
    const head = document.querySelector(".head");
    const covered = getComputedStyle(head).position === "sticky" ? head.offsetHeight : 0;
    const start = items[0].getBoundingClientRect().top + window.scrollY - covered - ABOVE;
    const end = document.documentElement.scrollHeight - document.documentElement.clientHeight;
    this.#reading = start >= end; // no scroll event tells it where the answer begins at the top already
    this.#scroll(Math.min(start, end));
  }

  #scroll(top) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    window.scrollTo({ top, behavior: still ? "auto" : "smooth" });
  }

  clear() {
    this.typing(false);
    for (const link of this.#list.querySelectorAll("a[download]")) URL.revokeObjectURL(link.href);
    this.#list.replaceChildren();
  }
}
