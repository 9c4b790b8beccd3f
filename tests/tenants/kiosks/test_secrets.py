"""What is derived and never stored: secrets of codes, what is kept of a PIN, the key to which tablets seal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from kernel.tenancy.context import region_scope
from kernel.tenancy.state import RegionState
from tenants.kiosks.secrets import Unsealable, code_secrets, pin_digest, pin_digests, sealing_key, unseal
from tests.tenants.kiosks.phones import seal

LOBBY = UUID(int=7)


def test_no_two_things_regions_or_turns_share_a_secret(manado: RegionState, banjarmasin: RegionState) -> None:
    here = {
        code_secrets(*thing)[0]
        for thing in [("screen", LOBBY, 1), ("screen", LOBBY, 2), ("assembly", LOBBY, 1), ("screen", UUID(int=8), 1)]
    }
    assert len(here) == 4
    with region_scope(banjarmasin):
        assert code_secrets("screen", LOBBY, 1)[0] not in here
        assert pin_digest(1, "271828") not in pin_digests(2, "271828")


def test_a_change_of_the_installations_key_keeps_what_was_made_under_the_former(
    manado: RegionState, settings: Any
) -> None:
    before, digest, key = code_secrets("screen", LOBBY, 1)[0], pin_digest(1, "271828"), sealing_key()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-installation"
    assert before not in code_secrets("screen", LOBBY, 1)[:1]
    assert before in code_secrets("screen", LOBBY, 1)
    assert digest in pin_digests(1, "271828")
    assert sealing_key() != key
    assert unseal(seal(b"271828", b"event", key), b"event") == b"271828"


def test_what_is_sealed_opens_here_and_for_its_event_only(manado: RegionState, banjarmasin: RegionState) -> None:
    sealed = seal(b"271828", b"event", sealing_key())
    assert unseal(sealed, b"event") == b"271828"
    with pytest.raises(Unsealable):
        unseal(sealed, b"another event")
    with region_scope(banjarmasin), pytest.raises(Unsealable):
        unseal(sealed, b"event")


@pytest.mark.parametrize("sealed", [b"", b"\4" * 65, bytes(100)])
def test_what_was_never_sealed_is_said_to_be_so(manado: RegionState, sealed: bytes) -> None:
    with pytest.raises(Unsealable):
        unseal(sealed, b"event")


def test_a_sealed_text_cut_short_does_not_open(manado: RegionState) -> None:
    sealed = seal(b"271828", b"event", sealing_key())
    for length in (64, 70, 80, len(sealed) - 1):
        with pytest.raises(Unsealable):
            unseal(sealed[:length], b"event")
