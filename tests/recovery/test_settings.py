"""Which mail server and which gateway the settings may name, and what is refused at the start."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import settings as configuration
from cli import main
from couriers.relay import Relay, Tls
from errors import SettingsError
from tests.recovery.asking import SENDER


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://relay.example", 587, Tls.STARTTLS),
        ("smtp://relay.example?starttls=on", 587, Tls.STARTTLS),
        ("smtp://relay.example:2525", 2525, Tls.STARTTLS),
        ("smtp://relay.example/?starttls=off", 25, Tls.NONE),
        ("smtps://relay.example", 465, Tls.AT_ONCE),
    ],
)
def test_a_relay_is_read_from_its_url(url: str, port: int, tls: Tls) -> None:
    settings = configuration.load({"SMTP_URL": url, "MAIL_FROM": SENDER})
    assert settings.relay == Relay("relay.example", port, tls, "", "", SENDER)


def test_names_and_passwords_are_decoded_and_shown_nowhere() -> None:
    url = "smtps://d%40b:hun%2Fter@relay.example"
    settings = configuration.load({"SMTP_URL": url, "MAIL_FROM": SENDER})
    assert settings.relay is not None
    assert (settings.relay.username, settings.relay.password) == ("d@b", "hun/ter")
    assert "hun" not in repr(settings)


@pytest.mark.parametrize(
    "url",
    [
        "relay.example",
        "http://relay.example",
        "smtp://",
        "smtp://relay.example:port",
        "smtp://relay.example/path",
        "smtp://relay.example?starttls=perhaps",
        "smtp://relay.example?starttls",
        "smtps://relay.example?starttls=off",
        "smtp://hunter2@relay.example",
        "smtp://d:hunter2@relay.example?starttls=off",
    ],
)
def test_any_other_url_is_refused_with_a_sentence_that_repeats_nothing(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^SMTP_URL .+\.$") as refused:
        configuration.load({"SMTP_URL": url, "MAIL_FROM": SENDER})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("sender", ["", "School Diary", "diary@school", "a b@school.example"])
def test_mail_comes_from_somebody(sender: str) -> None:
    with pytest.raises(SettingsError, match="set MAIL_FROM"):
        configuration.load({"SMTP_URL": "smtp://relay.example", "MAIL_FROM": sender})


@pytest.mark.parametrize(
    ("gateway", "told"),
    [
        ("nowhere:factory", "ModuleNotFoundError"),
        ("errors:factory", "AttributeError"),
        ("errors", "AttributeError"),
        ("tests.recovery.gateway:broken", "RuntimeError"),
        ("tests.recovery.gateway:nobody", "has no method `deliver`"),
    ],
)
def test_a_gateway_that_is_none_keeps_the_program_from_starting(
    gateway: str, told: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    environ = {"SMS_GATEWAY": gateway, "DATA_DIR": str(data)}
    ended = CliRunner().invoke(main, ["serve"], env=environ)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr.startswith("schoolDiary: SMS_GATEWAY must name a factory")
    assert told in ended.stderr
    assert "hunter2" not in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not data.exists()
