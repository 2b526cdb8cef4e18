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


def fill_faceedge(connection, people):
    if connection.execute("SELECT count(*) FROM person").fetchone()[0]:
        sys.exit("make_gallery: there are people in this database already")
    for batch in vectors(people, 512):
        connection.executemany("INSERT INTO person(id) VALUES(?)", [(i,) for i, _ in batch])
        connection.executemany("INSERT INTO face(person_id, encoder, quality, encoding) VALUES(?, 'fr512', 0.8, ?)",
                               [(i, row.astype("<f4").tobytes()) for i, row in batch])


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
