"""Fills databases with people nobody ever saw: random unit vectors, the same for the same seed.

usage: make_gallery.py faceedge IMAGE_DB PEOPLE      rows into a database that FaceEdge made (512 float32, encoder fr512)
       make_gallery.py blob|json DATABASE PEOPLE     a new database of the original's shape (128 float64 as BLOB, or as JSON text)"""
import json
import sqlite3
import sys

import numpy

BATCH = 1000


def vectors(people, dimensions):
    """Yields (id, vector) in batches, ids from 1."""
    random = numpy.random.default_rng(1)
    for first in range(0, people, BATCH):
        rows = random.standard_normal((min(BATCH, people - first), dimensions))
        rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
        yield [(first + 1 + i, row) for i, row in enumerate(rows)]


def checksums(ids, quality, encodings):
    """CRC-32C as FaceEdge has it beside each encoding (EncodingChecksum.cs), of many rows at once."""
    table = numpy.arange(256, dtype=numpy.uint32)
    for _ in range(8):
        table = numpy.where(table & 1, (table >> 1) ^ numpy.uint32(0x82F63B78), table >> 1)
    numbers = numpy.zeros((len(ids), 3), dtype="<f8")  # person, quality, evidence
    numbers[:, 0] = numpy.asarray(ids, dtype="<i8").view("<f8")
    numbers[:, 1] = quality
    name = numpy.tile(numpy.frombuffer(b"fr512", dtype=numpy.uint8), (len(ids), 1))
    message = numpy.hstack([numbers.view(numpy.uint8), name, encodings.view(numpy.uint8)])
    crc = numpy.full(len(ids), 0xFFFFFFFF, dtype=numpy.uint32)
    for column in message.T:
        crc = table[(crc ^ column) & 0xFF] ^ (crc >> 8)
    return (crc ^ numpy.uint32(0xFFFFFFFF)).tolist()


def fill_faceedge(connection, people):
    if connection.execute("SELECT count(*) FROM person").fetchone()[0]:
        sys.exit("make_gallery: there are people in this database already")
    for batch in vectors(people, 512):
        connection.executemany("INSERT INTO person(id) VALUES(?)", [(i,) for i, _ in batch])
        ids = [i for i, _ in batch]
        encodings = numpy.array([row for _, row in batch]).astype("<f4")
        connection.executemany("INSERT INTO face(person_id, encoder, quality, encoding, checksum) VALUES(?, 'fr512', 0.8, ?, ?)",
                               zip(ids, map(bytes, encodings), checksums(ids, 0.8, encodings)))


def fill_original(connection, people, form):
    connection.execute("CREATE TABLE Image(Person INTEGER, Person_Img BLOB, Face_Encoding)")
    encode = (lambda row: json.dumps(row.tolist())) if form == "json" else (lambda row: row.tobytes())
    for batch in vectors(people, 128):
        connection.executemany("INSERT INTO Image VALUES(?, NULL, ?)", [(i, encode(row)) for i, row in batch])


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("faceedge", "blob", "json"):
        sys.exit(__doc__)
    form, path, people = sys.argv[1], sys.argv[2], int(sys.argv[3])
    connection = sqlite3.connect(path)
    if form == "faceedge":
        fill_faceedge(connection, people)
    else:
        fill_original(connection, people, form)
    connection.commit()
    connection.close()


main()
