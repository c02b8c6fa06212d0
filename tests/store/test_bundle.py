"""A bundle is checked without the house: whoever changes a line, drops one, or moves one is told of it."""

import io
import json
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.store.makers import STREAM, blob, note, noted
from tocsin.edge.bundle import Checked, NotABundle, check_bundle, write_bundle
from tocsin.edge.flaws import SENTENCES
from tocsin.edge.store.contract import Change
from tocsin.edge.store.sql_store import SqlStore
from tocsin.incident import wire
from tocsin.incident.events import EvidencePasted, LedgerTaken
from tocsin.world import Append

LEDGER = "house/ledger"
INCIDENT = "streams/incident-1.jsonl"
EVIDENCE = b"Name: node-1\nConditions: Ready False\n"

AT = datetime(2026, 3, 3, tzinfo=UTC)

Members = dict[str, bytes]


def take_ledger(store: SqlStore, at: datetime) -> None:
    taken = LedgerTaken(at=at, heads=tuple(head for head in store.heads() if head[0] != LEDGER))
    append = Append(stream=LEDGER, expected_seq=store.last_seq(LEDGER), events=(taken,))
    store.commit(Change(appends=(append,)), at).result()


def evidence(at: datetime, content: bytes) -> EvidencePasted:
    return EvidencePasted(at=at, title="describe", blob=blob(content, at).digest, excerpt="node-1")


@pytest.fixture
def told(store: SqlStore, now: datetime) -> SqlStore:
    """Two incidents, with the ledger taken in the middle and at the end; one text kept, one no longer."""
    store.commit(noted(now, "one", "deux ’é", "three"), now).result()
    take_ledger(store, now)
    pasted = Append(stream=STREAM, expected_seq=3, events=(evidence(now, EVIDENCE), evidence(now, b"lost")))
    store.commit(Change(appends=(pasted,), blobs=(blob(EVIDENCE, now),)), now).result()
    store.commit(noted(now, "alone", stream="incident/2"), now).result()
    take_ledger(store, now + timedelta(hours=1))
    return store


def write(store: SqlStore, path: Path, streams: list[str], now: datetime) -> Path:
    with path.open("wb") as out:
        write_bundle(store, out, streams, "1.2.3", now)
    return path


@pytest.fixture
def bundle(told: SqlStore, now: datetime, tmp_path: Path) -> Path:
    return write(told, tmp_path / "bundle.tar.gz", [STREAM, "incident/2"], now)


def members(bundle: Path) -> Members:
    with tarfile.open(bundle) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def pack(bundle: Path, contents: Members) -> None:
    with tarfile.open(bundle, "w:gz") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def edit(bundle: Path, change: Callable[[Members], None]) -> tuple[str, ...]:
    """Change the members of a bundle; gives what the check then says."""
    contents = members(bundle)
    change(contents)
    pack(bundle, contents)
    return check_bundle(bundle).flaws


def edit_lines(bundle: Path, change: Callable[[list[bytes]], None]) -> tuple[str, ...]:
    """Change the lines of the first incident."""

    def change_member(contents: Members) -> None:
        lines = contents[INCIDENT].splitlines(keepends=True)
        change(lines)
        contents[INCIDENT] = b"".join(lines)

    return edit(bundle, change_member)


def test_a_bundle_as_it_was_written_has_no_flaw(bundle: Path):
    found = check_bundle(bundle)

    assert found == Checked(flaws=(), streams=3, lines=8, blobs=1, gone=1, heads=3)


def test_a_bundle_holds_the_lines_the_ledger_and_the_texts_they_name(bundle: Path):
    contents = members(bundle)

    assert list(contents) == [
        "streams/house-ledger.jsonl",
        INCIDENT,
        "streams/incident-2.jsonl",
        f"blobs/{blob(EVIDENCE, AT).digest}",
        "bundle.json",
    ]
    assert contents[f"blobs/{blob(EVIDENCE, AT).digest}"] == EVIDENCE
    assert json.loads(json.loads(contents[INCIDENT].splitlines()[1])["body"])["text"] == "deux ’é"


def test_a_bundle_of_one_incident_leaves_the_others_out(told: SqlStore, now: datetime, tmp_path: Path):
    one = write(told, tmp_path / "one", ["incident/2"], now)

    assert list(members(one)) == ["streams/house-ledger.jsonl", "streams/incident-2.jsonl", "bundle.json"]
    assert check_bundle(one).flaws == ()


