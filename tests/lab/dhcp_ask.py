"""What a network's DHCP tells a machine to boot: dhcp_ask.py INTERFACE ARCHITECTURE [USER-CLASS] prints the server that has
the boot file (next-server) and the file. The machine asks as firmware does, and takes no lease."""
import os
import socket
import struct
import sys

DISCOVER, OFFER = 1, 2
COOKIE = b"\x63\x82\x53\x63"


def option(code, value):
    return bytes([code, len(value)]) + value


def discover(mac, number, architecture, user_class):
    head = struct.pack("!BBBBIHH16x16s64x128x", 1, 1, 6, 0, number, 0, 0x8000, mac + bytes(10))
    text = COOKIE + option(53, bytes([DISCOVER])) + option(55, bytes([1, 3, 60, 66, 67]))
    text += option(60, b"PXEClient:Arch:%05d:UNDI:002001" % architecture) + option(93, struct.pack("!H", architecture))
    if user_class:
        text += option(77, user_class.encode())
    return head + text + b"\xff"


def datagram(text):
    """From port 68 of nobody to port 67 of all."""
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28 + len(text), 0, 0, 64, 17, 0, bytes(4), b"\xff" * 4)
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    head = head[:10] + struct.pack("!H", ~total & 0xFFFF) + head[12:]
    return head + struct.pack("!HHHH", 68, 67, 8 + len(text), 0) + text


def options(text):
    found = {}
    while text and text[0] != 255:
        if text[0] == 0:
            text = text[1:]
            continue
        found[text[0]] = text[2:2 + text[1]]
        text = text[2 + text[1]:]
    return found


def main():
    interface, architecture, user_class = sys.argv[1], int(sys.argv[2]), (sys.argv[3:] + [""])[0]
    number = int.from_bytes(os.urandom(4), "big")
    # The card belongs to the server's own machine, which would take its own address for a forged one: so none is used.
    card = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
    card.bind((interface, 0x0800))
    card.settimeout(10)
    mac = bytes([0x52, 0x54, 0]) + os.urandom(3)
    card.sendto(datagram(discover(mac, number, architecture, user_class)), (interface, 0x0800, 0, 0, b"\xff" * 6))
    while True:
        packet = card.recv(2000)
        answer = packet[4 * (packet[0] & 15) + 8:]
        given = options(answer[240:])
        if answer[4:8] == struct.pack("!I", number) and given.get(53) == bytes([OFFER]):
            break
    name = given.get(67, b"") or answer[108:236].split(b"\0")[0]
    print(socket.inet_ntoa(answer[20:24]), name.rstrip(b"\0").decode())


main()
