"""Our copy of the first clients' operations is what they wrote."""

from pathlib import Path

import pytest

from tests.programs import ROOT

_COPY = Path(__file__).parent / "contract"
_ORIGINAL = ROOT.parent / "shared" / "contract"


@pytest.mark.skipif(not _ORIGINAL.is_dir(), reason="The contract itself is not beside this tree.")
def test_the_copy_is_the_contract_word_for_word() -> None:
    written = {path.name: path.read_text() for path in _ORIGINAL.glob("*.graphql")}
    assert {path.name: path.read_text() for path in _COPY.glob("*.graphql")} == written
