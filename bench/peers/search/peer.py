"""numpy and FAISS as workers of bench/search.mjs, and the maker of its data. One command a line, one line of JSON back.

usage: peer.py numpy|faiss                       (commands as in Program.cs)
       peer.py make faces|random GALLERY PROBES PEOPLE    both files of 512 float32 a row, unit length

Probes: 100 of people who are not there, then 100 of people among the first 1,000, at a cosine of 0.6 to their row."""
import json
import sys
import time

import numpy

DIMENSIONS = 512
BATCH = 10_000
PROBES = 100

# How much of the variance of 3,809 encodings (fr512, one a person, LFW) lies in their first so many principal components: they fill 192 of
# 512 dimensions, and unevenly. Scores of strangers then spread as those of faces do (standard deviation 0.098; of random directions 0.044).
FACES = [(16, .2545), (32, .4449), (64, .7069), (128, .9721), (192, 1.0)]


def sampler(kind, random):
    """A function that draws so many unit vectors."""
    if kind == "random":
        return lambda count: unit(random.standard_normal((count, DIMENSIONS), dtype=numpy.float32))
    deviations, known, share = [], 0, 0.0
    for components, cumulative in FACES:
        deviations += [((cumulative - share) / (components - known)) ** 0.5] * (components - known)
        known, share = components, cumulative
    basis = numpy.linalg.qr(random.standard_normal((DIMENSIONS, known)))[0].T
    shape = (numpy.array(deviations)[:, None] * basis).astype(numpy.float32)
    return lambda count: unit(random.standard_normal((count, known), dtype=numpy.float32) @ shape)


def unit(rows):
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


def make(kind, gallery, probes, people):
    draw = sampler(kind, numpy.random.default_rng(1))
    known = None
    with open(gallery, "wb") as file:
        for first in range(0, people, BATCH):
            rows = draw(min(BATCH, people - first))
            known = rows[:min(1000, people)] if known is None else known
            rows.astype("<f4").tofile(file)
    known = known[numpy.arange(PROBES) * 7 % len(known)]
    noise = draw(PROBES)
    noise = unit(noise - (noise * known).sum(1, keepdims=True) * known)
    numpy.concatenate([draw(PROBES), unit(0.6 * known + 0.8 * noise)]).astype("<f4").tofile(probes)


class Numpy:
    def load(self, rows):
        self.rows = rows

    def find(self, probe, threads):
        return int(numpy.argmax(self.rows @ probe))


class Faiss:
    def load(self, rows):
        import faiss
        self.faiss = faiss
        self.index = faiss.IndexFlatIP(DIMENSIONS)
        for first in range(0, len(rows), BATCH):
            self.index.add(numpy.ascontiguousarray(rows[first:first + BATCH]))

    def find(self, probe, threads):
        self.faiss.omp_set_num_threads(threads)
        return int(self.index.search(probe[None], 1)[1][0, 0])


def work(peer):
    for line in sys.stdin:
        words = line.split()
        if words[0] == "load":
            start = time.perf_counter()
            rows = numpy.fromfile(words[1], "<f4", count=int(words[3]) * DIMENSIONS).reshape(-1, DIMENSIONS)
            peer.load(rows)
            probes = numpy.fromfile(words[2], "<f4").reshape(-1, DIMENSIONS)
            answer = {"seconds": time.perf_counter() - start}
        else:
            first, count, threads = map(int, words[1:])
            times, found, cpu = [], [], time.process_time()
            for probe in probes[first:first + count]:
                start = time.perf_counter()
                found.append(peer.find(probe, threads))
                times.append((time.perf_counter() - start) * 1000)
            answer = {"times": times, "cpuMs": (time.process_time() - cpu) * 1000 / count, "rows": found}
        print(json.dumps(answer), flush=True)


if sys.argv[1] == "make":
    make(*sys.argv[2:5], int(sys.argv[5]))
else:
    work(Numpy() if sys.argv[1] == "numpy" else Faiss())
