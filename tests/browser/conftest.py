"""A real browser, and real HTTP for a Flask application: for pages whose work is done in the browser."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from wsgiref.types import WSGIApplication

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from werkzeug.serving import make_server

QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--lang=zh-CN",
)  # fmt: skip
CHROMIUM, CHROMEDRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
DESK, PHONE = (1280, 860), (390, 844)


@contextmanager
def served(app: WSGIApplication) -> Iterator[str]:
    """Serves the application on a loopback port of its own, in a thread; gives its address without a slash."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[WSGIApplication], str]]:
    """`serve(app)` gives an address that answers until the test ends."""
    with ExitStack() as until_the_end:
        yield lambda app: until_the_end.enter_context(served(app))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A headless Chromium at desk width with a fresh profile."""
    options, profile = ChromeOptions(), tmp_path_factory.mktemp("chromium")
    options.binary_location = CHROMIUM
    for argument in (*QUIET, f"--user-data-dir={profile}", f"--window-size={DESK[0]},{DESK[1]}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(CHROMEDRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: Chrome) -> Iterator[Chrome]:
    """A window of its own, without cookies or complaints of an earlier test."""
    first = chromium.current_window_handle
    chromium.switch_to.new_window("window")
    yield chromium
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    chromium.close()
    chromium.switch_to.window(first)
    chromium.get_log("browser")  # type: ignore[no-untyped-call]


def resize(browser: Chrome, width: int, height: int) -> None:
    """To this inner size exactly, also below the least width of a window."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )
