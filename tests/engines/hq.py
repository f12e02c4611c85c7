"""The command `hq` as far as the executor uses it, and its server, made of HyperQueue's Python API: PyPI has no `hq`.

`hq.py serve CORES...` is a real HyperQueue server with a worker for each number of cores, until it is killed.
Arrays are kept as one HyperQueue job for each task, since the API tells which jobs have ended, but not which tasks.
It cannot cancel.
"""

import json
import os
import sys
import time
from pathlib import Path

from hyperqueue.ffi.client import ClientConnection
from hyperqueue.ffi.cluster import Cluster
from hyperqueue.ffi.protocol import JobDescription, ResourceRequest, TaskDescription

folder = Path(os.environ["HQ_SERVER_DIR"])
arrays = folder / "arrays.jsonl"  # a line for each array: its name, and the job of each task


def serve(*cores):
    arrays.unlink(missing_ok=True)
    cluster = Cluster(str(folder))
    for count in cores:
        cluster.add_worker(int(count))
    (folder / "ready").touch()
    while True:
        time.sleep(60)


def submit(*words):
    split = words.index("--")
    options = dict(word.removeprefix("--").split("=", 1) for word in words[:split])
    first, last = map(int, options["array"].split("-"))
    assert first == 0 and options["stdout"] == options["stderr"] == "none"
    request = ResourceRequest(cpus=int(options.get("cpus", 1)))
    jobs = []
    for task in range(last + 1):
        # An output of None is dropped.
        description = TaskDescription(
            task, list(words[split + 1 :]), None, None, None, None, {}, [], False, 0, [request], None
        )
        jobs.append(server.submit_job(JobDescription(options["name"], [description], None)))
    with arrays.open("a") as file:
        file.write(json.dumps({"name": options["name"], "jobs": jobs}) + "\n")
    print(jobs[0])


def unfinished():
    """Tasks that have not ended of each array, as the server says."""
    found = [json.loads(line) for line in arrays.read_text().splitlines()] if arrays.exists() else []
    every = [job for array in found for job in array["jobs"]]
    told = {}
    if every:

        class Told(Exception):
            pass

        def look(status):
            told.update(status)
            raise Told  # one look: the API would wait for the end

        try:
            server.wait_for_jobs(every, look)
        except Told:
            pass
    return [
        (array["jobs"][0], array["name"], [i for i, job in enumerate(array["jobs"]) if not told[job]["completed"]])
        for array in found
    ]


words = [word for word in sys.argv[1:] if not word.startswith(("--output-mode", "--filter"))]
if words[0] == "serve":
    serve(*words[1:])
try:
    server = ClientConnection(str(folder))
except Exception as error:
    sys.exit(f"HyperQueue is unreachable: {error}")
if words[0] == "submit":
    submit(*words[1:])
elif words[:2] == ["job", "list"]:
    print(json.dumps([{"id": job, "name": name} for job, name, tasks in unfinished() if tasks]))
elif words[:2] == ["job", "task-ids"]:
    wanted = words[2].split(",")
    print(json.dumps({str(job): tasks for job, _, tasks in unfinished() if str(job) in wanted}))
else:
    sys.exit(f"The Python API of HyperQueue cannot do this: hq {' '.join(words)}")
