"""Tests of the page in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from imagecache_simulator import Cloud, serve
from imagecache_simulator.eci.image_cache import Inputs
from imagecache_simulator.server import Server

REGION = "cn-hangzhou"
NASTY = "<img src=x onerror=document.title='taken'>"

Open = Callable[..., Page]


@pytest.fixture
def endpoint(server: Server) -> str:
    """Return where clients send requests: to the page's server."""
    return server.endpoint


@pytest.fixture
def everything(cloud: Cloud, network: dict[str, str]) -> dict[str, str]:
    """Return the IDs of a network with caches in all states, one of them outside of it."""

    def create(name: str, image: str, **inputs: Any) -> None:
        cloud.eci.create_image_cache(REGION, Inputs(name, (image,), **inputs), {"team": "a"})

    inside: dict[str, Any] = {
        "v_switch_ids": (network["VSwitchId"],),
        "security_group_id": network["SecurityGroupId"],
        "eip_instance_id": network["EipInstanceId"],
    }
    create("web", "nginx:1.25", retention_days=30, **inside)
    create("broken", "registry.example.com/a-long-name/of-a-team/does-not-exist:2026.01.01-release")
    cloud.advance(600)
    create("flink", "flink:1.20", **inside)
    cloud.advance(45)
    return network


def cache(page: Page, name: str) -> Locator:
    """Return the line of a cache."""
    return page.locator(".cache", has=page.locator(".name", has_text=name))


def test_the_account(open_page: Open, everything: dict[str, str]) -> None:
    """VPC, vSwitch, security group and EIP are shown, and the caches where they're built."""
    page = open_page()
    vpc = page.locator(".level-4", has=page.get_by_role("heading", name=everything["VpcId"]))
    expect(vpc).to_contain_text(everything["SecurityGroupId"])
    vswitch = vpc.locator(".level-5")
    expect(vswitch).to_contain_text(everything["VSwitchId"])
    expect(vswitch).to_contain_text("251 free addresses")
    expect(vswitch.locator(".cache .name")).to_have_text(["flink", "web"])
    apart = page.locator(".level-4", has=page.get_by_role("heading", name="In no vSwitch"))
    expect(apart.locator(".cache .name")).to_have_text(["broken"])
    expect(page.get_by_role("list", name="Elastic IP addresses")).to_contain_text(
        "bound to the build of flink"
    )
    expect(page.locator("#clock")).to_have_text("2026-01-01 00:10:45")
    expect(page.locator("#summary")).to_contain_text("3 caches · 1 building · 1 ready · 1 failed")


def test_a_cache(open_page: Open, cloud: Cloud, everything: dict[str, str]) -> None:
    """A cache's line tells status, size, expiry and use; opened, it tells everything, its events too."""
    web = next(each for each in cloud.eci.image_caches.values() if each.inputs.name == "web")
    web.last_matched = cloud.clock.now()
    line = cache(open_page(), "web")
    expect(line.locator(".badge")).to_have_text("Ready")
    expect(line.locator(".figures")).to_have_text("20 GiB · expires 2026-01-31 00:00 · used 2026-01-01 00:10")
    expect(line.get_by_role("progressbar")).to_be_hidden()
    line.locator("summary").focus()
    line.page.keyboard.press("Enter")
    expect(line).to_contain_text(web.snapshot_id)
    expect(line).to_contain_text(everything["EipInstanceId"])
    expect(line).to_contain_text("team = a")
    events = line.get_by_role("list", name="Events").get_by_role("listitem")
    expect(events).to_have_count(len(web.events))
    expect(events.first).to_contain_text("Success create snapshot.")
    failed = cache(line.page, "broken")
    expect(failed.locator(".badge")).to_have_text("Failed")
    expect(failed.locator(".latest")).to_contain_text("not found")


def test_what_used_a_cache(
    open_page: Open, cloud: Cloud, everything: dict[str, str], call: Callable[..., Any]
) -> None:
    """A container group stands in its vSwitch, and the cache that it began from names it."""
    parameters = {
        "ContainerGroupName": "shop",
        "Container.1.Name": "web",
        "Container.1.Image": "nginx:1.25",
        "AutoMatchImageCache": "true",
        "VSwitchId": everything["VSwitchId"],
        "SecurityGroupId": everything["SecurityGroupId"],
    }
    group_id = call("CreateContainerGroup", parameters)["ContainerGroupId"]
    cloud.advance(600)
    page = open_page()
    group = page.locator(".level-5").get_by_role("list", name="Container groups")
    expect(group).to_contain_text("shop")
    expect(group).to_contain_text(group_id)
    line = cache(page, "web")
    expect(line.locator(".figures")).to_contain_text("used 2026-01-01 00:10 · by 1 container group")
    line.locator("summary").click()
    expect(line).to_contain_text(group_id)


