"""A Cloudflare store on the screen: where one is, what it can do, and how it is paced."""
import pytest

pytest_plugins = ("browser", "two")


@pytest.fixture
def cloud(browser, two):
    """The browser before a program that has a Cloudflare store beside its own; and that store's namespace."""
    gateway, client = two("--gateway-quota", "40/4s", pace="40/4s", label="Production")
    space = client.namespace("packages", store="cloud")
    space.fill(9_000)
    browser.base = client.url
    browser.size(1440, 900)
    browser.open("/")
    browser.errors()
    yield browser, space
    browser.driver.get("about:blank")


def test_remote_stores_are_told_from_local_ones(cloud):
    page, space = cloud
    page.sees("Production")
    assert [tag.text for tag in page.driver.find_elements("css selector", "main .tag")] == ["LOCAL", "REMOTE"]
    page.sees("requests in 4 s left")
    space.server.namespace("something of its own")
    page.open("/")
    page.wait(lambda: len(page.all("namespace-row")) == 2)
    columns = """return [...document.querySelectorAll(".store table")]
        .map((table) => [...table.querySelectorAll("th")].map((one) => one.getBoundingClientRect().x).join(" "))"""
    for width in (390, 1440):
        page.size(width, 900)
        assert len(set(page.js(columns))) == 1, "they stand in line"
    page.open(f"/s/cloud/n/{space.id}")
    assert "REMOTE" in page.driver.find_element("css selector", "h1").text
    assert page.axe() == []


def test_what_a_store_cannot_do_is_not_offered(cloud):
    page, space = cloud
    page.click("more")
    page.one("rename")
    assert not page.all("protect")


def test_a_job_says_how_it_is_paced_and_until_when_it_waits(cloud):
    page, space = cloud
    target = space.server.namespace("target", store="cloud")
    page.open(f"/s/cloud/n/{space.id}")
    page.click("select-all")
    if page.all("select-all-matching"):
        page.click("select-all-matching")
    page.click("bulk-copy")
    page.one("copy-target").send_keys(target.title)
    page.says("plan", "request")
    page.click("copy-dialog-submit")
    page.says("job-throttled", "Paced within 40 requests in 4 s")
    page.says("job-throttled", "waiting until")
    page.reads("job-state", "Completed", within=60)
    page.gone("job-dialog", within=10)
    assert len(target.names()) == 9_000
    assert page.errors() == []
