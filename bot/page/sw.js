// What opens without network: first aid and help lines, and the shell of the chat. No conversation passes through
// here: the addresses under /chat/ are left alone. A template: gets `version`, which changes with any file.
//
// All files of one version are kept together and served together, so that a page never runs with half of another
// version. It opens at once from what is kept; a new version is fetched behind it and serves the next opening.

const NAME = "lachan-";
const CACHE = `${NAME}{{ version }}`;
const PAGES = ["/", "/giup"];
const NAMED = /(?:href|src)="(\/(?:page\/|manifest)[^"]+)"/g;

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && PAGES.includes(pathname)) event.respondWith(page(event, pathname));
  else if (pathname.startsWith("/page/") || pathname === "/manifest.webmanifest") event.respondWith(file(request));
});

const fresh = (path) => new Request(path, { cache: "no-cache", credentials: "omit" });

async function fill() {
  const cache = await caches.open(CACHE);
  const answers = await Promise.all(PAGES.map((path) => fetch(fresh(path))));
  if (!answers.every((answer) => answer.ok)) throw new Error("the pages aren't there; the browser tries again later");
  const texts = await Promise.all(answers.map((answer) => answer.clone().text()));
  await cache.addAll([...new Set(texts.flatMap(named))].map(fresh));
  await Promise.all(PAGES.map((path, index) => cache.put(path, answers[index])));
}

async function tidy() {
  const old = (await caches.keys()).filter((name) => name.startsWith(NAME) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function page(event, path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  if (!kept) return fetch(event.request);
  event.waitUntil(renew(cache, path).catch(() => {})); // without network what is kept stays
  return kept;
}

/** Wording, numbers or settings may change without a file: keep the newest page, if its files are the ones kept. */
async function renew(cache, path) {
  const answer = await fetch(fresh(path));
  if (!answer.ok) return;
  const files = named(await answer.clone().text());
  const found = await Promise.all(files.map((name) => cache.match(name)));
  if (found.every(Boolean)) await cache.put(path, answer);
}

async function file(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) ?? fetch(request);
}

const named = (html) => [...html.matchAll(NAMED)].map(([, path]) => path);
