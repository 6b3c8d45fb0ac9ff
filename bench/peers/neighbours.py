#!/usr/bin/env python3
"""One index of hnswlib or faiss on the vectors of bench/run search, measured as that measures cl2cm.

Prints one JSON object. Started by bench/run peers; needs python3-hnswlib or python3-faiss (Debian), and numpy.

    neighbours.py --index hnswlib|hnsw|hnsw-sq8|flat --work DIR --rows N --queries N
                  [--ef 16,32,...] [--threads 1,2] [--rounds 3] [--seconds 5] [--build-threads 2]

Neighbours of a node (M 16, twice as many on the lowest level) and the candidates while building (200) are those of
cl2cm. Vectors have length 1 and are compared by dot product, as there.
"""
import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time

TOP = 10
NEIGHBOURS = 16
BUILDING = 200
BATCH = 10_000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", required=True, choices=["hnswlib", "hnsw", "hnsw-sq8", "flat"])
    parser.add_argument("--work", required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--queries", type=int, required=True)
    parser.add_argument("--ef", default="16,24,32,48,64,96,128,192,256,384,512")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--build-threads", type=int, default=2)
    return parser.parse_args()


ARGS = arguments()
os.environ["OMP_NUM_THREADS"] = str(ARGS.build_threads)
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy  # noqa: E402 (after the environment)


class Hnswlib:
    def __init__(self, dimension):
        import hnswlib

        self.version = "hnswlib " + str(getattr(hnswlib, "__version__", package("python3-hnswlib")))
        self.index = hnswlib.Index(space="ip", dim=dimension)
        self.index.init_index(max_elements=ARGS.rows, M=NEIGHBOURS, ef_construction=BUILDING, random_seed=1)

    def add(self, vectors, first):
        ids = numpy.arange(first, first + len(vectors))
        self.index.add_items(vectors, ids, num_threads=ARGS.build_threads)

    def ready(self):
        self.index.set_num_threads(1)

    def ef(self, ef):
        self.index.set_ef(ef)

    def search(self, query):
        return self.index.knn_query(query, k=TOP, num_threads=1)[0]

    def save(self, file):
        self.index.save_index(file)


class Faiss:
    def __init__(self, dimension):
        import faiss

        self.faiss = faiss
        self.version = "faiss " + faiss.__version__
        metric = faiss.METRIC_INNER_PRODUCT
        if ARGS.index == "flat":
            self.index = faiss.IndexFlatIP(dimension)
        elif ARGS.index == "hnsw":
            self.index = faiss.IndexHNSWFlat(dimension, NEIGHBOURS, metric)
        else:
            self.index = faiss.IndexHNSWSQ(dimension, faiss.ScalarQuantizer.QT_8bit, NEIGHBOURS, metric)
        if ARGS.index != "flat":
            self.index.hnsw.efConstruction = BUILDING
        faiss.omp_set_num_threads(ARGS.build_threads)

    def add(self, vectors, first):
        if not self.index.is_trained:
            self.index.train(vectors)
        self.index.add(vectors)

    def ready(self):
        self.faiss.omp_set_num_threads(1)

    def ef(self, ef):
        if ARGS.index != "flat":
            self.index.hnsw.efSearch = ef

    def search(self, query):
        return self.index.search(query, TOP)[1]

    def save(self, file):
        self.faiss.write_index(self.index, file)


def package(name):
    """The version that Debian calls it."""
    try:
        import subprocess

        return subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def peak_memory():
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def loop(index, queries, threads):
    """Threads that ask one query after another; the libraries let go of Python's lock while they search."""
    end = time.perf_counter() + ARGS.seconds
    times = [[] for _ in range(threads)]

    def one(mine, at):
        before = time.perf_counter()
        while True:
            index.search(queries[at : at + 1])
            after = time.perf_counter()
            mine.append(after - before)
            before = after
            at = (at + 1) % len(queries)
            if after >= end:
                return

    start = time.perf_counter()
    workers = [
        threading.Thread(target=one, args=(times[i], i * len(queries) // threads)) for i in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return times, time.perf_counter() - start


def percentile(ordered, share):
    return 1000 * ordered[max(0, int(numpy.ceil(share * len(ordered))) - 1)]


def recall(index, queries, truth):
    found = 0
    for i, wanted in enumerate(truth):
        found += len(set(wanted) & set(index.search(queries[i : i + 1])[0].tolist()))
    return found / (len(truth) * TOP)


def measure(index, queries, truth, ef):
    index.ef(ef)
    points = []
    quality = recall(index, queries, truth)
    for threads in map(int, ARGS.threads.split(",")):
        rates, all_times = [], []
        for _ in range(ARGS.rounds):
            times, elapsed = loop(index, queries, threads)
            together = [one for part in times for one in part]
            rates.append(len(together) / elapsed)
            all_times += together
        all_times.sort()
        points.append(
            {
                "ef": ef,
                "threads": threads,
                "recall": quality,
                "perSecond": {"median": statistics.median(rates), "low": min(rates), "high": max(rates)},
                "p50": percentile(all_times, 0.5),
                "p95": percentile(all_times, 0.95),
                "p99": percentile(all_times, 0.99),
            }
        )
    return points


def main():
    vectors = numpy.load(os.path.join(ARGS.work, "vectors.npy"), mmap_mode="r")[: ARGS.rows]
    queries = numpy.array(numpy.load(os.path.join(ARGS.work, "queries.npy"))[: ARGS.queries])
    with open(os.path.join(ARGS.work, f"truth-{ARGS.rows}.json"), encoding="ascii") as file:
        truth = json.load(file)[0]
    if len(vectors) < ARGS.rows or len(queries) != len(truth):
        sys.exit("neighbours.py: vectors, queries and truth are of different runs of bench/run search")
    index = (Hnswlib if ARGS.index == "hnswlib" else Faiss)(vectors.shape[1])
    start = time.perf_counter()
    for first in range(0, ARGS.rows, BATCH):
        index.add(numpy.ascontiguousarray(vectors[first : first + BATCH]), first)
    seconds = time.perf_counter() - start
    memory = peak_memory()
    index.ready()
    points = []
    for ef in [0] if ARGS.index == "flat" else map(int, ARGS.ef.split(",")):
        points += measure(index, queries, truth, ef)
    with tempfile.NamedTemporaryFile(dir=ARGS.work) as file:
        index.save(file.name)
        size = os.path.getsize(file.name)
    json.dump(
        {
            "library": index.version,
            "index": ARGS.index,
            "rows": ARGS.rows,
            "dimension": int(vectors.shape[1]),
            "rounds": ARGS.rounds,
            "seconds": ARGS.seconds,
            "build": {"seconds": seconds, "threads": ARGS.build_threads, "bytes": size, "memory": memory},
            "points": points,
        },
        sys.stdout,
    )
    print()


if __name__ == "__main__":
    main()
