"""wire.py: links that the kernel may not have, made from /dev/net/tun.

wire.py vlan DEV TAP TAG...          TAP is DEV's VLAN; a TAG is TPID:VID, as
                                     88a8:100 8100:20, the outermost first
wire.py gre|ipip TUN LOCAL REMOTE    TUN is an IP tunnel between two addresses
wire.py cable DEV DEV DROP LATE      a cable that damages the way from the second
                                     to the first: of the TCP segments with data,
                                     those numbered in DROP (as 3,9) are lost and
                                     those in LATE arrive after two more; each
                                     frame takes 2 ms, or all would be over
                                     before the sender learns of a loss
"""

import fcntl
import os
import select
import socket
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
ETH_P_ALL, SOL_PACKET, PACKET_AUXDATA, PACKET_OUTGOING = 3, 263, 8, 4
TAG_VALID = 1 << 4  # TP_STATUS_VLAN_VALID


def device(name, kind):
    """Creates a network device and returns the descriptor of its other end."""
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), kind | IFF_NO_PI))
    return fd


def port(name):
    """Opens an Ethernet device for whole frames."""
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    s.bind((name, 0))
    s.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    return s


def frame(s):
    """Receives a frame as it was on the wire; None if this host sent it.

    The kernel removes the outermost tag from a frame and returns it as auxiliary data.
    """
    data, beside, _, origin = s.recvmsg(65536, 128)
    if origin[2] == PACKET_OUTGOING:
        return None
    for _, kind, value in beside:
        if kind != PACKET_AUXDATA:
            continue
        status, tci, tpid = struct.unpack_from("I12xHH", value)
        if status & TAG_VALID:
            data = data[:12] + struct.pack("!HH", tpid, tci) + data[12:]
    return data


def give(fd, data):
    """Sends a packet to one of our devices. A device that is down drops it."""
    try:
        os.write(fd, data)
    except OSError:
        pass


def serve(handlers):
    while True:
        for ready in select.select(list(handlers), [], [])[0]:
            handlers[ready]()


def vlan(dev, tap, *tags):
    outside, inside = port(dev), device(tap, IFF_TAP)
    tag = b"".join(struct.pack("!HH", int(t[:4], 16), int(t[5:])) for t in tags)

    def send():
        data = os.read(inside, 65536)
        outside.send(data[:12] + tag + data[12:])

    def receive():
        data = frame(outside)
        if data and data[12 : 12 + len(tag)] == tag:
            give(inside, data[:12] + data[12 + len(tag) :])

    serve({inside: send, outside: receive})


def tunnel(headers, tun, local, remote):
    """headers: IP version -> protocol number, header before the inner packet."""
    inside, outside = device(tun, IFF_TUN), {}
    for protocol in {p for p, _ in headers.values()}:
        outside[protocol] = socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol)
        outside[protocol].bind((local, 0))
        outside[protocol].connect((remote, 0))

    def send():
        data = os.read(inside, 65536)
        protocol, header = headers[data[0] >> 4]
        outside[protocol].send(header + data)

    def receive(s, size):
        data = s.recv(65536)
        give(inside, data[(data[0] & 15) * 4 + size :])

    handlers = {inside: send}
    for protocol, header in headers.values():
        s = outside[protocol]
        handlers[s] = lambda s=s, size=len(header): receive(s, size)
    serve(handlers)


def gre(*args):
    tunnel({4: (47, b"\0\0\x08\x00"), 6: (47, b"\0\0\x86\xdd")}, *args)


def ipip(*args):
    tunnel({4: (4, b""), 6: (41, b"")}, *args)


def has_data(data):
    """Reports whether a frame is a TCP segment over IPv4 with data."""
    if data[12:14] != b"\x08\x00" or data[23] != 6:
        return False
    start = 14 + (data[14] & 15) * 4
    return 14 + int.from_bytes(data[16:18], "big") > start + (data[start + 12] >> 4) * 4


def cable(first, second, drop, late):
    first, second = port(first), port(second)
    drop, late = ({int(n) for n in a.split(",")} for a in (drop, late))
    count, held = 0, []  # held: frame, number of the segment to follow

    def there():
        data = frame(first)
        if data:
            second.send(data)

    def back():
        nonlocal count
        data = frame(second)
        if not data:
            return
        time.sleep(0.002)
        count += has_data(data)
        if has_data(data) and count in drop:
            return
        if has_data(data) and count in late:
            held.append((data, count + 2))
            return
        first.send(data)
        while held and count >= held[0][1]:
            first.send(held.pop(0)[0])

    serve({first: there, second: back})


{"vlan": vlan, "gre": gre, "ipip": ipip, "cable": cable}[sys.argv[1]](*sys.argv[2:])
