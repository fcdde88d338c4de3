"""The page for people in a real browser: what it shows, its buttons, the keyboard, and what it never runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import Select, WebDriverWait

from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.controls import Controls, LoggedRequest
from constructs_ims.backend.emulator.seeding import seed_images
from constructs_ims.backend.emulator.server import EmulatorServer
from constructs_ims.backend.emulator.tokens import new_token, write_token

from .conftest import ROOT, program

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]

ACCOUNT = Account("ACCESSKEY", "secret", password="sesame")
HOSTILE = "<img src=x onerror=\"document.title='run'\">"
SEED = [{"name": HOSTILE, "status": "killed"}, {"name": "base", "status": "active"}, {"name": "many", "count": 9998}]
SCREENSHOT = ROOT / "build" / "emulator-page.png"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    options = webdriver.ChromeOptions()
    options.binary_location = program("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,1000"):
        options.add_argument(argument)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('browser')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    driver = webdriver.Chrome(options=options, service=Service(program("chromedriver"), env=environment))
    yield driver
    driver.quit()


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as store:
        seed_images(store, ACCOUNT, SEED)
        yield store


@pytest.fixture
def controls() -> Controls:
    return Controls()


@pytest.fixture
def page(browser: WebDriver, store: Store, controls: Controls) -> Iterator[WebDriver]:
    with EmulatorServer(create_app(store, ACCOUNT, controls=controls)) as server:
        browser.get_log("browser")  # type: ignore[no-untyped-call] # of other tests, which reading takes away
        browser.get(server.endpoint)
        wait(browser, lambda: len(rows(browser)) == 50)
        yield browser
        browser.get("about:blank")


def wait(browser: WebDriver, holds: Callable[[], object]) -> None:
    WebDriverWait(browser, 30, poll_frequency=0.05).until(lambda _: holds())


def one(browser: WebDriver, selector: str) -> Any:
    return browser.find_element(By.CSS_SELECTOR, selector)


def rows(browser: WebDriver) -> list[str]:
    script = "return [...document.querySelectorAll('#images-rows tr')].map((row) => row.cells[0].textContent)"
    return list(browser.execute_script(script))  # type: ignore[no-untyped-call]


def text(browser: WebDriver, selector: str) -> str:
    """Read a text in one step, for the page may draw the element anew between finding and reading it."""
    script = "return document.querySelector(arguments[0])?.textContent ?? ''"
    return str(browser.execute_script(script, selector))  # type: ignore[no-untyped-call]


def button(browser: WebDriver, label: str) -> Any:
    return browser.find_element(By.XPATH, f"//button[normalize-space() = '{label}' or @aria-label = '{label}']")


def test_images_are_shown_by_pages_and_never_run(page: WebDriver) -> None:
    assert rows(page)[:3] == [HOSTILE, "base", "many-1"]
    assert text(page, "#images-caption") == "1 to 50 of 10000 images"
    assert text(page, "#summary") == "10000 images in all projects"
    button(page, "Next page").click()
    wait(page, lambda: text(page, "#images-caption") == "51 to 100 of 10000 images")
    button(page, "Previous page").click()
    wait(page, lambda: rows(page)[0] == HOSTILE)
    one(page, "input[name=name]").send_keys("ba")
    wait(page, lambda: rows(page) == ["base"])
    assert page.title == "Local IMS"
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []  # type: ignore[no-untyped-call]
    SCREENSHOT.parent.mkdir(exist_ok=True)
    page.save_screenshot(str(SCREENSHOT))
    assert SCREENSHOT.stat().st_size > 10_000


def test_what_clients_do_is_seen_without_a_reload(page: WebDriver, store: Store) -> None:
    [image] = store.all("base")
    store.change(image.id, {"status": "killed"})

    wait(page, lambda: "killed" in text(page, f"tr[data-id='{image.id}']"))
    store.remove(image.id)
    wait(page, lambda: "base" not in rows(page))
    assert text(page, "#images-caption") == "1 to 50 of 9999 images"


def test_page_is_worked_by_the_keyboard(page: WebDriver) -> None:
    one(page, "input[name=name]").send_keys("base")
    wait(page, lambda: rows(page) == ["base"])
    one(page, "input[name=name]").send_keys(Keys.TAB)
    assert page.switch_to.active_element.get_attribute("aria-label") == "Attributes of base"
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.switch_to.active_element.get_attribute("id") == "attributes"
    shown = text(page, "#attributes-list")
    assert "__os_version" in shown
    assert "secret" not in shown
    page.switch_to.active_element.send_keys(Keys.TAB, Keys.ENTER)


def test_screen_readers_find_names_and_landmarks(page: WebDriver) -> None:
    nodes = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]  # type: ignore[attr-defined]
    roles = {(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]}

    assert {"banner", "main", "navigation", "search", "status"} <= {role for role, _ in roles}
    named = {role: name for role, name in roles if role in ("button", "textbox", "searchbox", "combobox", "spinbutton")}
    assert {"button", "searchbox", "combobox", "spinbutton"} <= named.keys()
    assert all(name for role, name in roles if role in named)
    assert {("region", "Images"), ("region", "Requests"), ("region", "Failures to come"), ("region", "Clock")} <= roles


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_follows_the_colors_of_the_system(scheme: str, page: WebDriver) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", media)  # type: ignore[attr-defined]
    color = page.execute_script("return getComputedStyle(document.body).backgroundColor")  # type: ignore[no-untyped-call]

    assert (color == "rgb(255, 255, 255)") == (scheme == "light")


def test_failures_and_the_clock_have_buttons(page: WebDriver, store: Store, controls: Controls) -> None:
    times = one(page, "input[name=times]")
    times.clear()
    times.send_keys("2")
    Select(one(page, "select[name=operation]")).select_by_visible_text("delete")
    Select(one(page, "select[name=answer]")).select_by_visible_text("nothing, done")
    button(page, "Fail").click()
    wait(page, lambda: text(page, "#failures-list") == "delete, 2 times: after")
    assert text(page, "#status") == "The next 2 of delete fail."
    [failure] = controls.failures.pending()
    assert (failure.operation, failure.times, failure.drop) == ("delete", 2, "after")
    button(page, "Let nothing fail").click()
    wait(page, lambda: controls.failures.pending() == [])

    button(page, "Move the clock on").click()
    wait(page, lambda: store.clock.advanced == 60)
    wait(page, lambda: "moved on by 60 seconds" in text(page, "#time"))


def test_images_are_deleted_and_everything_is_reset(page: WebDriver, store: Store) -> None:
    button(page, "Delete base").click()
    wait(page, lambda: "base" not in rows(page))
    assert store.all("base") == []
    button(page, "Delete everything and begin anew").click()
    wait(page, lambda: text(page, "#images-caption") == "No images.")
    assert store.count() == 0


def test_requests_are_listed(page: WebDriver, controls: Controls) -> None:
    controls.log.add(LoggedRequest(datetime.now(UTC), "create", "POST", "/v2/images", (), 201, b'{"name": "x"}'))

    wait(page, lambda: "POST /v2/images" in text(page, "#requests-rows"))
    button(page, "Forget the requests").click()
    wait(page, lambda: text(page, "#requests-caption") == "No requests.")


def test_page_tells_when_the_service_is_gone(browser: WebDriver) -> None:
    with Store() as store, EmulatorServer(create_app(store, ACCOUNT)) as server:
        browser.get(server.endpoint)
        wait(browser, lambda: text(browser, "#images-caption") == "No images.")

    wait(browser, lambda: "does not answer" in text(browser, "#status"))
    browser.get("about:blank")


def test_beyond_this_machine_it_is_looked_at_and_not_changed(browser: WebDriver, store: Store) -> None:
    with EmulatorServer(create_app(store, ACCOUNT, host="0.0.0.0")) as server:
        browser.get(server.endpoint)
        wait(browser, lambda: one(browser, "#sign-in").is_displayed())
        assert rows(browser) == []
        for name, value in {"user": "sandbox", "domain": "sandbox", "password": "wrong"}.items():
            one(browser, f"#sign-in input[name={name}]").send_keys(value)
        button(browser, "Sign in").click()
        wait(browser, lambda: "password is wrong" in text(browser, "#status"))
        one(browser, "#sign-in input[name=password]").clear()
        one(browser, "#sign-in input[name=password]").send_keys("sesame")
        button(browser, "Sign in").click()

        wait(browser, lambda: len(rows(browser)) == 50)
        shown = [one.text for one in browser.find_elements(By.TAG_NAME, "button") if one.is_displayed()]
        assert set(shown) == {"Previous page", "Next page", "Attributes"}
        token = write_token(new_token(ACCOUNT.default_project.id, datetime.now(UTC)), ACCOUNT)
        assert token[:20] not in browser.page_source
        browser.get("about:blank")
