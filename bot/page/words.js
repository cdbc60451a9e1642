// The page's own wording. It comes from the catalogue through a data block, so no sentence stands in a script.

const words = JSON.parse(document.getElementById("words").textContent);

/** The sentence for `key`, its `{places}` filled with `values`. */
export function word(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
