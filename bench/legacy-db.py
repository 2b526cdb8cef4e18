#!/usr/bin/env python3
"""Writes an Image.db as the original application and its relatives do, to import from (needs Debian's python3-numpy).

  legacy-db.py FILE --rows 10000 --format pickle4 [--photos FOLDER] [--names] [--seed 1]
  legacy-db.py FILE --check DIR/Image.db [...the same arguments]   every id and encoding must be there, and nobody else's be nearer

Formats: f64 f32 npy1 npy2 npy3 json base64 base64-npy base64-pickle pickle0 .. pickle5 list-pickle str repr, or mix (all in turn).
Ids have gaps. Encodings are random, of the length that face_recognition's have, and of its nearest strangers' distance or more.
"""
import argparse
import base64
import io
import json
import os
import pickle
import sqlite3
import sys

import numpy as np

DIMENSIONS = 128


def npy(array, version):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=(version, 0))
    return file.getvalue()


FORMATS = {
    "f64": lambda a: a.tobytes(),
    "f32": lambda a: a.astype(np.float32).tobytes(),
    "npy1": lambda a: npy(a, 1),
    "npy2": lambda a: npy(a, 2),
    "npy3": lambda a: npy(a, 3),
    "json": lambda a: json.dumps(a.tolist()),
    "base64": lambda a: base64.b64encode(a.tobytes()).decode(),
    "base64-npy": lambda a: base64.encodebytes(npy(a, 1)).decode(),
    "base64-pickle": lambda a: base64.b64encode(pickle.dumps(a)).decode(),
    **{f"pickle{n}": (lambda n: lambda a: pickle.dumps(a, protocol=n))(n) for n in range(6)},
    "list-pickle": lambda a: pickle.dumps([a]),
    "str": lambda a: str(a),
    "repr": lambda a: repr(a),
}
# NumPy prints eight digits; the others are exact once they are float32.
INEXACT = {"str": 1e-7, "repr": 1e-7}


def people(rows, seed):
    """Ids with gaps, and an encoding each."""
    random = np.random.default_rng(seed)
    ids = np.cumsum(random.integers(1, 4, rows))
    encodings = random.standard_normal((rows, DIMENSIONS))
    encodings *= 1.4 / np.linalg.norm(encodings, axis=1, keepdims=True)
    return ids, encodings


def format_of(name, row):
    return list(FORMATS)[row % len(FORMATS)] if name == "mix" else name


def write(args):
    photos = []
    if args.photos:
        names = sorted(name for name in os.listdir(args.photos) if name.lower().endswith((".jpg", ".jpeg", ".png")))
        photos = [name if args.names else open(os.path.join(args.photos, name), "rb").read() for name in names]
    ids, encodings = people(args.rows, args.seed)
    database = sqlite3.connect(args.file)
    database.execute("CREATE TABLE Image(Person INTEGER, Person_Img BLOB, Face_Encoding BLOB)")
    for row, (person, encoding) in enumerate(zip(ids, encodings)):
        database.execute("INSERT INTO Image VALUES(?, ?, ?)",
                         (int(person), photos[row % len(photos)] if photos else None, FORMATS[format_of(args.format, row)](encoding)))
    database.commit()
    database.close()


def check(args):
    ids, encodings = people(args.rows, args.seed)
    database = sqlite3.connect(f"file:{args.check}?mode=ro", uri=True)
    stored = {person: np.frombuffer(blob, "<f4") for person, blob in
              database.execute("SELECT person_id, encoding FROM face WHERE encoder = 'dlib128'")}
    wrong = [int(person) for row, (person, encoding) in enumerate(zip(ids, encodings))
             if int(person) not in stored
             or np.abs(stored[int(person)] - encoding.astype(np.float32)).max() > INEXACT.get(format_of(args.format, row), 0)]
    # Matches: of all that is stored, one's own encoding is the nearest.
    matrix = np.array([stored[int(person)] for person in ids]) if not wrong else np.zeros((0, DIMENSIONS), np.float32)
    mixed = 0
    for begin in range(0, len(matrix), 1000):
        probes = encodings[begin:begin + 1000].astype(np.float32)
        scores = probes @ matrix.T - (matrix * matrix).sum(1) / 2
        mixed += int((scores.argmax(1) != np.arange(begin, begin + len(probes))).sum())
    following = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'person'").fetchone()[0]
    extra = set(stored) - set(map(int, ids))
    print(json.dumps({"format": args.format, "rows": args.rows, "wrong": len(wrong), "mixed": mixed, "extra": len(extra),
                      "highest": int(ids[-1]), "sequence": following}))
    return 0 if not wrong and not mixed and not extra and following == ids[-1] else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--format", choices=[*FORMATS, "mix"], default="f64")
    parser.add_argument("--photos", help="a folder of JPEG or PNG files, used in turn")
    parser.add_argument("--names", action="store_true", help="store the photos' names instead of their bytes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", metavar="DATABASE")
    args = parser.parse_args()
    return check(args) if args.check else write(args)


if __name__ == "__main__":
    sys.exit(main())
