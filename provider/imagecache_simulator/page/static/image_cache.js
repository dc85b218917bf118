// One image cache: a line that says what matters, and everything else when it's opened.

import { arrange, badge, code, counted, element, fact, facts, readable, setText } from "./elements.js";

const TONES = {
  Preparing: "busy",
  Creating: "busy",
  Updating: "busy",
  Ready: "good",
  Failed: "bad",
  UpdateFailed: "bad",
};

/** Whether a cache's build is on its way; a Flash cache is Ready before its progress ends. */
export function isBuilding(cache) {
  return TONES[cache.Status] === "busy" || (cache.Status === "Ready" && cache.Progress !== "100%");
}

/** The tone of a status: busy, good, bad, or plain. */
export function toneOf(status) {
  return TONES[status] ?? "plain";
}

/** The texts by which a person looks for a cache. */
export function searchable(cache) {
  return [cache.ImageCacheName, cache.ImageCacheId, cache.Status, ...cache.Images].join("\n").toLowerCase();
}

export class ImageCacheView {
  #cache = null;
  #users = "";
  #name = element("span", { class: "name" });
  #status = badge("", "plain");
  #images = element("span", { class: "images code" });
  #progress = element("progress", { max: "100" });
  #percent = element("span", { class: "percent" });
  #latest = element("span", { class: "latest" });
  #figures = element("span", { class: "figures" });
  #building = element("span", { class: "building" }, this.#progress, this.#percent);
  #more = element("div", { class: "more" });
  #details = element(
    "details",
    {},
    element("summary", {}, this.#name, this.#status, this.#images, this.#figures, this.#building, this.#latest),
    this.#more,
  );
  node = element("li", { class: "cache" }, this.#details);

  constructor() {
    this.#details.addEventListener("toggle", () => this.#drawMore());
  }

  /** Show a cache and the container groups that used it; nothing is touched if neither has changed. */
  update(cache, users) {
    const used = users.map((group) => group.ContainerGroupId).join();
    if (cache === this.#cache && used === this.#users) return;
    this.#cache = cache;
    this.#users = used;
    this.node.dataset.id = cache.ImageCacheId;
    setText(this.#name, cache.ImageCacheName);
    setText(this.#status, cache.Status);
    this.#status.dataset.tone = toneOf(cache.Status);
    setText(this.#images, imagesInBrief(cache.Images));
    setText(this.#figures, figures(cache, users));
    this.#drawProgress(cache);
    this.#drawMore();
  }

  #drawProgress(cache) {
    const building = isBuilding(cache);
    const last = newest(cache.Events);
    this.#building.hidden = !building;
    this.#progress.value = parseInt(cache.Progress, 10);
    this.#progress.setAttribute("aria-label", `Progress of ${cache.ImageCacheName}`);
    setText(this.#percent, cache.Progress);
    this.#latest.hidden = !last || (!building && toneOf(cache.Status) !== "bad");
    setText(this.#latest, last ? last.Message : "");
  }

  #drawMore() {
    if (!this.#details.open || this.#cache === null) return;
    const cache = this.#cache;
    arrange(this.#more, [
      facts(
        fact("ID", code(cache.ImageCacheId)),
        fact("Images", lines(cache.Images.map(code))),
        fact("Size", `${cache.ImageCacheSize} GiB`),
        fact("Created", readable(cache.CreationTime)),
        fact("Expires", readable(cache.ExpireDateTime) || "never"),
        fact("Last used", readable(cache.LastMatchedTime) || "not yet"),
        fact("Used by", this.#users && lines(this.#users.split(",").map(code))),
        fact("Snapshot", cache.SnapshotId ? code(cache.SnapshotId) : ""),
        fact("Flash snapshot", cache.FlashSnapshotId ? code(cache.FlashSnapshotId) : ""),
        fact("Transit instance", code(cache.ContainerGroupId)),
        fact("vSwitches", cache.VSwitchIds.length ? lines(cache.VSwitchIds.map(code)) : ""),
        fact("Security group", cache.SecurityGroupId && code(cache.SecurityGroupId)),
        fact("EIP", cache.EipInstanceId && code(cache.EipInstanceId)),
        fact("Elimination", cache.EliminationStrategy ?? ""),
        fact("Resource group", code(cache.ResourceGroupId)),
        fact("Tags", cache.Tags.length ? lines(cache.Tags.map((tag) => code(`${tag.Key} = ${tag.Value}`))) : ""),
      ),
      element("p", { class: "label" }, "Events"),
      element("ol", { class: "events", "aria-label": "Events, the newest first" }, ...[...cache.Events].reverse().map(event)),
    ]);
  }
}

function imagesInBrief(images) {
  return images.length > 2 ? `${images[0]}, ${images[1]} and ${images.length - 2} more` : images.join(", ");
}

function figures(cache, users) {
  const used = readable(cache.LastMatchedTime).slice(0, 16);
  return [
    `${cache.ImageCacheSize} GiB`,
    cache.ExpireDateTime ? `expires ${readable(cache.ExpireDateTime).slice(0, 16)}` : "never expires",
    used ? `used ${used}` : "not used yet",
    users.length ? `by ${counted(users.length, "container group")}` : "",
  ].filter(Boolean).join(" · ");
}

function newest(events) {
  return events.reduce((last, each) => (last && last.LastTimestamp > each.LastTimestamp ? last : each), null);
}

function lines(nodes) {
  return element("span", { class: "lines" }, ...nodes);
}

function event(each) {
  return element(
    "li",
    { "data-type": each.Type },
    element("time", { datetime: each.LastTimestamp }, readable(each.LastTimestamp)),
    element("span", { class: "reason" }, each.Count > 1 ? `${each.Reason} ×${each.Count}` : each.Reason),
    element("span", { class: "message" }, each.Message),
  );
}
