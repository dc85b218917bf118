// The account as a tree: region, VPC, vSwitch, and the caches where they are built.

import { arrange, counted, Views } from "./elements.js";
import { ImageCacheView, isBuilding, searchable, toneOf } from "./image_cache.js";
import { containerGroup, eip, imageCacheOf, Item, List, natGateway, Place, securityGroup } from "./network.js";

const views = new Views();

/**
 * Draw the tree into a parent.
 *
 * `of` gives the resources of a kind as a map by ID, oldest first; `wanted` is what a cache's texts must
 * contain, in small letters. Returns how many resources there are, and a sentence on them.
 */
export function drawAccount(parent, of, wanted) {
  const account = new Account(of, wanted);
  arrange(parent, account.regions().map((region) => account.region(region)));
  views.forgetOthers();
  return account.found();
}

class Account {
  #of;
  #wanted;
  #caches = new Map();
  #groups = new Map();
  #owners = new Map();
  #users = new Map();

  constructor(of, wanted) {
    this.#of = of;
    this.#wanted = wanted;
    const groups = [...of("container_groups").values()];
    this.#groups = grouped(groups, (group) => this.#place([group.VSwitchId], group.RegionId));
    this.#users = grouped(groups, imageCacheOf);
    const caches = [...of("image_caches").values()].reverse();
    const found = wanted ? caches.filter((cache) => searchable(cache).includes(wanted)) : caches;
    this.#caches = grouped(found, (cache) => this.#place([cache.TransitVSwitchId, ...cache.VSwitchIds], cache.RegionId));
    for (const cache of caches) this.#owners.set(cache.ContainerGroupId, `the build of ${cache.ImageCacheName}`);
    for (const group of groups) this.#owners.set(group.ContainerGroupId, group.ContainerGroupName);
    for (const gateway of of("nat_gateways").values()) this.#owners.set(gateway.NatGatewayId, gateway.Name);
  }

  /** The first of the vSwitches that there is; the region where there's none. */
  #place(ids, region) {
    return ids.find((id) => this.#of("vswitches").has(id)) ?? region;
  }

  regions() {
    const all = ["vpcs", "security_groups", "eips", "image_caches", "container_groups"].flatMap(
      (kind) => [...this.#of(kind).values()].map((each) => each.RegionId),
    );
    return [...new Set(all)].sort();
  }

  region(region) {
    const here = (kind) => [...this.#of(kind).values()].filter((each) => each.RegionId === region);
    const apart = views.of(`apart ${region}`, () => new Place(4, ""));
    const children = this.#inhabitants(region);
    apart.update({ name: "In no vSwitch of the account" }, children);
    const place = views.of(`region ${region}`, () => new Place(3, "Region"));
    place.update({ name: region }, [
      this.#list(region, "Elastic IP addresses", here("eips"), "AllocationId", (each) => eip(each, this.#owners)),
      this.#list(region, "Security groups without a VPC", here("security_groups").filter((each) => !each.VpcId),
        "SecurityGroupId", securityGroup),
      ...here("vpcs").map((vpc) => this.#vpc(vpc)),
      ...(children.length ? [apart.node] : []),
    ]);
    return place.node;
  }

  #vpc(vpc) {
    const inside = (kind) => [...this.#of(kind).values()].filter((each) => each.VpcId === vpc.VpcId);
    const place = views.of(vpc.VpcId, () => new Place(4, "VPC"));
    place.update({ name: vpc.VpcName || vpc.VpcId, id: vpc.VpcId, note: vpc.CidrBlock }, [
      this.#list(vpc.VpcId, "Security groups", inside("security_groups"), "SecurityGroupId", securityGroup),
      this.#list(vpc.VpcId, "NAT gateways", inside("nat_gateways"), "NatGatewayId", natGateway),
      ...inside("vswitches").map((vswitch) => this.#vswitch(vswitch)),
    ]);
    return place.node;
  }

  #vswitch(vswitch) {
    const id = vswitch.VSwitchId;
    const free = counted(vswitch.AvailableIpAddressCount, "free address", "free addresses");
    const place = views.of(id, () => new Place(5, "vSwitch"));
    const note = `${vswitch.ZoneId} · ${vswitch.CidrBlock} · ${free}`;
    place.update({ name: vswitch.VSwitchName || id, id, note }, this.#inhabitants(id));
    return place.node;
  }

  /** The lists of what lives in a vSwitch, or in a region without one; none if nothing does. */
  #inhabitants(place) {
    const caches = this.#caches.get(place) ?? [];
    const groups = this.#groups.get(place) ?? [];
    const list = views.of(`caches ${place}`, () => new List("Image caches", "caches"));
    list.update(caches.map((cache) => this.#cache(cache)));
    return [
      ...(caches.length ? [list.node] : []),
      ...(groups.length ? [this.#list(place, "Container groups", groups, "ContainerGroupId", containerGroup)] : []),
    ];
  }

  #cache(cache) {
    const view = views.of(cache.ImageCacheId, () => new ImageCacheView());
    view.update(cache, this.#users.get(cache.ImageCacheId) ?? []);
    return view.node;
  }

  #list(place, label, resources, id, shape) {
    const list = views.of(`${label} ${place}`, () => new List(label, "items"));
    list.update(resources.map((each) => {
      const item = views.of(each[id], () => new Item(shape === securityGroup));
      item.update(shape(each));
      return item.node;
    }));
    return list.node;
  }

  /** How many resources there are, and what to say of them. */
  found() {
    const size = (kind) => this.#of(kind).size;
    const caches = [...this.#of("image_caches").values()];
    const count = ["vpcs", "vswitches", "security_groups", "eips", "nat_gateways", "container_groups", "image_caches"]
      .reduce((sum, kind) => sum + size(kind), 0);
    const states = [
      [caches.filter(isBuilding).length, "building"],
      [caches.filter((cache) => cache.Status === "Ready" && !isBuilding(cache)).length, "ready"],
      [caches.filter((cache) => toneOf(cache.Status) === "bad").length, "failed"],
    ].filter(([number]) => number).map(([number, word]) => `${number} ${word}`);
    const kept = [...this.#caches.values()].reduce((sum, some) => sum + some.length, 0);
    const parts = [
      this.#wanted ? `${kept} of ${counted(caches.length, "cache")} shown` : counted(caches.length, "cache"),
      ...states,
      counted(size("vpcs"), "VPC"),
      counted(size("vswitches"), "vSwitch", "vSwitches"),
    ];
    return { count, summary: count ? parts.join(" · ") : "" };
  }
}

function grouped(all, key) {
  const groups = new Map();
  for (const each of all) {
    const place = key(each);
    if (!groups.has(place)) groups.set(place, []);
    groups.get(place).push(each);
  }
  return groups;
}
