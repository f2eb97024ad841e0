"""Fixtures: the real program for one module (`server`), for one test (`fresh_server`), or as asked (`start`)."""
import pytest

from server import Server


def pytest_configure(config):
    config.addinivalue_line("markers", "every_engine: a test of the interface that runs in each engine of a browser; see browser.py")


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
