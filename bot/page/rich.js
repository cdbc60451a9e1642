// The little markup of a message: paragraphs parted by blank lines, lines that begin with "- " or "1. ", **bold**.
// Built from text nodes only; nothing the server sends is ever read as HTML.

/** An element with a class and text or children. */
export function make(tag, name = "", ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...children);
  return element;
}

/** The blocks of a body: `<p>`, `<ul>` and `<ol>` elements. */
export function blocks(body) {
  return body
    .trim()
    .split(/\n\s*\n/)
    .filter(Boolean)
    .flatMap(block);
}

const MARKS = { ul: /^- /, ol: /^\d+\. / };
const kind = (line) => Object.keys(MARKS).find((tag) => MARKS[tag].test(line)) ?? "p";

function block(text) {
  const parts = [];
  for (const line of text.split("\n")) {
    const tag = kind(line);
    if (parts.at(-1)?.tag !== tag) parts.push({ tag, lines: [] });
    parts.at(-1).lines.push(line.replace(MARKS[tag] ?? "", ""));
  }
  return parts.map(({ tag, lines }) => (tag === "p" ? paragraph(lines) : list(tag, lines)));
}

const list = (tag, lines) => make(tag, "", ...lines.map((line) => make("li", "", ...bold(line))));

function paragraph(lines) {
  const broken = lines.flatMap((line, index) => (index ? [make("br"), ...bold(line)] : bold(line)));
  return make("p", "", ...broken);
}

/** Every second part between `**` is bold; an unpaired mark stays as it is. */
export function bold(text) {
  const parts = text.split("**");
  if (parts.length % 2 === 0) parts.push(`**${parts.pop()}`, "");
  return parts.map((part, index) => (index % 2 ? strong(part) : part)).filter((part) => part !== "");
}

const NUMBER = /^(?:1\d\d|0[\d. ]{8,13})$/; // of a help line, as it stands in texts

const strong = (part) => make("strong", "", NUMBER.test(part) ? dial(part) : part);

/** A telephone number to tap. */
function dial(number) {
  const link = make("a", "", number);
  link.href = `tel:${number.replace(/\D/g, "")}`;
  return link;
}
