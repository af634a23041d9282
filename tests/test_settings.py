"""What the environment may say, and the one sentence that answers what it may not."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import settings as configuration
from api.limits import Limits
from cli import main
from errors import SettingsError
from settings import Environment, HttpStatus, LogLevel

SECRET = "s" * 32
DATABASE = {"DATABASE_URL": "postgresql://diary:hunter2@db/diary", "SECRET_KEY": SECRET}
REDIS = {"REDIS_URL": "redis://:hunter3@cache:6379/0"}


def test_an_empty_environment_is_embedded_production_with_everything_shut() -> None:
    settings = configuration.load({})

    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert (settings.database_url, settings.redis_url, settings.secret_key) == ("", "", "")
    assert settings.embedded
    assert settings.data_dir == Path(".data")
    assert settings.environment is Environment.PRODUCTION
    assert (settings.graphiql, settings.introspection, settings.demo) == (False, False, False)
    assert (settings.metrics, settings.only_trusted_documents) == (False, False)
    assert (settings.http_status, settings.body_seconds) == (HttpStatus.COMMON, 15)
    assert settings.changes_kept_days == 7
    assert (settings.messages_kept_days, settings.reports_kept_days) == (1095, 1095)
    assert settings.drafts_kept_days == 180
    assert (settings.documents, settings.identity_providers) == (None, None)
    assert (settings.relay, settings.sms_gateway) == (None, "")
    assert (settings.allowed_origins, settings.trusted_proxies) == ((), ())
    assert (settings.timezone.key, settings.log_level) == ("Europe/Moscow", LogLevel.INFO)


def test_empty_variables_count_as_unset() -> None:
    names = [
        *("HOST", "PORT", "DATABASE_URL", "REDIS_URL", "DATA_DIR", "WEB_CONCURRENCY"),
        *("PERSONAL_DATA_KEY", "FORMER_PERSONAL_DATA_KEYS"),
        *("SECRET_KEY", "FORMER_SECRET_KEYS", "ALLOWED_ORIGINS", "TRUSTED_PROXIES"),
        *("ALLOWED_HOSTS", *Limits.variables()),
        *(
            "ENVIRONMENT",
            "GRAPHIQL",
            "INTROSPECTION",
            "DEMO",
            "METRICS",
            "HTTP_STATUS",
            "BODY_SECONDS",
            "CHANGES_KEPT_DAYS",
            "MESSAGES_KEPT_DAYS",
            "DRAFTS_KEPT_DAYS",
            "REPORTS_KEPT_DAYS",
            "DOCUMENTS",
            "IDENTITY_PROVIDERS",
        ),
        *("ONLY_TRUSTED_DOCUMENTS", "COST_LIMIT", "TIMEZONE", "LOG_LEVEL"),
        *("SMTP_URL", "MAIL_FROM", "SMS_GATEWAY"),
    ]

    assert configuration.load(dict.fromkeys(names, "")) == configuration.load({})


def test_development_opens_all_and_each_may_be_shut() -> None:
    opened = configuration.load({"ENVIRONMENT": "development"})
    shut = configuration.load({"ENVIRONMENT": "development", "INTROSPECTION": "off"})

    assert (opened.graphiql, opened.introspection, opened.demo) == (True, True, True)
    assert opened.metrics
    assert (shut.graphiql, shut.introspection, shut.demo) == (True, False, True)


def test_production_opens_what_is_asked_for() -> None:
    settings = configuration.load({"ENVIRONMENT": "production", "GRAPHIQL": "yes", "DEMO": "1"})

    assert (settings.graphiql, settings.introspection, settings.demo) == (True, False, True)


def test_everything_that_may_be_set_is_read() -> None:
    settings = configuration.load(
        {
            **DATABASE,
            **REDIS,
            "HOST": "::1",
            "PORT": "65535",
            "WEB_CONCURRENCY": "4",
            "DATA_DIR": "/srv/diary",
            "ALLOWED_ORIGINS": "https://Diary.example:443, http://localhost:3000,https://diary.example",
            "TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "METRICS": "on",
            "HTTP_STATUS": "September-2026",
            "BODY_SECONDS": "5",
            "CHANGES_KEPT_DAYS": "30",
            "MESSAGES_KEPT_DAYS": "365",
            "DRAFTS_KEPT_DAYS": "36500",
            "REPORTS_KEPT_DAYS": "1",
            "DOCUMENTS": "/srv/documents.json",
            "IDENTITY_PROVIDERS": "/srv/providers.toml",
            "ONLY_TRUSTED_DOCUMENTS": "on",
            "COST_LIMIT": "1000",
            "TIMEZONE": "Asia/Vladivostok",
            "LOG_LEVEL": "WARNING",
        }
    )

    assert (settings.host, settings.port, settings.workers) == ("::1", 65535, 4)
    assert settings.database_url == DATABASE["DATABASE_URL"]
    assert not settings.embedded
    assert settings.data_dir == Path("/srv/diary")
    assert settings.allowed_origins == ("https://diary.example", "http://localhost:3000")
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1/128")
    assert (settings.metrics, settings.only_trusted_documents) == (True, True)
    assert (settings.http_status, settings.body_seconds) == (HttpStatus.SEPTEMBER_2026, 5)
    assert settings.changes_kept_days == 30
    assert (settings.messages_kept_days, settings.reports_kept_days) == (365, 1)
    assert settings.drafts_kept_days == 36_500
    assert (settings.documents, settings.cost_limit) == (Path("/srv/documents.json"), 1000)
    assert settings.identity_providers == Path("/srv/providers.toml")
    assert (settings.timezone.key, settings.log_level) == ("Asia/Vladivostok", LogLevel.WARNING)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "asyncpg"])
def test_every_spelling_of_postgresql_is_one_that_asyncpg_takes(scheme: str) -> None:
    settings = configuration.load({**DATABASE, "DATABASE_URL": f"{scheme}://db/diary"})

    assert settings.database_url in {"postgres://db/diary", "postgresql://db/diary"}


@pytest.mark.parametrize("scheme", ["redis", "rediss", "unix"])
def test_every_spelling_of_redis_is_kept(scheme: str) -> None:
    assert configuration.load({"REDIS_URL": f"{scheme}://cache"}).redis_url == f"{scheme}://cache"


def test_passwords_and_secrets_are_not_shown() -> None:
    shown = repr(configuration.load({**DATABASE, **REDIS}))

    assert "hunter" not in shown
    assert SECRET not in shown


def test_the_embedded_database_completes_the_settings() -> None:
    settings = configuration.load({}).with_embedded(database_url="postgresql:///d", secret_key="k")

    assert (settings.database_url, settings.secret_key) == ("postgresql:///d", "k")
    assert not settings.embedded


REFUSED = {
    "workers without Redis": (
        {"WEB_CONCURRENCY": "2"},
        (
            "WEB_CONCURRENCY=2 needs a Redis through which the workers hear of each other's "
            "changes: set REDIS_URL, or set WEB_CONCURRENCY=1."
        ),
    ),
    "database without secret": (
        {"DATABASE_URL": "postgres://db/diary"},
        (
            "DATABASE_URL needs a SECRET_KEY beside it: set SECRET_KEY to at least 32 random "
            "bytes, the same for every worker and every start."
        ),
    ),
    "trusted documents without any": (
        {"ONLY_TRUSTED_DOCUMENTS": "on"},
        "ONLY_TRUSTED_DOCUMENTS needs the documents that are trusted: set DOCUMENTS.",
    ),
    "unknown statuses": (
        {"HTTP_STATUS": "teapot"},
        "HTTP_STATUS must be one of common, september-2026, not 'teapot'.",
    ),
    "nothing allowed": (
        {"COST_LIMIT": "0"},
        "COST_LIMIT must be a whole number from 1 to 10000000, not '0'.",
    ),
    "no patience": (
        {"BODY_SECONDS": "0"},
        "BODY_SECONDS must be a whole number from 1 to 3600, not '0'.",
    ),
    "changes not kept": (
        {"CHANGES_KEPT_DAYS": "0"},
        "CHANGES_KEPT_DAYS must be a whole number from 1 to 366, not '0'.",
    ),
    "mail kept for ever": (
        {"MESSAGES_KEPT_DAYS": "36501"},
        "MESSAGES_KEPT_DAYS must be a whole number from 1 to 36500, not '36501'.",
    ),
    "short former secret": (
        {"FORMER_SECRET_KEYS": f"{'f' * 32},{'f' * 31}"},
        "FORMER_SECRET_KEYS has 31 bytes: set one of at least 32 random bytes.",
    ),
    "short secret": (
        {"SECRET_KEY": "s" * 31},
        "SECRET_KEY has 31 bytes: set one of at least 32 random bytes.",
    ),
    "short secret in embedded mode, counted in bytes": (
        {"SECRET_KEY": "щ" * 15},
        "SECRET_KEY has 30 bytes: set one of at least 32 random bytes.",
    ),
    "port no number": (
        {"PORT": "http"},
        "PORT must be a whole number from 1 to 65535, not 'http'.",
    ),
    "port zero": ({"PORT": "0"}, "PORT must be a whole number from 1 to 65535, not '0'."),
    "port too high": (
        {"PORT": "65536"},
        "PORT must be a whole number from 1 to 65535, not '65536'.",
    ),
    "port in other digits": (
        {"PORT": "８０００"},
        "PORT must be a whole number from 1 to 65535, not '８０００'.",
    ),
    "workers below one": (
        {"WEB_CONCURRENCY": "-1"},
        "WEB_CONCURRENCY must be a whole number from 1 to 1024, not '-1'.",
    ),
    "unknown environment": (
        {"ENVIRONMENT": "staging"},
        "ENVIRONMENT must be one of development, production, not 'staging'.",
    ),
    "unknown level": (
        {"LOG_LEVEL": "loud"},
        "LOG_LEVEL must be one of debug, info, warning, error, not 'loud'.",
    ),
    "unreadable switch": (
        {"DEMO": "perhaps"},
        "DEMO must be one of 1, true, yes, on, 0, false, no, off, not 'perhaps'.",
    ),
    "another database": (
        {**DATABASE, "DATABASE_URL": "mysql://root:hunter2@db/diary"},
        (
            "DATABASE_URL must be a well-formed address that begins with postgres://, "
            "postgresql://, asyncpg://."
        ),
    ),
    "database with a bad port": (
        {**DATABASE, "DATABASE_URL": "postgres://db:hunter2/diary"},
        (
            "DATABASE_URL must be a well-formed address that begins with postgres://, "
            "postgresql://, asyncpg://."
        ),
    ),
    "another cache": (
        {"REDIS_URL": "memcached://:hunter2@cache"},
        "REDIS_URL must be a well-formed address that begins with redis://, rediss://, unix://.",
    ),
    "unknown time zone": (
        {"TIMEZONE": "Komi/Syktyvkar"},
        "TIMEZONE must be a name like Europe/Moscow from the IANA database, not 'Komi/Syktyvkar'.",
    ),
    "time zone that leaves the database": (
        {"TIMEZONE": "../../etc/passwd"},
        (
            "TIMEZONE must be a name like Europe/Moscow from the IANA database, "
            "not '../../etc/passwd'."
        ),
    ),
    "bad proxy": (
        {"TRUSTED_PROXIES": "10.0.0.1/8"},
        (
            "TRUSTED_PROXIES must list addresses or networks like 10.0.0.0/8, separated by commas; "
            "'10.0.0.1/8' is none."
        ),
    ),
}
REFUSED |= {
    f"bad origin {origin}": (
        {"ALLOWED_ORIGINS": f"https://diary.example,{origin}"},
        (
            "ALLOWED_ORIGINS must list origins like https://diary.example, separated by commas, "
            f"with no path and no wildcard; {origin!r} is none."
        ),
    )
    for origin in (
        "*",
        "null",
        "diary.example",
        "https://*.example",
        "https://a.example/",
        "https://a.example?x",
        "https://u@a.example",
        "https://a.example:port",
        "https://",
        "ftp://a.example",
        "https://дневник.рф",
    )
}


@pytest.mark.parametrize(("environ", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_work_is_refused_with_a_sentence(
    environ: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        configuration.load(environ)

    assert str(refusal.value) == sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_a_refused_command_starts_nothing(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    data = tmp_path / "data"

    result = CliRunner().invoke(
        main, [command], env={"WEB_CONCURRENCY": "2", "DATA_DIR": str(data)}
    )

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == f"schoolDiary: {REFUSED['workers without Redis'][1]}\n"
    assert not data.exists()


def test_every_limit_is_a_variable_that_the_readme_names_with_its_default() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    rows = [line.split(" | ") for line in readme.splitlines() if line.startswith("| `MAX_")]
    told = {
        name.strip("|` "): int(default.strip("` "))
        for names, defaults, *_ in rows
        for name, default in zip(names.split(","), defaults.split(","), strict=True)
    }
    assert told == {name: default for name, (_, default, _) in Limits.variables().items()}
    given = configuration.load(dict.fromkeys(told, "7")).limits
    assert given == Limits(**dict.fromkeys((each for each, _, _ in Limits.variables().values()), 7))
