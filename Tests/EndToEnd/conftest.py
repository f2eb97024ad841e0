"""Fixtures: the real program for one module (`server`), for one test (`fresh_server`), or as asked (`start`).

The tests run in several processes: all of a file in one of them, those of the interface by file and browser engine,
those marked `xdist_group` by the group that they name, and those marked `spread` one by one. Files marked `slow` start
first, so that no process works on one of them alone at the end.
"""
import pytest

from server import Server


def pytest_configure(config):
    for marker in ("every_engine: a test of the interface that runs in each browser engine; see browser.py",
                   "slow: a file that takes minutes and therefore starts first",
                   "spread: a test that shares nothing with the others of its file"):
        config.addinivalue_line("markers", marker)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        if not any(item.get_closest_marker(marker) for marker in ("xdist_group", "spread")):
            engine = item.callspec.params.get("engine", "") if hasattr(item, "callspec") else ""
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {engine}"))


@pytest.fixture(scope="session")
def engine(request):
    """That of the browser, for a test of the interface; browser.py says which those are."""
    return getattr(request, "param", None)


@pytest.fixture(scope="module")
def server(engine, tmp_path_factory):
    # Each browser finds a server of its own, with nothing in it that another has made.
    yield from _running(tmp_path_factory.mktemp("server"))


@pytest.fixture
def fresh_server(tmp_path):
    yield from _running(tmp_path)


@pytest.fixture
def start(tmp_path):
    """start(*options, name=, environment=): a server that runs, in a folder of that name."""
    servers = []

    def begin(*options, name=None, environment=None, **how):
        folder = tmp_path / (name or f"server-{len(servers)}")
        folder.mkdir(exist_ok=True)
        server = Server(folder, *options, environment=environment)
        servers.append(server)
        return server.start(**how)

    yield begin
    for server in servers:
        server.terminate()


@pytest.fixture
def namespace(server):
    """An empty namespace of the module's server."""
    return server.namespace()


def _running(folder):
    server = Server(folder).start()
    yield server
    status = server.terminate()
    assert status == 0, f"the server ended with {status}:\n{server.printed()[-4000:]}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows what its server logged."""
    report = yield
    if report.failed:
        for fixture in ("server", "fresh_server"):
            server = getattr(item, "funcargs", {}).get(fixture)
            if server:
                report.sections.append(("log of the server", server.printed()[-6000:]))
    return report
