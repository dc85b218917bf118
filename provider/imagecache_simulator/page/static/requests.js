// The requests as they arrive, the newest first. The same one again, as clients poll, counts up.

import { arrange, badge, code, counted, element, fact, facts, readable, setText } from "./elements.js";

const MOST_ROWS = 200;
const MOST_IN_BRIEF = 3;
const UNSAID = new Set(["RegionId", "ClientToken"]);
const REFUSED = 400;

let rows = [];

/** Take new entries of the log in, oldest first; those of another account replace all. */
export function takeRequests(entries, afresh) {
  if (afresh) rows = [];
  for (const entry of entries) {
    const same = JSON.stringify([entry.product, entry.action, entry.parameters, entry.status, entry.code]);
    if (rows[0]?.same === same) rows[0].again(entry);
    else rows.unshift(new Row(entry, same));
  }
  rows.length = Math.min(rows.length, MOST_ROWS);
}

/** Draw the log and its summary. */
export function drawRequests(list, summary) {
  arrange(list, rows.map((row) => row.node));
  const sum = (some) => some.reduce((number, row) => number + row.count, 0);
  const refused = sum(rows.filter((row) => row.refused));
  const parts = [counted(sum(rows), "request"), refused ? `${refused} refused` : ""];
  setText(summary, rows.length ? parts.filter(Boolean).join(", ") : "none yet");
}

class Row {
  #entry;
  count = 1;
  #node = null;
  #time = element("time");
  #times = element("span", { class: "times" });
  #more = element("div", { class: "more" });

  constructor(entry, same) {
    this.#entry = entry;
    this.same = same;
    this.refused = entry.status >= REFUSED;
  }

  /** Count the same request once more. */
  again(entry) {
    this.#entry = entry;
    this.count += 1;
    this.#drawTime();
  }

  /** The row's element, made when it's drawn first. */
  get node() {
    this.#node ??= this.#make();
    return this.#node;
  }

  #make() {
    const entry = this.#entry;
    const outcome = this.refused ? badge(`refused ${entry.status}`, "bad") : badge(String(entry.status), "good");
    const details = element(
      "details",
      {},
      element(
        "summary",
        {},
        this.#time,
        element("span", { class: "action" }, entry.action || "no action", " ", this.#times),
        outcome,
        element("span", { class: "code brief" }, entry.code || inBrief(entry.parameters)),
      ),
      this.#more,
    );
    details.addEventListener("toggle", () => arrange(this.#more, details.open ? this.#facts() : []));
    this.#drawTime();
    return element("li", { class: this.refused ? "request refused" : "request" }, details);
  }

  #drawTime() {
    this.#time.dateTime = this.#entry.time;
    setText(this.#time, readable(this.#entry.time).slice(11));
    setText(this.#times, this.count > 1 ? `×${this.count}` : "");
  }

  #facts() {
    const { product, time, request_id, code: refusal, parameters } = this.#entry;
    const pairs = Object.entries(parameters).map(([name, value]) => fact(name, code(value)));
    return [
      facts(
        fact("Product", product),
        fact("Time", readable(time)),
        fact("Code", refusal),
        fact("Request ID", code(request_id)),
        ...pairs,
      ),
    ];
  }
}

function inBrief(parameters) {
  const said = Object.entries(parameters).filter(([name, value]) => value && !UNSAID.has(name));
  return said.slice(0, MOST_IN_BRIEF).map(([name, value]) => `${name}=${value}`).join(" ");
}
