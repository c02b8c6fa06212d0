"""What the house is told: every key from the file or a variable, every mistake by its key, no secret in print."""

from datetime import time, timedelta
from pathlib import Path

import holidays
import pytest

from tocsin.edge.settings import BadSettings, load_settings
from tocsin.edge.settings.countries import COUNTRIES
from tocsin.edge.settings.quantities import read_size, read_span

MAIL = '[channels.email]\nhost = "mx"\nfrom = "tocsin@example.org"\n'


@pytest.fixture
def written(tmp_path):
    """Write a settings file and load it with the variables given."""

    def load(text="", **variables):
        path = tmp_path / "tocsin.toml"
        path.write_text(text)
        return load_settings(path, variables)

    return load


def test_nothing_said_is_enough_to_start():
    settings = load_settings(None, {})
    assert (settings.language, settings.timezone, settings.country) == ("fr", "Europe/Paris", "FR")
    assert (settings.business_hours.opens, settings.business_hours.closes) == (time(9), time(18))
    assert settings.quiet_hold == timedelta(minutes=5)
    assert settings.channels.email is None
    assert settings.database.url is None


def test_the_file_is_read(written):
    settings = written(
        'public_url = "https://tocsin.example.org"\nquiet_hold = "90s"\n'
        '[business_hours]\nopens = "08:30"\ncloses = 17:00:00\ndays = ["mon", "sat"]\n'
        '[retention]\nbodies = "7d"\n[disk]\nmin_free = "2GiB"\n'
        '[contacts.admin-infra]\nemail = "alice@example.org"\nlanguage = "en"\n' + MAIL
    )
    assert settings.business_hours.opens == time(8, 30)
    assert settings.business_hours.closes == time(17)
    assert settings.quiet_hold == timedelta(seconds=90)
    assert settings.retention.bodies == timedelta(days=7)
    assert settings.disk.min_free == 2 * 1024**3
    assert settings.contacts["admin-infra"].email == "alice@example.org"
    assert settings.channels.email is not None
    assert settings.channels.email.sender == "tocsin@example.org"


def test_a_relative_path_starts_from_the_folder_of_the_file(written, tmp_path):
    settings = written('[cluster]\nkubeconfig = "kube/config"')
    assert settings.cluster.kubeconfig == tmp_path / "kube/config"


def test_a_variable_wins_over_the_file(written):
    settings = written('public_url = "https://file.example.org"', TOCSIN_PUBLIC_URL="https://variable.example.org")
    assert settings.public_url == "https://variable.example.org"


@pytest.mark.parametrize(
    ("variable", "text", "path", "value"),
    [
        ("TOCSIN_CONTACT_ADMIN_INFRA_EMAIL", "a@example.org", "contacts.admin-infra.email", "a@example.org"),
        ("TOCSIN_CONTACT_ADMIN_EMAIL", "a@example.org", "contacts.admin.email", "a@example.org"),
        ("TOCSIN_EXECUTION_PROGRAMS_REDIS_CLI", "/bin/r", "execution.programs.redis-cli", Path("/bin/r")),
        ("TOCSIN_CLUSTER_NAMESPACES", "production, ingress", "cluster.namespaces", ("production", "ingress")),
        ("TOCSIN_PROXY_HEADERS", "true", "proxy_headers", True),
        ("TOCSIN_BUSINESS_HOURS_OPENS", "07:15", "business_hours.opens", time(7, 15)),
        ("TOCSIN_DISK_MIN_FREE", "500MB", "disk.min_free", 500_000_000),
        ("TOCSIN_QUIET_HOLD", "1h30m", "quiet_hold", timedelta(minutes=90)),
    ],
)
def test_every_key_has_its_variable(variable, text, path, value):
    found = load_settings(None, {variable: text})
    for part in path.split("."):
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    assert found == value


