"""The peer Flask: an application of the original's shape. It keeps nothing in memory: each request reads every encoding from SQLite
and compares with numpy. The encoder is a stub, so that only this remains: the encoding "computed" is that of a person in the gallery.

usage: flask_app.py DATABASE PORT blob|json"""
import json
import sqlite3
import sys

import numpy
from flask import Flask, g, jsonify, request

database, port, form = sys.argv[1], int(sys.argv[2]), sys.argv[3]
TOLERANCE = 0.6  # face_recognition's default
app = Flask(__name__)


def connection():
    if "connection" not in g:
        g.connection = sqlite3.connect(database)
    return g.connection


@app.teardown_appcontext
def close(_):
    if "connection" in g:
        g.connection.close()


def decode(stored):
    return numpy.array(json.loads(stored)) if form == "json" else numpy.frombuffer(stored, numpy.float64)


with sqlite3.connect(database) as opened:
    stub = decode(opened.execute("SELECT Face_Encoding FROM Image WHERE Person = (SELECT max(Person) / 2 FROM Image)").fetchone()[0])


@app.route("/home")
def home():
    return jsonify(message="Hello! Face recognition API running.", status=200)


@app.route("/face/predict", methods=["POST"])
def predict():
    request.files["file"].read()
    probe = stub + 0.01 / numpy.sqrt(stub.size)  # where the original decodes, detects and encodes
    rows = connection().execute("SELECT Person, Face_Encoding FROM Image").fetchall()
    distances = numpy.linalg.norm(numpy.array([decode(stored) for _, stored in rows]) - probe, axis=1)
    best = int(distances.argmin())
    if distances[best] > TOLERANCE:
        return jsonify(message="the stub must be known", status=500), 500
    return jsonify(data={"id": rows[best][0]}, message="success", status=200)


if __name__ == "__main__":
    app.run(port=port)