def test_an_edited_line_is_told(bundle: Path):
    def change(lines: list[bytes]) -> None:
        lines[1] = lines[1].replace(b"deux", b"zwei")

    assert edit_lines(bundle, change) == (
        "incident/1 line 2: the text is not the one that was recorded (its digest differs)",
    )


def test_an_edited_line_with_a_new_digest_breaks_the_chain(bundle: Path):
    def change(lines: list[bytes]) -> None:
        line = json.loads(lines[1])
        line["body"] = line["body"].replace("deux", "zwei")
        line["digest"] = wire.digest(line["body"].encode())
        lines[1] = json.dumps(line).encode() + b"\n"

    assert edit_lines(bundle, change) == (
        "incident/1 line 2: the chain is broken, this line does not follow the one before it",
    )


def test_a_timeline_written_anew_from_the_start_is_betrayed_by_the_ledger(
    bundle: Path, opened: Callable[[str], SqlStore], now: datetime, tmp_path: Path
):
    """A whole forged chain agrees with itself, and the forger may edit bundle.json too; the ledger knows better."""
    forger = opened(str(tmp_path / "forgery"))
    forger.commit(noted(now, "one", "nothing happened", "three", "four", "five"), now).result()
    false = members(write(forger, tmp_path / "false", [STREAM], now))

    def change(contents: Members) -> None:
        contents[INCIDENT] = false[INCIDENT]
        manifest = json.loads(contents["bundle.json"])
        manifest["streams"][1] = json.loads(false["bundle.json"])["streams"][0]
        contents["bundle.json"] = json.dumps(manifest).encode()

    assert edit(bundle, change) == (
        "incident/1 line 3: the ledger of 2026-03-03T03:05:00+00:00 noted another chain",
        "incident/1 line 5: the ledger of 2026-03-03T04:05:00+00:00 noted another chain",
    )


def test_a_ledger_moved_behind_what_it_vouches_for_is_told(bundle: Path):
    def change(contents: Members) -> None:
        ledger = contents.pop("streams/house-ledger.jsonl")
        contents["streams/house-ledger.jsonl"] = ledger

    assert "house/ledger line 1: the ledger stands behind a stream that it should vouch for" in edit(bundle, change)


def test_a_dropped_line_is_told(bundle: Path):
    assert edit_lines(bundle, lambda lines: lines.pop(1)) == ("incident/1: line 2 is missing, line 3 comes instead",)


def test_a_dropped_last_line_is_told(bundle: Path):
    assert edit_lines(bundle, lambda lines: lines.pop()) == (
        "incident/1: the ledger of 2026-03-03T04:05:00+00:00 noted line 5, which is not there",
        "incident/1: it ends at line 4; bundle.json says line 5, or another chain",
    )


def test_two_lines_in_the_other_order_are_told(bundle: Path):
    def change(lines: list[bytes]) -> None:
        lines[1], lines[2] = lines[2], lines[1]

    assert edit_lines(bundle, change)[0] == "incident/1: line 2 is missing, line 3 comes instead"


def test_an_inserted_line_is_told(bundle: Path):
    mistakes = edit_lines(bundle, lambda lines: lines.insert(2, lines[1]))

    assert "incident/1: line 3 is missing, line 2 comes instead" in mistakes


def test_a_line_of_another_stream_is_told(bundle: Path):
    def change(contents: Members) -> None:
        contents["streams/incident-2.jsonl"] += contents[INCIDENT].splitlines(keepends=True)[0]

    assert "streams/incident-2.jsonl:2: the line belongs to incident/1" in edit(bundle, change)


def test_a_removed_stream_is_told(bundle: Path):
    def change(contents: Members) -> None:
        del contents["streams/incident-2.jsonl"]

    assert edit(bundle, change) == ("incident/2: it ends at line 0; bundle.json says line 1, or another chain",)


def test_an_added_stream_is_told(told: SqlStore, bundle: Path, now: datetime):
    def change(contents: Members) -> None:
        manifest = json.loads(contents["bundle.json"])
        del manifest["streams"][2]
        contents["bundle.json"] = json.dumps(manifest).encode()

    assert edit(bundle, change) == ("incident/2: bundle.json does not name it",)


def test_a_line_that_is_no_line_is_told_with_its_place(bundle: Path):
    def change(lines: list[bytes]) -> None:
        lines[2] = lines[2][:-20] + b"\n"

    assert f"{INCIDENT}:3: the line cannot be read" in edit_lines(bundle, change)


