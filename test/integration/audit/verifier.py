"""A verifier of journals, written from docs/journal-format.md and docs/journal-tables.json alone.

    python3 verifier.py DIR TABLES.json      prints what it found as JSON; exits with 1 and a sentence at the first thing that is wrong
"""
import hashlib
import json
import os
import struct
import sys
import zlib

MASK = 0xFFFFFFFF


def require(holds, sentence):
    if not holds:
        sys.exit(sentence)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        require(self.at + count <= len(self.data), "the bytes end inside a value")
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self):
        return self.take(1)[0]

    def varint(self):
        value, shift = 0, 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                require(byte != 0 or shift == 7, "a varint is longer than it needs to be")
                require(value < 2 ** 53, "a varint is past 2^53")
                return value

    def signed(self):
        # Twice the magnitude may be past 2^53, the magnitude may not.
        value, shift = 0, 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        require(value != 1 and value >> 1 < 2 ** 53, "this is no signed value")
        return -(value >> 1) if value & 1 else value >> 1

    def int(self):
        if self.data[self.at] != 1:
            return self.signed()
        self.byte()
        head = self.byte()
        magnitude = int.from_bytes(self.take(head >> 1), "big")
        require(magnitude >= 2 ** 53, "a wide int is longer than it needs to be")
        return -magnitude if head & 1 else magnitude

    def text(self):
        return self.take(self.varint()).decode("utf-8")


def rot(x, n):
    x &= MASK
    return ((x << n) | (x >> (32 - n))) & MASK


def mixed(h):
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & MASK
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & MASK
    return h ^ (h >> 16)


def body_hash(body):
    first, second = 0x2F0B4C47, 0x165667B1
    whole = len(body) // 4 * 4
    for at in range(0, whole, 4):
        word = int.from_bytes(body[at:at + 4], "little")
        first = (rot(first ^ ((rot(word * 0xCC9E2D51, 15) * 0x1B873593) & MASK), 13) * 5 + 0xE6546B64) & MASK
        second = (rot(second + word * 0x85EBCA77, 13) * 0x9E3779B1) & MASK
    rest = int.from_bytes(body[whole:], "little")
    first ^= (rot(rest * 0xCC9E2D51, 15) * 0x1B873593) & MASK
    second = (rot(second + rest * 0x85EBCA77, 13) * 0x9E3779B1) & MASK
    high = mixed(first ^ len(body))
    low = mixed(second ^ len(body) ^ high)
    return mixed((high + low) & MASK), low


class Records:
    """Decodes records by the tables."""

    def __init__(self, tables):
        self.commands, self.events, self.words = tables["commands"], tables["events"], tables["enumerations"]

    def body(self, body):
        reader = Reader(body)
        number = reader.byte()
        command = self.commands[number & 127]
        if number >= 128:
            text = reader.text()
            data = json.loads(text) if text else None
        else:
            data = {}
            for name, kind in command["fields"]:
                value = self.body_field(reader, kind.rstrip("?"))
                require(value is not None or kind.endswith("?"), f"{command['name']} lacks {name}")
                if value is not None:
                    data[name] = value
        require(reader.at == len(body), "a body is longer than its fields")
        return command["name"], data

    def body_field(self, reader, kind):
        if kind in self.words:
            place = reader.byte()
            return None if place == 0 else self.words[kind][place - 1]
        if kind == "flag":
            return {0: None, 1: False, 2: True}[reader.byte()]
        if kind in ("count", "shard", "timeout", "hours"):
            value = reader.varint()
            return None if value == 0 else value - 1
        if kind == "tiers":
            return [[reader.text() for _ in range(3)] for _ in range(reader.varint())] or None
        if kind == "priceBands":
            aggressive = reader.text()
            return [aggressive, reader.text()] if aggressive else None
        return reader.text() or None

    def event(self, reader, time):
        event = self.events[reader.byte()]
        time -= reader.signed()
        bits = []
        for name, unit in event["fields"]:
            bits += ([(name, "present")] if unit.endswith("?") else [])
            bits += ([(name, "value")] if unit.rstrip("?") in ("side", "marginMode", "currency", "flag") else [])
        flags = set()
        for first in range(0, len(bits), 8):
            byte = reader.byte()
            flags |= {bit for place, bit in enumerate(bits[first:first + 8]) if byte >> place & 1}
        data = {}
        for name, unit in event["fields"]:
            if unit.endswith("?") and (name, "present") not in flags:
                continue
            data[name] = self.event_field(reader, unit.rstrip("?"), (name, "value") in flags)
        return event["name"], time, data

    def event_field(self, reader, unit, bit):
        choices = {"side": ("BUY", "SELL"), "marginMode": ("CROSS", "ISOLATED"), "currency": ("USD", "USDC"), "flag": (False, True)}
        if unit in choices:
            return choices[unit][bit]
        if unit in ("order", "block", "price", "lots", "time"):
            return reader.signed()
        if unit in ("mark", "money", "price8"):
            return reader.int()
        if unit == "fraction":
            return [reader.int(), reader.int()]
        text = reader.text()
        return json.loads(text) if unit == "json" else text

    def record(self, data, seq):
        reader = Reader(data)
        require(reader.byte() == 1, "a record of another version")
        flags = int.from_bytes(reader.take(2), "little")
        by = lambda bit, read: read() if flags >> bit & 1 else None
        require(reader.varint() == seq, f"the record at seq {seq} has another seq")
        time = reader.varint()
        require(reader.byte() <= 4, "no kind of source")
        for bit, read in ((8, reader.text), (9, reader.varint), (10, reader.varint), (11, reader.varint)):
            by(bit, read)
        reader.text()
        reader.text()
        for bit, read in ((4, reader.varint), (5, reader.varint), (6, reader.text), (7, reader.varint)):
            by(bit, read)
        body = reader.take(reader.varint())
        require(struct.unpack("<II", reader.take(8)) == body_hash(body), f"the body of seq {seq} has another hash")
        command, _ = self.body(body)
        for bit, read in ((0, reader.text), (1, reader.text), (2, reader.signed), (3, reader.varint)):
            by(bit, read)
        events = [self.event(reader, time) for _ in range(reader.varint())]
        require(reader.at == len(data), f"the record of seq {seq} is longer than it says")
        return command, bool(flags & 1), time, events


