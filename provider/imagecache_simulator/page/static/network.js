// What caches are built in: VPCs with their vSwitches, and the small things beside them.

import { arrange, badge, code, counted, element, setText } from "./elements.js";

const TONES = {
  Available: "plain",
  InUse: "busy",
  Running: "good",
  Succeeded: "good",
  Failed: "bad",
  ScheduleFailed: "bad",
};

/** A heading with what it is called by, and boxes for what stands in it. */
export class Place {
  #kind = element("span", { class: "kind" });
  #name = element("span", { class: "name" });
  #id = code("");
  #note = element("span", { class: "note" });
  #body = element("div", { class: "body" });

  constructor(level, kind) {
    const heading = element(`h${level}`, {}, this.#kind, " ", this.#name);
    setText(this.#kind, kind);
    this.node = element(
      "section",
      { class: `place level-${level}` },
      element("div", { class: "heading" }, heading, this.#id, this.#note),
      this.#body,
    );
  }

  /** Show what it's called, and arrange what's in it. */
  update({ name, id = "", note = "" }, children) {
    setText(this.#name, name);
    setText(this.#id, id);
    setText(this.#note, note);
    this.#id.hidden = !id || id === name;
    this.#note.hidden = !note;
    arrange(this.#body, children);
  }
}

/** A list with a label; nothing is shown while it's empty. */
export class List {
  #list = element("ul");

  constructor(label, kind) {
    this.#list.className = kind;
    this.#list.setAttribute("aria-label", label);
    this.node = element("div", { class: "list" }, element("p", { class: "label" }, label), this.#list);
  }

  /** Arrange the items. */
  update(items) {
    this.node.hidden = items.length === 0;
    arrange(this.#list, items);
  }
}

/** One line: a name, an ID, a status if it says something, a note, and more when it's opened. */
export class Item {
  #name = element("span", { class: "name" });
  #id = code("");
  #status = badge("", "plain");
  #note = element("span", { class: "note" });
  #more = element("ul", { class: "more" });

  constructor(opens = false) {
    const line = [this.#name, this.#id, this.#status, this.#note];
    const inner = opens ? [element("details", {}, element("summary", {}, ...line), this.#more)] : line;
    this.node = element("li", { class: opens ? "item opens" : "item" }, ...inner);
  }

  /** Show it. */
  update({ name, id, status = "", note = "", more = [] }) {
    setText(this.#name, name || id);
    setText(this.#id, id);
    setText(this.#status, status);
    setText(this.#note, note);
    this.#id.hidden = !name || name === id;
    this.#status.hidden = !status;
    this.#status.dataset.tone = TONES[status] ?? "busy";
    this.#note.hidden = !note;
    if (this.#more.textContent !== more.join("")) {
      arrange(this.#more, more.map((text) => element("li", {}, text)));
    }
  }
}

/** What an item shows of a security group. */
export function securityGroup(group) {
  return {
    name: group.SecurityGroupName,
    id: group.SecurityGroupId,
    note: group.Permissions.length ? counted(group.Permissions.length, "rule") : "no rules",
    more: group.Permissions.map(rule),
  };
}

function rule(each) {
  const peer = Object.entries(each).find(([name, value]) => value && /(Cidr|Group|PrefixList)I[pd]$/.test(name));
  const ports = each.PortRange === "-1/-1" ? "all ports" : each.PortRange;
  const direction = each.Direction === "egress" ? "out to" : "in from";
  return `${each.Policy} ${each.IpProtocol} ${ports} ${direction} ${peer ? peer[1] : "anywhere"}`;
}

/** What an item shows of an elastic IP address; `owners` are names by the ID of what an address can be bound to. */
export function eip(address, owners) {
  const bound = address.InstanceId ? `bound to ${owners.get(address.InstanceId) || address.InstanceId}` : "";
  return {
    name: address.IpAddress,
    id: address.AllocationId,
    status: address.Status,
    note: [address.Name, `${address.Bandwidth} Mbit/s`, bound].filter(Boolean).join(" · "),
  };
}

/** What an item shows of a NAT gateway. */
export function natGateway(gateway) {
  const addresses = gateway.IpLists.IpList.map((each) => each.IpAddress).join(", ");
  const entries = gateway.SnatEntries.length;
  return {
    name: gateway.Name,
    id: gateway.NatGatewayId,
    status: gateway.Status,
    note: [addresses, entries ? counted(entries, "SNAT entry", "SNAT entries") : "no SNAT entries"]
      .filter(Boolean).join(" · "),
  };
}

/** What an item shows of a container group: of its events, the last one's message. */
export function containerGroup(group) {
  return {
    name: group.ContainerGroupName,
    id: group.ContainerGroupId,
    status: group.Status,
    note: group.Events.length ? group.Events.at(-1).Message : "",
  };
}

/** The image cache that a container group began from, as its event says; undefined without one. */
export function imageCacheOf(group) {
  const hit = group.Events.find((event) => event.Reason === "SuccessfulHitImageCache");
  return hit?.Message.match(/imc-\w+/)?.[0];
}
