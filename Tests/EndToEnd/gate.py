"""A door before the server: it passes every byte on, can refuse or cut WebSockets, and can lead to another server."""
import asyncio
import contextlib
import threading
import urllib.parse

FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Gate:
    """Listens on a port of its own. The server takes any port of its address for its own, so nothing has to be rewritten."""

    def __init__(self, server):
        self.server, self.forbids_sockets, self.opened, self._live = server, False, 0, set()
        self.loop, ready = asyncio.new_event_loop(), threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        ready.wait(10)

    def _run(self, ready):
        asyncio.set_event_loop(self.loop)
        door = self.loop.run_until_complete(asyncio.start_server(self._visit, "127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % door.sockets[0].getsockname()[1]
        self.loop.call_soon(ready.set)
        self.loop.run_forever()
        door.close()
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.loop.close()

    async def _visit(self, reader, writer):
        with contextlib.suppress(asyncio.CancelledError):
            await self._lead(reader, writer)

    async def _lead(self, reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return writer.close()
        # A browser opens a connection of its own for each WebSocket: its first request says what the connection is for.
        is_socket = b"upgrade: websocket" in head.lower()
        if is_socket and self.forbids_sockets:
            writer.write(FORBIDDEN)
            return writer.close()
        address = urllib.parse.urlsplit(self.server.url)
        try:
            onward, back = await asyncio.open_connection(address.hostname, address.port)
        except OSError:
            return writer.transport.abort()
        back.write(head)
        if is_socket:
            self.opened += 1
            self._live.add(writer)
        ways = [asyncio.ensure_future(_pass(reader, back)), asyncio.ensure_future(_pass(onward, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        self._live.discard(writer)
        for end in (writer, back):
            with contextlib.suppress(Exception):
                end.close()

    @property
    def sockets(self):
        """How many WebSockets are open."""
        return len(self._live)

    def cut_sockets(self):
        """Drops every WebSocket without a close frame, as a lost network does."""
        def cut():
            for writer in list(self._live):
                writer.transport.abort()

        self.loop.call_soon_threadsafe(cut)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=10)


async def _pass(reader, writer):
    with contextlib.suppress(ConnectionError, asyncio.CancelledError):
        while part := await reader.read(1 << 16):
            writer.write(part)
            await writer.drain()