def test_a_nat_gateway(open_page: Open, cloud: Cloud, network: dict[str, str]) -> None:
    """A NAT gateway stands in its VPC with its address and what it lets out; its address names it."""
    vswitch = cloud.vpc.vswitches[network["VSwitchId"]]
    gateway = cloud.vpc.open_internet(vswitch)
    (address,) = (eip for eip in cloud.vpc.eips.values() if eip.instance_id == gateway.nat_gateway_id)
    page = open_page()
    vpc = page.locator(".level-4", has=page.get_by_role("heading", name=network["VpcId"]))
    shown = vpc.get_by_role("list", name="NAT gateways")
    expect(shown).to_contain_text(gateway.nat_gateway_id)
    expect(shown).to_contain_text(f"{address.ip_address} · 1 SNAT entry")
    addresses = page.get_by_role("list", name="Elastic IP addresses")
    expect(addresses).to_contain_text(f"bound to {gateway.name or gateway.nat_gateway_id}")
    cloud.vpc.nat.delete_snat_entry(cloud.vpc.nat.entries_of(gateway)[0])
    cloud.changed()
    expect(shown).to_contain_text("no SNAT entries")


def test_live(open_page: Open, cloud: Cloud, create: Callable[..., str]) -> None:
    """A cache that is created appears and is followed to its end; one that is deleted vanishes."""
    page = open_page()
    expect(page.locator(".cache")).to_have_count(0)
    image_cache_id = create(Image__1="flink:1.20")
    line = cache(page, "web")
    expect(line.locator(".badge")).to_have_text("Preparing")
    line.locator("summary").click()
    cloud.advance(45)
    expect(line.locator(".badge")).to_have_text("Creating")
    bar = line.get_by_role("progressbar", name="Progress of web")
    expect(bar).to_be_visible()
    expect(line.locator(".percent")).to_have_text(re.compile(r"[1-9][0-9]?%"))
    assert 0 < float(bar.evaluate("bar => bar.value")) < 100
    cloud.advance(600)
    expect(line.locator(".badge")).to_have_text("Ready")
    expect(bar).to_be_hidden()
    expect(line.get_by_role("list", name="Events")).to_be_visible()
    expect(page.locator("#announcement")).to_have_text("web is Ready")
    cloud.eci.delete_image_cache(cloud.eci.image_cache(image_cache_id))
    expect(page.locator(".cache")).to_have_count(0)


def test_requests(open_page: Open, refusal: Callable[..., Any], call: Callable[..., Any]) -> None:
    """Requests appear, newest first; a refused one with status and code; the same one again counts up."""
    page = open_page()
    expect(page.locator("#request-summary")).to_have_text("none yet")
    for _ in range(3):
        call("DescribeImageCaches")
    refusal("CreateImageCache", {"ImageCacheName": "web", "Image.1": "nginx", "VSwitchId": "vsw-1"})
    rows = page.get_by_role("list", name="Requests").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.first.locator(".badge")).to_have_text("refused 404")
    expect(rows.first).to_contain_text("InvalidVSwitchId.NotFound")
    expect(rows.last).to_contain_text("DescribeImageCaches \N{MULTIPLICATION SIGN}3")
    expect(page.locator("#request-summary")).to_have_text("4 requests, 1 refused")
    rows.first.locator("summary").click()
    expect(rows.first.locator(".more")).to_contain_text("vsw-1")


def test_names_are_text(open_page: Open, cloud: Cloud, create: Callable[..., str]) -> None:
    """A name that looks like HTML is shown as it is, wherever it's shown."""
    page = open_page()
    create(ImageCacheName=NASTY, Tag__1__Key=NASTY, Tag__1__Value=NASTY)
    line = page.locator(".cache")
    expect(line.locator(".name")).to_have_text(NASTY)
    line.locator("summary").click()
    expect(line).to_contain_text(f"{NASTY} = {NASTY}")
    expect(page.locator(".request").first).to_contain_text(NASTY)
    page.locator(".request summary").first.click()
    cloud.advance(600)
    expect(page.locator("#announcement")).to_have_text(f"{NASTY} is Ready")
    expect(page.locator("img")).to_have_count(0)
    expect(page).to_have_title("Simulated account")


