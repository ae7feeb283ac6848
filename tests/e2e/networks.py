# SPDX-License-Identifier: Apache-2.0
"""A CSMS, a router and a station, each in a network namespace of its own: real addresses, real routes, real NAT (B.2).

Needs root, `ip` and `nft`; what it makes is gone with the processes that hold the namespaces.
"""

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec

NAME = "csms.test"
"""Of the CSMS, in the hosts file of the station's namespace."""

SERVER_4, SERVER_6 = "10.9.0.1", "2001:db8:9::1"
NOWHERE = "02:00:00:00:00:99"
"""An Ethernet address that nobody has."""

NAT = """
table ip nat {
  chain behind {
    type nat hook postrouting priority 100;
    oifname "south" masquerade
  }
}
"""

R = TypeVar("R")


class Networks(msgspec.Struct, frozen=True):
    """Processes that hold the namespaces."""

    server: int
    router: int
    client: int

    def at_server(self, work: Callable[[], R]) -> R:
        """Do something with the sockets of the server's namespace."""
        with ThreadPoolExecutor(1) as thread:  # a namespace belongs to a thread, and goes with it
            thread.submit(_enter, self.server).result()
            return thread.submit(work).result()


def _enter(pid: int) -> None:
    with Path(f"/proc/{pid}/ns/net").open("rb") as namespace:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(namespace.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def inside(pid: int) -> tuple[str, ...]:
    """Return the words that put a command into a namespace."""
    return ("nsenter", f"--net=/proc/{pid}/ns/net", f"--mount=/proc/{pid}/ns/mnt", "--")


def _run(pid: int, *lines: str, stdin: str = "") -> None:
    for line in lines:
        subprocess.run(
            (*inside(pid), "sh", "-c", line), check=True, capture_output=True, input=stdin.encode(), cwd="/", timeout=20
        )


def _held(stack: contextlib.ExitStack) -> int:
    holder = subprocess.Popen(
        ("unshare", "--net", "--mount", "sh", "-c", "ip link set lo up; echo; exec sleep infinity"), stdout=subprocess.PIPE
    )
    stack.callback(holder.wait)
    stack.callback(holder.kill)
    assert holder.stdout is not None
    stack.callback(holder.stdout.close)
    holder.stdout.readline()
    return holder.pid


def _cable(one: int, name: str, other: int, its: str) -> None:
    own = f"v{os.getpid()}"
    words = ("ip", "link", "add", f"{own}a", "type", "veth", "peer", "name", f"{own}b")
    subprocess.run(words, check=True)
    for device, pid, final in ((f"{own}a", one, name), (f"{own}b", other, its)):
        subprocess.run(("ip", "link", "set", device, "netns", str(pid)), check=True)
        at_once = f"echo 0 >/proc/sys/net/ipv6/conf/{final}/accept_dad"  # else neighbours are asked a second or two late
        _run(pid, f"ip link set {device} name {final}", at_once, f"ip link set {final} up")


@contextlib.contextmanager
def networks(folder: Path, *, v4: bool = True, v6: bool = True, broken: bool = False, nat: bool = False) -> Iterator[Networks]:
    """Connect a server and a client over a router.

    Args:
        folder: for the hosts file.
        v4: the client has an IPv4 address.
        v6: it has an IPv6 address.
        broken: its IPv6 packets vanish without a word.
        nat: the router gives the client's IPv4 packets its own address, and the server knows no way to the client.
    """
    with contextlib.ExitStack() as stack:
        at = Networks(*(_held(stack) for _ in range(3)))
        _cable(at.server, "lan", at.router, "south")
        _cable(at.client, "lan", at.router, "north")
        _run(at.server, f"ip addr add {SERVER_4}/24 dev lan", f"ip -6 addr add {SERVER_6}/64 dev lan nodad")
        _run(at.router, "ip addr add 10.9.0.254/24 dev south", "ip -6 addr add 2001:db8:9::ff/64 dev south nodad")
        _run(at.router, "ip addr add 10.9.1.254/24 dev north", "ip -6 addr add 2001:db8:1::ff/64 dev north nodad")
        _run(at.router, "echo 1 >/proc/sys/net/ipv4/ip_forward", "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")
        _run(at.server, "ip -6 route add default via 2001:db8:9::ff")
        if nat:
            _run(at.router, "nft -f -", stdin=NAT)
        else:
            _run(at.server, "ip route add default via 10.9.0.254")
        if v4:
            _run(at.client, "ip addr add 10.9.1.2/24 dev lan", "ip route add default via 10.9.1.254")
        if v6:
            _run(at.client, "ip -6 addr add 2001:db8:1::2/64 dev lan nodad", "ip -6 route add default via 2001:db8:1::ff")
        if broken:
            _run(at.client, f"ip -6 neigh replace 2001:db8:1::ff lladdr {NOWHERE} dev lan nud permanent")
        hosts = folder / "hosts"
        hosts.write_text(f"127.0.0.1 localhost\n{SERVER_6} {NAME}\n{SERVER_4} {NAME}\n", encoding="ascii")
        _run(at.client, f"mount --bind {hosts} /etc/hosts")
        yield at
