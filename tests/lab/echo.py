"""echo.py serve PORT...: says back whatever comes to these TCP ports, of IPv4.
echo.py ping ADDRESS: 0 when an ICMP echo request is answered within two seconds."""

import asyncio
import socket
import struct
import sys


async def talk(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()


async def serve(ports):
    for port in ports:
        await asyncio.start_server(talk, "0.0.0.0", int(port))
    await asyncio.Event().wait()


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def ping(address):
    body = struct.pack("!HH", 4711, 1)
    request = struct.pack("!BBH", 8, 0, checksum(struct.pack("!BBH", 8, 0, 0) + body)) + body
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as line:
        line.settimeout(2)
        line.sendto(request, (address, 0))
        while True:
            packet, sender = line.recvfrom(4096)
            if sender[0] == address and packet[20:21] == b"\0" and packet[24:] == body:
                return


if sys.argv[1] == "serve":
    asyncio.run(serve(sys.argv[2:]))
else:
    ping(sys.argv[2])