def test_policy_bites(open_page: Open, console: list[str]) -> None:
    """The browser itself refuses HTML made of text, and scripts, styles and calls from elsewhere."""
    page = open_page()
    with pytest.raises(Exception, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<b>x</b>'")
    assert page.evaluate("fetch('http://192.0.2.1/').then(() => 'sent', () => 'refused')") == "refused"
    assert any("connect-src 'self'" in each for each in console)
    console.clear()


def test_empty(open_page: Open, cloud: Cloud, server: Server) -> None:
    """An empty account says where clients must turn to; once something is there, that goes."""
    page = open_page()
    empty = page.locator("#empty")
    expect(empty).to_contain_text("Nothing here yet")
    expect(empty).to_contain_text(f"pulumi config set imagecache:endpoint {server.endpoint}")
    expect(empty).to_contain_text(f'endpoint="{server.endpoint}"')
    assert cloud.access_key_id in str(empty.text_content())
    cloud.vpc.allocate_eip(REGION, "")
    expect(empty).to_be_hidden()


def fits(page: Page) -> bool:
    """Tell whether nothing reaches beyond the page's width."""
    beyond = page.evaluate(
        "[...document.querySelectorAll('body *:not(.unseen, .skip)')]"
        ".filter(each => each.getBoundingClientRect().right > innerWidth).map(each => each.outerHTML)"
    )
    assert beyond == []
    return bool(page.evaluate("document.documentElement.scrollWidth === innerWidth"))


def test_phone(open_page: Open, everything: dict[str, str], refusal: Callable[..., Any]) -> None:
    """At a phone's width nothing is cut or needs scrolling sideways, opened or not."""
    assert everything
    refusal("CreateImageCache", {"ImageCacheName": "x" * 100, "Image.1": "A B"})
    page = open_page(width=360)
    assert fits(page)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.locator("details[open]").count() == 5
    assert fits(page)


def test_empty_on_a_phone(open_page: Open) -> None:
    """What an empty account says fits a phone, too."""
    page = open_page(width=360)
    expect(page.locator("#empty")).to_be_visible()
    assert fits(page)


CONTRASTS = """() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const ground = (each) => {
    for (; each; each = each.parentElement) {
      const color = numbers(getComputedStyle(each).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll("body *")].filter((each) => each.checkVisibility() &&
    [...each.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
  return texts.map((each) => {
    const [one, other] = [luminance(numbers(getComputedStyle(each).color)), luminance(ground(each))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return [ratio, each.textContent.trim().slice(0, 40)];
  });
}"""


def test_light_and_dark(open_page: Open, everything: dict[str, str], refusal: Callable[..., Any]) -> None:
    """Light and dark differ, and each text has a contrast of 4.5 at least in both."""
    assert everything
    refusal("CreateImageCache")
    grounds = {}
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        for summary in page.locator("summary").all():
            summary.click()
        contrasts = page.evaluate(CONTRASTS)
        assert len(contrasts) > 50
        assert [each for each in contrasts if each[0] < 4.5] == []
        grounds[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert grounds["light"] != grounds["dark"]


def test_for_everybody(open_page: Open, everything: dict[str, str]) -> None:
    """There are landmarks, headings without a gap, and everything that opens is reached by keyboard."""
    assert everything
    page = open_page()
    for landmark in ("header", "main", "aside"):
        expect(page.locator(f"body {landmark}")).to_have_count(1)
    levels = [
        int(tag[1])
        for tag in page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
            "all => all.filter(each => each.checkVisibility()).map(each => each.tagName)"
        )
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.innerText.split('\\n')[0]"))
    assert {"Skip to the requests", "web", "broken", "flink"} <= reached
    assert any("sg-" in each for each in reached)


def test_filter(open_page: Open, everything: dict[str, str]) -> None:
    """Caches can be picked by name, image, ID or status."""
    assert everything
    page = open_page()
    page.get_by_role("searchbox").fill("NGINX")
    expect(page.locator(".cache .name")).to_have_text(["web"])
    expect(page.locator("#summary")).to_contain_text("1 of 3 caches shown")
    page.get_by_role("searchbox").fill("failed")
    expect(page.locator(".cache .name")).to_have_text(["broken"])


def test_many(open_page: Open, cloud: Cloud, network: dict[str, str]) -> None:
    """Five hundred caches that are all being built are drawn without the page standing still."""
    inputs = Inputs("many", ("nginx:1.25", "redis:7"), v_switch_ids=(network["VSwitchId"],))
    network_of_many = cloud.vpc.vswitches[network["VSwitchId"]]
    network_of_many.cidr_block = "10.0.0.0/20"
    for _ in range(500):
        cloud.eci.create_image_cache(REGION, inputs, {})
    page = open_page()
    expect(page.locator(".cache")).to_have_count(500)
    page.evaluate(
        "() => { window.drawn = []; const look = () => { drawn.push(performance.now());"
        " requestAnimationFrame(look); }; look(); }"
    )
    for _ in range(5):
        cloud.advance(8)
        clock = f"{cloud.clock.now():%Y-%m-%d %H:%M:%S}"
        expect(page.locator("#clock")).to_have_text(clock)
    expect(page.locator(".cache .badge", has_text="Creating")).to_have_count(500)
    longest = page.evaluate("Math.max(...drawn.slice(1).map((time, at) => time - drawn[at]))")
    assert longest < 1000


def test_comes_back(browser: Browser, console: list[str]) -> None:
    """A page whose server goes says so, and picks up by itself when one is there again."""
    with serve(Cloud(seed=1)) as server:
        server.cloud.vpc.allocate_eip(REGION, "")
        page = browser.new_page()
        page.on("console", lambda message: console.append(message.text))
        page.goto(server.url)
        status = page.get_by_role("status")
        expect(status).to_have_text("live")
        expect(page.locator(".item")).to_have_count(1)
        port = int(server.endpoint.rpartition(":")[2])
    expect(status).to_have_text("disconnected, trying again")
    again = Cloud(seed=2)
    vpc = again.vpc.create_vpc(REGION, "10.0.0.0/8", "")
    with serve(again, port=port):
        expect(status).to_have_text("live", timeout=20_000)
        expect(page.get_by_role("heading", level=4)).to_contain_text(vpc.vpc_id)
        expect(page.locator(".item")).to_have_count(0)
        page.close()
    assert all("ERR_" in each for each in console)
