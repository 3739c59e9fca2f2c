"""The file: what is written can be read, torn or altered files say so, and reading takes no memory."""

from __future__ import annotations

import errno
import resource
import tracemalloc
import zlib
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop.errors import FixpropError, UsageError
from fixprop.recording.facts import Facts, facts_here, facts_of
from fixprop.recording.items import Item, Kind, pack_item, unpack_items
from fixprop.recording.layout import HEADER, MAGIC, VERSION, pack_header
from fixprop.recording.reader import Reader
from fixprop.recording.writer import BLOCK_BYTES, BLOCK_US, Writer

FACTS = facts_here("sim://", started="2026-05-01T10:00:00+00:00", world_seed=3)
ITEMS = st.lists(
    st.tuples(st.integers(0, 10**9), st.sampled_from(Kind), st.binary(max_size=300)), max_size=60
).map(
    lambda rows: [
        Item(time_us, kind, data)
        for time_us, (_, kind, data) in zip(accumulate(r[0] for r in rows), rows, strict=True)
    ]
)


def write(path: Path, items: list[Item], facts: Facts = FACTS) -> None:
    writer = Writer(path, facts, sync=lambda _: None)
    for item in items:
        writer.write(item)
    writer.close()


def small(path: Path) -> list[Item]:
    """Three blocks."""
    items = [Item(n * 200_000, Kind(n % 2), bytes([n]) * 5) for n in range(7)]
    write(path, items)
    return items


@given(ITEMS)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, items: list[Item]
) -> None:
    path = tmp_path_factory.mktemp("r") / "x.fixrec"
    write(path, items)
    reader = Reader(path)
    assert list(reader) == items
    assert list(reader) == items, "once more"
    assert (reader.facts, reader.torn_bytes) == (FACTS, 0)


