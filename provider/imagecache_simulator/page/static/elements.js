// What the other scripts make the page from. All that a request brought becomes text nodes, never HTML.

/** Make an element; attributes that are null or false are left out, children are elements or texts. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

/** Give an element a text, unless it has it. */
export function setText(shown, text) {
  if (shown.textContent !== text) shown.textContent = text;
}

/** Make a parent's children those that are given, in their order; what stays in place isn't touched. */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.childNodes]) {
    if (!wanted.has(child)) child.remove();
  }
  let place = parent.firstChild;
  for (const child of children) {
    if (child === place) place = place.nextSibling;
    else parent.insertBefore(child, place);
  }
}

/** Keeps one view for each key, so that what a person opened stays open. A view has a `node`. */
export class Views {
  #views = new Map();
  #used = new Set();

  /** Return the view of a key, made if there's none yet. */
  of(key, make) {
    if (!this.#views.has(key)) this.#views.set(key, make());
    this.#used.add(key);
    return this.#views.get(key);
  }

  /** Forget the views that weren't asked for since the last call. */
  forgetOthers() {
    for (const key of this.#views.keys()) {
      if (!this.#used.has(key)) this.#views.delete(key);
    }
    this.#used.clear();
  }
}

/** A term and its description; nothing if there's no description. */
export function fact(term, description) {
  return description ? [element("div", {}, element("dt", {}, term), element("dd", {}, description))] : [];
}

/** A list of facts. */
export function facts(...pairs) {
  return element("dl", { class: "facts" }, ...pairs.flat());
}

/** An ID, address or image: what is copied rather than read. */
export function code(text) {
  return element("span", { class: "code" }, text);
}

/** A status as a word, with its colour. */
export function badge(word, tone) {
  return element("span", { class: "badge", "data-tone": tone }, word);
}

/** `2026-01-01T00:00:00Z` as a person reads it; empty without a moment. */
export function readable(moment) {
  return (moment ?? "").replace("T", " ").replace("Z", "");
}

/** `1 vSwitch`, `2 vSwitches`. */
export function counted(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}