class Chain:
    def __init__(self):
        self.link = hashlib.sha256(b"bulkhead-chain-v1").digest()
        self.run, self.seq = hashlib.sha256(self.link), 0

    def add(self, data):
        self.run.update(struct.pack("<I", len(data)) + data)
        self.seq += 1
        if self.seq % 256 == 0:
            self.link = self.run.digest()
            self.run = hashlib.sha256(self.link)

    def hash(self):
        return (self.link if self.seq % 256 == 0 else self.run.copy().digest()).hex()


def segment_records(path, journal, revision, seq, is_last):
    """Yields (is_control, bytes) of every whole block."""
    with open(path, "rb") as file:
        data = file.read()
    require(data[:8] == b"BHSEGM01" and zlib.crc32(data[:56]) == struct.unpack_from("<I", data, 56)[0], f"{path}: the header is damaged")
    version, shard = struct.unpack_from("<II", data, 8)
    require(version == 1 and shard == journal["shard"] and data[16:32].hex() == journal["id"].replace("-", ""), f"{path}: of another journal")
    require(struct.unpack_from("<QQ", data, 32) == (revision, seq), f"{path}: records are missing before it")
    salt, at = data[48:56], 64
    while at + 40 <= len(data) and data[at:at + 8] == salt:
        crc, size, count, zero, block_revision, block_seq = struct.unpack_from("<IIIIQQ", data, at + 8)
        body = data[at + 40:at + 40 + size]
        is_whole = len(body) == size and zlib.crc32(body + salt + data[at + 12:at + 40]) == crc
        if not is_whole or count == 0:
            break
        require((block_revision, block_seq, zero) == (revision, seq, 0), f"{path}, byte {at}: the block does not continue the one before it")
        place = 0
        for _ in range(count):
            word = struct.unpack_from("<I", body, place)[0]
            length = word & 0x7FFFFFFF
            is_control = word >> 31 == 1
            yield is_control, body[place + 4:place + 4 + length]
            place += 4 + length
            revision += 1
            seq += 0 if is_control else 1
        require(place == size, f"{path}, byte {at}: the lengths of its records do not add up")
        at += 40 + size
    require(is_last or at == len(data), f"{path}, byte {at}: a block is not whole")
    behind = data.find(salt, at + 1)
    while behind != -1:
        if behind + 40 <= len(data):
            crc, size = struct.unpack_from("<II", data, behind + 8)
            body = data[behind + 40:behind + 40 + size]
            require(len(body) < size or zlib.crc32(body + salt + data[behind + 12:behind + 40]) != crc, f"{path}, byte {at}: a block is not whole")
        behind = data.find(salt, behind + 1)


def main(directory, tables):
    with open(os.path.join(directory, "journal.json"), encoding="utf-8") as file:
        journal = json.load(file)
    with open(tables, encoding="utf-8") as file:
        records = Records(json.load(file))
    folder = os.path.join(directory, "segments")
    names = sorted(name for name in os.listdir(folder) if name.endswith(".segment"))
    chain, revision = Chain(), 0
    commands, events, rejected, deposited = {}, {}, 0, {"USD": 0, "USDC": 0}
    for name in names:
        for is_control, data in segment_records(os.path.join(folder, name), journal, revision, chain.seq + 1, name == names[-1]):
            revision += 1
            if is_control:
                require("type" in json.loads(data), "a control record without a type")
                continue
            chain.add(data)
            command, is_rejected, _, listed = records.record(data, chain.seq)
            commands[command] = commands.get(command, 0) + 1
            rejected += is_rejected
            for event, _, fields in listed:
                events[event] = events.get(event, 0) + 1
                if event == "FundsDeposited":
                    deposited[fields["currency"]] += fields["amount"]
    print(json.dumps({"records": revision, "seq": chain.seq, "hash": chain.hash(), "commands": commands, "rejected": rejected, "events": events, "deposited": deposited}))


if len(sys.argv) != 3:
    print("usage: python3 verifier.py DIR TABLES.json   (the directory of a journal, and docs/journal-tables.json)", file=sys.stderr)
    sys.exit(2)
require(os.path.exists(os.path.join(sys.argv[1], "journal.json")), f"there is no journal in {sys.argv[1]}")
main(*sys.argv[1:])