def test_a_changed_text_is_told(bundle: Path):
    digest = blob(EVIDENCE, AT).digest

    def change(contents: Members) -> None:
        contents[f"blobs/{digest}"] = EVIDENCE.replace(b"False", b"True")

    assert edit(bundle, change) == (f"blobs/{digest}: the text was changed",)


def test_a_removed_text_is_told(bundle: Path):
    digest = blob(EVIDENCE, AT).digest

    def drop(contents: Members) -> None:
        del contents[f"blobs/{digest}"]

    def hide(contents: Members) -> None:
        manifest = json.loads(contents["bundle.json"])
        manifest["blobs"] = []
        contents["bundle.json"] = json.dumps(manifest).encode()

    assert edit(bundle, drop) == (f"blobs/{digest}: it is missing",)
    assert edit(bundle, hide) == (f"blobs/{digest}: a line names it and bundle.json does not",)


def test_what_does_not_belong_is_told(bundle: Path):
    def change(contents: Members) -> None:
        contents["../../etc/passwd"] = b"x"

    assert edit(bundle, change) == ("../../etc/passwd: it is not part of a bundle",)


def test_a_bundle_without_its_last_member_is_none(bundle: Path):
    contents = members(bundle)
    del contents["bundle.json"]
    pack(bundle, contents)

    with pytest.raises(NotABundle, match=r"no readable bundle\.json"):
        check_bundle(bundle)


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_no_bundle(bundle: Path, part: float):
    content = bundle.read_bytes()
    bundle.write_bytes(content[: int(len(content) * part)])

    with pytest.raises(NotABundle):
        check_bundle(bundle)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n", b"\x1f\x8b\x08\x00broken", b"x" * 20_000])
def test_a_file_of_another_kind_is_no_bundle(tmp_path: Path, content: bytes):
    (tmp_path / "other").write_bytes(content)

    with pytest.raises(NotABundle):
        check_bundle(tmp_path / "other")


def test_a_bundle_of_a_later_format_is_not_judged(bundle: Path):
    def change(contents: Members) -> None:
        contents["bundle.json"] = contents["bundle.json"].replace(b'"format":1', b'"format":2')

    with pytest.raises(NotABundle, match="its format is 2, known is 1"):
        edit(bundle, change)


def test_a_link_or_a_second_member_of_one_name_is_refused(bundle: Path):
    contents = members(bundle)
    with tarfile.open(bundle, "w:gz") as tar:
        link = tarfile.TarInfo(INCIDENT)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(NotABundle, match="no plain file"):
        check_bundle(bundle)

    with tarfile.open(bundle, "w:gz") as tar:
        for content in (contents[INCIDENT], b""):
            member = tarfile.TarInfo(INCIDENT)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    with pytest.raises(NotABundle, match="twice"):
        check_bundle(bundle)


def test_an_erased_payload_leaves_no_trace_and_no_flaw(told: SqlStore, now: datetime, tmp_path: Path):
    told.erase(STREAM, 2, note(now, ""), now).result()

    erased = write(told, tmp_path / "erased", [STREAM], now)

    assert b"deux" not in members(erased)[INCIDENT]
    assert check_bundle(erased).flaws == ()


def test_the_digits_that_a_call_told_prove_the_ledger(told: SqlStore, bundle: Path):
    head = told.load(LEDGER)[0].chain

    assert check_bundle(bundle, head[:16]).flaws == ()
    assert check_bundle(bundle, f" {head.upper()} ").flaws == ()
    assert check_bundle(bundle, "0" * 16).flaws == ("no line of the ledger has the head 0000000000000000",)


def test_the_flaws_are_told_in_french_too(bundle: Path):
    edit_lines(bundle, lambda lines: lines.pop(1))

    assert check_bundle(bundle, language="fr").flaws == ("incident/1 : la ligne 2 manque, la ligne 3 vient à sa place",)
    assert all(set(sentence) == {"en", "fr"} for sentence in SENTENCES.values())


def test_an_empty_house_has_an_empty_bundle(store: SqlStore, now: datetime, tmp_path: Path):
    empty = write(store, tmp_path / "empty", [STREAM], now)

    assert check_bundle(empty) == Checked(flaws=(), streams=0, lines=0, blobs=0, gone=0, heads=0)
