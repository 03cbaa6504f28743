"""A proxy between clients and server that cuts connections: in the middle of a request, or of its answer."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections import deque

REQUEST, ANSWER = "request", "answer"
PIECE = 65536
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: closing is a reset, and what was not sent yet is lost


class CuttingProxy:
    """Listens on a port of its own and passes everything on to ``port``, but for the connections it is asked to cut."""

    def __init__(self, port: int) -> None:
        self.upstream = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._cuts: deque[str] = deque()
        self._live: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """Where clients connect to."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self, where: str, times: int) -> None:
        """Cut the next connections, as many as said, in the middle of the request or of its answer."""
        with self._lock:
            self._cuts.extend([where] * times)

    def waiting(self) -> int:
        """How many cuts are still to come."""
        with self._lock:
            return len(self._cuts)

    def cut_all(self) -> int:
        """Cut every connection there is now; returns how many there were."""
        with self._lock:
            live = list(self._live)
        for one in live:
            _reset(one)
        return len(live)

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.upstream), timeout=5)
            server.settimeout(None)
        except OSError:
            _reset(client)
            return
        with self._lock:
            cut = self._cuts.popleft() if self._cuts else ""
            self._live.add(client)
        pair = (client, server)
        up = threading.Thread(target=_pass_on, args=(client, server, pair, cut == REQUEST), daemon=True)
        up.start()
        _pass_on(server, client, pair, cut == ANSWER)
        up.join(60)
        with self._lock:
            self._live.discard(client)
        for one in pair:
            one.close()


def _pass_on(source: socket.socket, target: socket.socket, pair: tuple[socket.socket, ...], cut: bool) -> None:
    """Pass everything on until the source has ended; with ``cut``, half of the first piece and then nothing more."""
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE):
            if cut:
                target.sendall(piece[: len(piece) // 2])
                for one in pair:
                    _reset(one)
                return
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


def _reset(one: socket.socket) -> None:
    """End a connection as a broken line does; whoever waits for it is woken."""
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        one.shutdown(socket.SHUT_RDWR)
