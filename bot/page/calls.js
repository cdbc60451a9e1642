// Links that dial. Each stands directly under the paragraph or the step that names its number, so that nobody has to
// match numbers with buttons; the eye, the keyboard and a screen reader meet them in the same order.

import { make } from "./rich.js";

const NUMBERS = /\d+(?:[. ]\d+)*/g; // as people write them: 115, 0769.04.04.04

/** Put a message's links under the texts that name them, among `blocks`; returns those that none names. */
export function placeCalls(blocks, { calls = [], urgent }) {
  const texts = blocks.flatMap((block) => (block.matches("p") ? [block] : [...block.children]));
  const places = new Map(texts.map((text) => [text, []]));
  const rest = [];
  calls.forEach((call, index) => {
    const dialled = call.number.replace(/[^\d+]/g, "");
    const place = texts.find((text) => isAbout(text, dialled)) ?? texts.find((text) => named(text).includes(dialled));
    (places.get(place) ?? rest).push(link(call, dialled, urgent && index === 0));
  });
  for (const [text, links] of places) if (links.length) putUnder(text, links);
  return rest;
}

/** In a list of lines a paragraph begins with its own number, and may mention others. */
const isAbout = (text, dialled) => /^\d/.test(text.textContent) && named(text)[0] === dialled;

/** The numbers in a text, as they are dialled; node by node, because a line break is no character. */
const named = (text) =>
  [...text.childNodes].flatMap((node) => node.textContent.match(NUMBERS) ?? []).map((number) => number.replace(/\D/g, ""));

function link({ label, number }, dialled, first) {
  const told = label.replace(/\D/g, "").includes(dialled) ? label : `${label} · ${number}`;
  const element = make("a", first ? "button call first" : "button call", told);
  element.href = `tel:${dialled}`;
  return element;
}

function putUnder(text, links) {
  for (const { href } of links) plain(text, href);
  const row = make("p", "calls", ...links);
  if (text.matches("li")) text.append(row);
  else text.after(row);
}

/** The number in the text needn't be a link of its own where the same one stands under it. */
function plain(text, href) {
  for (const small of text.querySelectorAll("a")) if (small.href === href) small.replaceWith(...small.childNodes);
}
