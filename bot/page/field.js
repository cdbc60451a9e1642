// The one field: grows to four lines, Enter sends, Shift+Enter breaks a line, says when little room is left.

import { word } from "./words.js";

const LIMIT = 4000; // characters; the server takes no more in one message
const TELL = 200; // characters left from which on the page says so

export class Field {
  #form;
  #text;
  #count;

  /** `sent(text)` gets what was written; `typed(text)` hears of every change. */
  constructor(form, sent, typed) {
    this.#form = form;
    this.#text = form.querySelector("textarea");
    this.#count = form.querySelector(".count");
    form.addEventListener("submit", (event) => this.#submit(event, sent, typed));
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#text.addEventListener("input", () => this.#changed(typed));
  }

  get text() {
    return this.#text.value;
  }

  set text(value) {
    this.#text.value = value;
    this.#fit();
  }

  get focused() {
    return document.activeElement === this.#text;
  }

  focus() {
    this.#text.focus({ preventScroll: true });
  }

  #key(event) {
    const composing = event.isComposing || event.keyCode === 229; // Enter ends a word in Vietnamese input methods
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.#form.querySelector("button").click(); // requestSubmit is missing on older phones
  }

  #submit(event, sent, typed) {
    event.preventDefault();
    const text = this.#text.value.trim();
    if (!text) return this.focus();
    this.text = "";
    sent(text);
    typed("");
  }

  #changed(typed) {
    this.#fit();
    typed(this.#text.value);
  }

  #fit() {
    this.#text.style.height = "auto";
    if (this.#text.value) this.#text.style.height = `${this.#text.scrollHeight + 2}px`; // 2 px of border
    const left = LIMIT - this.#text.value.length;
    this.#count.hidden = left > TELL;
    if (left <= TELL) this.#count.textContent = left ? word("left", { count: left }) : word("full");
  }
}