def test_the_variables_of_a_kubernetes_service_called_tocsin_are_not_ours():
    links = {
        "TOCSIN_PORT": "tcp://10.0.0.1:80",
        "TOCSIN_PORT_80_TCP": "tcp://10.0.0.1:80",
        "TOCSIN_DATABASE_SERVICE_HOST": "10.0.0.2",
        "TOCSIN_DATABASE_PORT_5432_TCP_ADDR": "10.0.0.2",
    }
    assert load_settings(None, links) == load_settings(None, {})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = \nb = 1", "tocsin.toml:1:5: is not TOML: Invalid value"),
        ("\n\na = 1\na = 2\n", "tocsin.toml:4:6: is not TOML: Cannot overwrite a value"),
        ('a = 1\nb = "', "tocsin.toml: is not TOML: Unterminated string (at its end, line 2)"),
        ('publik_url = "x"', "tocsin.toml: `publik_url`: unknown key; did you mean `public_url`?"),
        (MAIL + 'port = "25"', "tocsin.toml: `channels.email.port`: expected an integer, got a string"),
        (MAIL + "port = 0", "tocsin.toml: `channels.email.port`: expected an integer of at least 1"),
        (MAIL + 'tls = "ssl"', "tocsin.toml: `channels.email.tls`: expected one of starttls, tls, none, got 'ssl'"),
        (MAIL.replace('"mx"', '""'), "tocsin.toml: `channels.email.host`: must not be empty"),
        ('[channels.email]\nhost = "mx"', "tocsin.toml: `channels.email.from`: is missing"),
        (
            MAIL + 'username = "u"',
            "tocsin.toml: `channels.email.password_file`: is missing: a username needs a password",
        ),
        ("[channels]\nemail = 3", "tocsin.toml: `channels.email`: expected a table, got an integer"),
        ("contacts = 3", "tocsin.toml: `contacts`: expected a table, got an integer"),
        ('[contacts.bob]\nmail = "x"', "tocsin.toml: `contacts.bob.mail`: unknown key; did you mean `email`?"),
        (
            '[contacts.bob]\nemail = "x"',
            "tocsin.toml: `contacts.bob.email`: expected one address such as alice@example.org",
        ),
        ('[contacts."A b"]\n', 'tocsin.toml: `contacts.A b`: expected the slug of a contact such as "admin-infra"'),
        ('quiet_hold = "5 minutes"', 'got "5 minutes"'),
        ('quiet_hold = "0s"', "tocsin.toml: `quiet_hold`: must be longer than nothing"),
        ('data_folder = "x"', "tocsin.toml: `data_folder`: is not set here but by --data or TOCSIN_DATA"),
        ('timezone = "Paris"', 'tocsin.toml: `timezone`: "Paris" is no time zone; one is "Europe/Paris"'),
        ('timezone = "Europe"', 'tocsin.toml: `timezone`: "Europe" is no time zone'),
        ('timezone = "../Europe/Paris"', 'tocsin.toml: `timezone`: "../Europe/Paris" is no time zone'),
        ('timezone = ""', 'tocsin.toml: `timezone`: "" is no time zone'),
        ('country = "XX"', 'tocsin.toml: `country`: no public holidays are known for "XX"'),
        ('public_url = "tocsin"', "tocsin.toml: `public_url`: expected an address such as"),
        ('[business_hours]\nopens = "19:00"', "tocsin.toml: `business_hours.closes`: 18:00 is not after 19:00"),
        ('[business_hours]\ndays = ["lun"]', "tocsin.toml: `business_hours.days[0]`: expected one of mon, tue,"),
        (
            '[execution.programs]\nkubectl = "kubectl"',
            "`execution.programs.kubectl`: expected an absolute path, got kubectl",
        ),
        ('[channels.webhook]\nsecret = "whsec"', "`channels.webhook.secret`: a secret does not belong in this file"),
        ('[database]\nurl = "postgresql://u:hunter2@db/t"', "`database.url`: holds a password: name a file"),
        ('[database]\nurl = "mysql://db/t"', "`database.url`: expected sqlite:///… or postgresql://…"),
        ('[execution]\nhcloud_token_file = "nope"', "nope cannot be read: No such file or directory"),
    ],
)
def test_a_mistake_is_named_by_its_key(written, text, sentence):
    with pytest.raises(BadSettings) as bad:
        written(text)
    assert sentence in str(bad.value)
    assert "hunter2" not in str(bad.value)


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        ("TOCSIN_PROXY_HEADERS", "oui", "environment: `TOCSIN_PROXY_HEADERS`: expected true or false, got a string"),
        ("TOCSIN_CONTACT_ADMIN_EMAIL", "alice", "environment: `TOCSIN_CONTACT_ADMIN_EMAIL`: expected one address"),
        ("TOCSIN_CONTACT_ADMIN_EMIAL", "a@b.c", "environment: `TOCSIN_CONTACT_ADMIN_EMIAL`: names no setting"),
        ("TOCSIN_LANGUAGE", "de", "environment: `TOCSIN_LANGUAGE`: expected one of fr, en, got 'de'"),
    ],
)
def test_a_mistake_in_a_variable_is_named_by_the_variable(variable, text, sentence):
    with pytest.raises(BadSettings) as bad:
        load_settings(None, {variable: text})
    assert sentence in str(bad.value)


def test_a_file_that_is_not_there_is_a_mistake(tmp_path):
    with pytest.raises(BadSettings, match=r"absent\.toml: cannot be read: No such file or directory"):
        load_settings(tmp_path / "absent.toml", {})


def test_secrets_come_from_their_files_or_variables_and_are_never_printed(written, tmp_path):
    (tmp_path / "password").write_text("correct-horse\n")
    settings = written(
        MAIL + 'username = "u"\npassword_file = "password"\n[contacts.a]\nwebhook = "https://h.example.org/tok3n"\n',
        TOCSIN_EXECUTION_HCLOUD_TOKEN="h" * 64,
        TOCSIN_DATABASE_URL="postgresql://u:hunter2@db/t",
    )
    secrets = {"correct-horse", "h" * 64, "hunter2", "https://h.example.org/tok3n"}
    assert settings.channels.email is not None
    assert settings.channels.email.password is not None
    assert settings.channels.email.password.reveal() == "correct-horse"
    assert settings.database.url is not None
    assert settings.database.url.reveal() == "postgresql://u:hunter2@db/t"
    assert set(settings.known_secrets) == secrets
    assert not any(secret in f"{settings!r}{settings}" for secret in secrets)


@pytest.mark.parametrize("empty", ["", " \n"])
def test_an_empty_secret_is_a_mistake(written, tmp_path, empty):
    (tmp_path / "secret").write_text(empty)
    with pytest.raises(BadSettings, match=r"`channels\.webhook\.secret_file`: .*secret is empty"):
        written('[channels.webhook]\nsecret_file = "secret"')


@pytest.mark.parametrize(
    ("text", "seconds"), [("30d", 30 * 86400), ("1h30m", 5400), ("90s", 90), ("1d2h3m4s", 93784), (" 5m ", 300)]
)
def test_spans(text, seconds):
    assert read_span(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "5m1h", "1.5h", "5 m", "999999999999d", "٥m"])
def test_what_is_no_span(text):
    with pytest.raises(ValueError, match="time"):
        read_span(text)


@pytest.mark.parametrize(
    ("text", "count"), [("1GiB", 1 << 30), ("1 kB", 1000), ("12", 12), (12, 12), ("2TiB", 2 << 40)]
)
def test_sizes(text, count):
    assert read_size(text) == count


def test_the_countries_are_those_whose_holidays_the_package_knows() -> None:
    assert frozenset(holidays.list_supported_countries()) == COUNTRIES
