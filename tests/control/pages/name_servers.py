"""A name server of our own on loopback, asked over UDP as any other."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
from typing_extensions import override


@dataclass
class Zone:
    """What is said: values by name and kind. Names of which nothing is said do not exist; `*.` stands for any label.
    What is `broken` gets a server failure."""

    said: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        asked = query.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype)
        if (name, kind) in self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer
        for _hop in range(5):
            source = name if self._exists(name) else f"*.{name.partition('.')[2]}"
            if not self._exists(source):
                answer.set_rcode(dns.rcode.NXDOMAIN)
                return answer
            values = self.said.get((source, kind))
            found = kind if values is not None else "CNAME"
            values = values or self.said.get((source, "CNAME"), [])
            if not values:
                return answer
            answer.answer.append(dns.rrset.from_text_list(f"{name}.", 60, "IN", found, values))
            if found == kind:
                return answer
            name = values[0].rstrip(".")
        return answer

    def _exists(self, name: str) -> bool:
        return any(said == name for said, _kind in self.said)


@contextmanager
def answering(zone: Zone) -> Iterator[Callable[[], dns.resolver.Resolver]]:
    """Makes resolvers that ask a server which answers as the zone says, as long as the block lasts."""

    class Handler(socketserver.BaseRequestHandler):
        @override
        def handle(self) -> None:
            packet, connected = self.request
            connected.sendto(zone.answer(dns.message.from_wire(packet)).to_wire(), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

        def resolver() -> dns.resolver.Resolver:
            made = dns.resolver.Resolver(configure=False)
            made.nameservers, made.port = ["127.0.0.1"], server.server_address[1]
            return made

        try:
            yield resolver
        finally:
            server.shutdown()