def test_a_torn_file_is_good_up_to_its_last_whole_block(tmp_path: Path) -> None:
    items = small(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    header, torn = len(pack_header(FACTS.json_bytes())), tmp_path / "torn"
    counts = []
    for length in range(header, len(whole) + 1):
        torn.write_bytes(whole[:length])
        reader = Reader(torn)
        read = list(reader)
        assert read == items[: len(read)]
        last_end = max(end for end in ends(whole) if end <= length)
        assert reader.torn_bytes == length - last_end
        counts.append(len(read))
    assert sorted(set(counts)) == [0, 3, 6, 7]
    assert counts == sorted(counts)


def ends(whole: bytes) -> set[int]:
    """Where the header and each block end."""
    places, place = set(), len(pack_header(FACTS.json_bytes()))
    while place < len(whole):
        places.add(place)
        length = int.from_bytes(whole[place + 10 : place + 14], "little")
        place += 18 + 4 + length + 1
    return places | {len(whole)}


@pytest.mark.parametrize("length", range(HEADER.size + 5))
def test_a_file_cut_in_its_header_is_refused(tmp_path: Path, length: int) -> None:
    small(tmp_path / "whole")
    torn = tmp_path / "torn"
    torn.write_bytes((tmp_path / "whole").read_bytes()[:length])
    with pytest.raises(FixpropError, match=r"torn (is not a recording|was altered)"):
        Reader(torn)


@pytest.mark.parametrize(("block", "whole_items"), [(-1, 7), (-2, 6)])
def test_zeros_that_a_power_cut_leaves_are_a_torn_end(
    tmp_path: Path, block: int, whole_items: int
) -> None:
    """Of the block that was being written: the last one, or before it was closed the one before."""
    items = small(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    start, end = sorted(ends(whole))[block - 1], sorted(ends(whole))[block]
    for kept in range(start, end):
        path = tmp_path / "zeros"
        path.write_bytes(whole[:kept].ljust(end, b"\0"))
        reader = Reader(path)
        assert list(reader) == items[:whole_items]
        assert (reader.torn_bytes, reader.closed) == (end - start, False)


def test_an_end_that_is_missing_is_told_from_one_that_was_written(tmp_path: Path) -> None:
    items, path = small(tmp_path / "whole"), tmp_path / "cut"
    whole = (tmp_path / "whole").read_bytes()
    reader = Reader(tmp_path / "whole")
    assert (list(reader), reader.closed, reader.cut_short) == (items, True, "")
    for end in sorted(ends(whole))[:-1]:
        path.write_bytes(whole[:end])
        reader = Reader(path)
        assert list(reader) == items[: len(list(reader))]
        assert (reader.closed, reader.torn_bytes) == (False, 0)
        assert reader.cut_short == "its last block is missing, and perhaps more before it"


def test_nothing_may_stand_behind_the_end(tmp_path: Path) -> None:
    small(tmp_path / "x")
    with (tmp_path / "x").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(FixpropError, match="something behind the last block"):
        list(Reader(tmp_path / "x"))


def test_a_recording_that_gave_up_a_block_does_not_say_that_it_is_whole(tmp_path: Path) -> None:
    def sync(_: int) -> None:
        if (tmp_path / "x").stat().st_size > 500:
            raise OSError(28, "No space left on device")

    writer = Writer(tmp_path / "x", FACTS, sync)
    with pytest.raises(FixpropError, match="No space left"):
        for n in range(20):
            writer.write(Item(n * BLOCK_US, Kind.IN, bytes(100)))
    writer.close()
    reader = Reader(tmp_path / "x")
    assert len(list(reader)) > 0 and not reader.closed


def test_every_altered_byte_is_found(tmp_path: Path) -> None:
    small(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    blocks, altered = sorted(ends(whole)), tmp_path / "altered"
    for place in range(len(whole)):
        altered.write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        with pytest.raises(FixpropError) as caught:
            list(Reader(altered))
        if place >= blocks[0]:
            block = max(start for start in blocks if start <= place)
            assert f"at byte {block:,} does not fit its CRC" in str(caught.value)


def test_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    facts = FACTS.json_bytes()
    path.write_bytes(HEADER.pack(MAGIC, VERSION + 1, len(facts), zlib.crc32(facts)) + facts)
    with pytest.raises(UsageError, match=f"version {VERSION + 1}, this host reads {VERSION}"):
        Reader(path)


def test_another_fingerprint_is_refused_unless_asked_for(tmp_path: Path) -> None:
    said = {"url": "sim://", "protocol": FACTS.protocol, "host_version": "9"}
    foreign = facts_of(said | {"fingerprint": FACTS.fingerprint ^ 1})
    write(tmp_path / "x", [], foreign)
    with pytest.raises(UsageError, match="was recorded with fingerprint"):
        Reader(tmp_path / "x")
    assert Reader(tmp_path / "x", any_fingerprint=True).facts == foreign


def test_another_protocol_is_refused(tmp_path: Path) -> None:
    said = {"url": "sim://", "protocol": FACTS.protocol + 1, "fingerprint": 0, "host_version": "9"}
    write(tmp_path / "x", [], facts_of(said))
    with pytest.raises(UsageError, match=f"recorded with protocol {FACTS.protocol + 1}"):
        Reader(tmp_path / "x")


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"time,left\n" * 20, pack_header(b"[]")])
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(FixpropError, match="is not a recording") as broken:
        Reader(tmp_path / "x")
    assert broken.value.exit_status == 1


def test_a_file_that_exists_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    with pytest.raises(UsageError, match="exists"):
        Writer(tmp_path / "x", FACTS)
    assert (tmp_path / "x").read_text() == "mine"


def test_never_more_than_half_a_second_waits_for_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "x"
    writer = Writer(path, FACTS, sync=lambda _: None)
    for n in range(100):
        writer.write(Item(n * 37_000, Kind.IN, b"frame"))
        on_disk = [item.time_us for item in Reader(path)]
        assert n * 37_000 - max(on_disk, default=0) <= BLOCK_US + 37_000
    writer.close()


def test_each_block_is_synced_before_the_next(tmp_path: Path) -> None:
    synced: list[int] = []
    path = tmp_path / "x"
    writer = Writer(path, FACTS, sync=lambda _: synced.append(path.stat().st_size))
    for n in range(10):
        writer.write(Item(n * BLOCK_US, Kind.IN, b"frame"))
    writer.close()
    assert synced == sorted(ends(path.read_bytes()))


def test_a_full_disk_is_told_and_what_is_on_it_stays_valid(tmp_path: Path) -> None:
    path, items = tmp_path / "x", [Item(n * 100_000, Kind.IN, bytes(500)) for n in range(100)]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    writer = Writer(path, FACTS)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(
            FixpropError, match=r"cannot go on recording to .*x: .*stay valid"
        ) as told:
            for item in items:
                writer.write(item)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    writer.close()
    assert isinstance(told.value.__cause__, OSError)
    assert told.value.__cause__.errno == errno.EFBIG
    reader = Reader(path)
    read = list(reader)
    assert read == items[: len(read)]
    assert (len(read), reader.torn_bytes) == (35, 0)  # 7 blocks of 5 items, 2,540 bytes each
    assert str(f"{path.stat().st_size:,} bytes") in str(told.value)


def test_an_interrupt_within_a_block_leaves_no_piece_of_it(tmp_path: Path) -> None:
    interrupts = [KeyboardInterrupt()]

    def sync(_: int) -> None:
        if path.stat().st_size > 500 and interrupts:
            raise interrupts.pop()

    path = tmp_path / "x"
    writer = Writer(path, FACTS, sync)
    for n in range(20):
        try:
            writer.write(Item(n * BLOCK_US, Kind.IN, bytes(100)))
        except KeyboardInterrupt:
            assert n > 1
    writer.close()
    assert not interrupts
    assert 17 <= len(list(Reader(path))) < 20


def test_reading_takes_no_more_memory_for_a_longer_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write(path, [Item(n, Kind.IN, bytes(1000)) for n in range(20_000)])
    assert path.stat().st_size > 20_000_000
    tracemalloc.start()
    count = sum(1 for _ in Reader(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 10 * BLOCK_BYTES


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader_of_items(payload: bytes) -> None:
    try:
        items = list(unpack_items(payload, 5))
    except FixpropError:
        return
    before, packed = 5, b""
    for item in items:
        packed += pack_item(item, before)
        before = item.time_us
    assert list(unpack_items(packed, 5)) == items
