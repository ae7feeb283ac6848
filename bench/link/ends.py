# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.link.ends csms|station JOB [ADDRESS PORTS]`: one end of a way does its job and tells what it saw."""

import sys

import msgspec

from bench.link import link_end, ocpp_end
from bench.link.job import Job, Seen
from open63110.apps.process import run


async def csms(job: Job) -> Seen:
    """Be the CSMS."""
    seen = Seen()
    await (link_end.CsmsEnd if job.pattern == "link" else ocpp_end.CsmsEnd)(job, seen).run()
    return seen


async def station(job: Job, address: str, ports: tuple[int, ...]) -> Seen:
    """Be the station."""
    seen = Seen()
    await (link_end.StationEnd if job.pattern == "link" else ocpp_end.StationEnd)(job, seen, address, ports).run()
    return seen


def main() -> None:
    """Do the job and tell."""
    end, said, *more = sys.argv[1:]
    job = msgspec.json.decode(said, type=Job)
    seen = run(csms(job) if end == "csms" else station(job, more[0], tuple(map(int, more[1:]))))
    sys.stdout.buffer.write(msgspec.json.encode(seen) + b"\n")


if __name__ == "__main__":
    main()
