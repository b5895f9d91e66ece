"""orjson: loads and dumps of one document, a run for each line on standard input, as harness.h has it.

Usage: with_orjson.py FILE

Python's collector of cycles is off: on, it makes loads three times as slow.
"""

import gc
import pathlib
import sys
import time

import orjson

gc.disable()
document = pathlib.Path(sys.argv[1]).read_bytes()
for line in sys.stdin:
    path = line.rstrip("\n")
    try:
        start = time.perf_counter()
        output = orjson.dumps(orjson.loads(document))
        seconds = time.perf_counter() - start
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        print("refused:", str(error).splitlines()[0], flush=True)
        continue
    if path:
        pathlib.Path(path).write_bytes(output)
    print(seconds, flush=True)
